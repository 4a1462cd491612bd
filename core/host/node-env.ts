/** The real world, as core asks for it. */
import { randomInt } from 'node:crypto';
import { hostname, machine, release, type, version } from 'node:os';
import type { Env } from '../env/index.ts';
import './native-bytes.ts';
import { NodeScheduler } from './node-scheduler.ts';

/** Ends with `scheduler.stop()`. */
export interface NodeEnv extends Env {
  readonly scheduler: NodeScheduler;
}

export function nodeEnv(): NodeEnv {
  const name = hostname();
  return {
    scheduler: new NodeScheduler(),
    // Identifiers made here must never meet those of another machine.
    random: { below: (limit) => randomInt(limit) },
    wallClock: () => Math.floor(Date.now() / 1000),
    hostName: name,
    processId: process.pid,
    hostDescription: [type(), name, release(), version(), machine()].join(' '),
  };
}
