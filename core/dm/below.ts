/** Mapped devices under a mapped device, and what they keep from it. */
import { err } from '../base/result.ts';
import { ioFailure, type Io, type IoResult } from '../block/device.ts';
import type { Lower } from './lower.ts';
import type { SuspendHow } from './target.ts';

/** A device that has others below it. */
interface Stacked extends Lower {
  readonly suspension: SuspendHow | undefined;
  liveLowers(): readonly Lower[];
  yieldHeld(on: boolean): void;
}

const isStacked = (lower: Lower): lower is Stacked => 'liveLowers' in lower;

/** It did nothing for good: who asked may ask once more. */
export const mayAskAgain = (ending: IoResult): boolean =>
  !ending.ok && ending.error.code === 'io-failed' && ending.error.again === true;

/** How a request ends that its target would have kept. @param again a device above keeps it */
export function unfinished(name: string, io: Io, again: boolean): IoResult {
  const failure = ioFailure(name, io, 'it could not be finished');
  return err(failure.code === 'io-failed' && again ? { ...failure, again } : failure);
}

/** Nothing below keeps requests from now on. @returns what ends that */
export function yieldBelow(device: Pick<Stacked, 'liveLowers'>): () => void {
  const below = mappedBelow(device);
  for (const lower of below) lower.yieldHeld(true);
  return () => {
    for (const lower of below) lower.yieldHeld(false);
  };
}

/** Neither does the device itself. */
export function yieldWith(device: Stacked): () => void {
  const endBelow = yieldBelow(device);
  device.yieldHeld(true);
  return () => {
    device.yieldHeld(false);
    endBelow();
  };
}

/** Every mapped device under the live table, each once. */
function mappedBelow(device: Pick<Stacked, 'liveLowers'>): readonly Stacked[] {
  const own = device.liveLowers().filter(isStacked);
  return [...new Set(own.flatMap((lower) => [lower, ...mappedBelow(lower)]))];
}

/** The first of them that is suspended. */
export const suspendedBelow = <T extends Stacked>(device: T): T | undefined =>
  mappedBelow(device).find(({ suspension }) => suspension) as T | undefined;
