import { ok } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { BLOCK, parseMirror, type LogArgs, type MirrorArgs } from '../mirror/args.ts';
import { DiskLog, logSectors } from '../mirror/disk-log.ts';
import type { Legs } from '../mirror/legs.ts';
import { CoreLog, type DirtyLog } from '../mirror/log.ts';
import { MirrorSet } from '../mirror/mirror-set.ts';
import { owes } from '../mirror/owed.ts';
import { stateOf } from '../mirror/state.ts';
import type { TargetHost, TargetType } from '../target.ts';

/** The same on every leg (reference 5.4, 7). `drop_failed_legs` is a feature of our own. */
export const mirror: TargetType = {
  name: 'mirror',
  version: [1, 14, 0],
  usage:
    '<log type> <#log args> <log arg>... <#mirrors> [<device> <start sector>]... ' +
    '[<#features> <feature>...]',

  construct(args, host) {
    const parsed = parseMirror(args, host);
    if (!parsed.ok) return parsed;
    const { legs, options, features } = parsed.value;
    const log = parsed.value.log;
    const { regionSize } = log;
    const regions = Math.ceil(host.length / regionSize);
    const dirty = logOf(parsed.value, regions, host);
    const set = new MirrorSet(regionSize, legs, dirty, options, host);
    const places = legs.map(({ devno, start }) => ` ${devno} ${start}`).join('');
    const ranges = legs.map(({ devno, start }) => ({ device: devno, start, count: host.length }));
    const tail = features.length > 0 ? ` ${features.length} ${features.join(' ')}` : '';
    return ok({
      map(io) {
        return { kind: 'taken', ending: io.op === 'read' ? set.read(io) : set.write(io) };
      },
      border: (offset) =>
        sectors(Math.min(regionSize - (offset % regionSize), host.length - offset)),
      ranges: () => [
        ...(log.devno
          ? [{ device: log.devno, start: sectors(0), count: logSectors(regions) }]
          : []),
        ...ranges,
      ],
      table: () => `${logWords(log)} ${legs.length}${places}${tail}`,
      status: () => `${statusOf(set.legs, dirty)} ${logStatus(log, dirty)}`,
      flush: () => set.flush(),
      ...(isGated(parsed.value) ? { gated: { legs: ranges, lend: () => set.gates.lend() } } : {}),
      working: () => set.isWorking,
      owes: (before) => owes(set, before),
      presuspend: (how) => set.presuspend(how),
      yieldHeld: (on) => {
        set.yieldHeld(on);
      },
      postsuspend: () => set.postsuspend(),
      resume: (writes) => set.resume(writes),
      close: () => set.close(),
      mirror: () => stateOf(set, logState(log, dirty)),
    });
  },
};

/**
 * The first leg is always right, and the same one: nobody handles errors by taking another. And no
 * log has to know of a write.
 */
const isGated = ({ log, options: { handleErrors, onFailure } }: MirrorArgs): boolean =>
  log.devno === undefined && !handleErrors && onFailure !== 'drop';

function logOf({ log, legs, options }: MirrorArgs, regions: number, host: TargetHost): DirtyLog {
  const { devno, word } = log;
  if (!devno) return new CoreLog(regions, word);
  const mayDrop = options.onFailure === 'drop';
  return new DiskLog(host.device(devno), regions, word, legs.length, mayDrop, () => {
    host.event();
  });
}

function logWords({ kind, devno, regionSize, word, blockOnError }: LogArgs): string {
  const block = blockOnError ? BLOCK : undefined;
  const args = [devno, regionSize, word, block].filter((one) => one !== undefined);
  return `${kind} ${args.length} ${args.join(' ')}`;
}

function statusOf({ all }: Legs, { syncCount, count }: DirtyLog): string {
  const names = all.map(({ place }) => place.devno).join(' ');
  const letters = all.map(({ health }) => health).join('');
  return `${all.length} ${names} ${syncCount}/${count} 1 ${letters}`;
}

const logStatus = ({ devno }: LogArgs, { health }: DirtyLog): string =>
  devno ? `3 disk ${devno} ${health ?? 'A'}` : '1 core';

const logState = ({ devno }: LogArgs, { health }: DirtyLog) =>
  devno ? ({ kind: 'disk', devno, health: health ?? 'A' } as const) : ({ kind: 'core' } as const);
