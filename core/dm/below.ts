/** Mapped devices under a mapped device, and what they keep from it. */
import { err } from '../base/result.ts';
import { ioFailure, type Io, type IoResult } from '../block/device.ts';
import type { Lower } from './lower.ts';
import type { Table } from './table.ts';

/** What a change of a device would have to wait for. */
export interface Standing {
  /** I/O is in flight. */
  readonly isBusy: boolean;
  /** I/O that comes is queued: it is suspended, or about to be. */
  readonly isClosed: boolean;
  readonly live: Table | undefined;
  readonly inactive: Table | undefined;
}

/** A device that has others below it. */
interface Stacked extends Lower {
  readonly standing: Standing;
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
  return mappedUnder(device.liveLowers());
}

function mappedUnder(lowers: readonly Lower[]): readonly Stacked[] {
  const own = lowers.filter(isStacked);
  return [...new Set(own.flatMap((lower) => [lower, ...mappedBelow(lower)]))];
}

/** What is done to a device that has I/O of its own finished first, or does some. */
export type Change = 'suspend' | 'resume' | 'remove';

/**
 * A suspended device below that would keep the I/O that a change waits for: what is in flight, or
 * what a mirror does before it rests and before it goes on.
 */
export function closedBelow<T extends Stacked>(
  device: T & { readonly worksAlone: boolean },
  change: Change,
): T | undefined {
  const { isBusy, isClosed, live, inactive } = device.standing;
  const stops = {
    suspend: true,
    resume: inactive !== undefined,
    // Only what may work by itself is waited for.
    remove: device.openCount === 0 && device.worksAlone,
  };
  const waits = isBusy || live?.isWorking === true || live?.owes('rest') === true;
  const before = !isClosed && stops[change] && waits ? closedUnder(live) : undefined;
  const next = inactive ?? live;
  const starts = change === 'resume' && (isClosed || inactive !== undefined);
  const found = before ?? (starts && next?.owes('start') ? closedUnder(next) : undefined);
  return found as T | undefined;
}

const closedUnder = (table: Table | undefined): Stacked | undefined =>
  mappedUnder(table?.lowers() ?? []).find(({ standing }) => standing.isClosed);
