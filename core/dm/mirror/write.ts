/** A write on its way through a mirror. */
import { err } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import type { DataIo, Io, IoResult } from '../../block/device.ts';
import { mayAskAgain } from '../below.ts';
import type { Ending, TargetIo } from '../target.ts';
import type { Leg, Legs } from './legs.ts';

export interface MirrorWrite {
  /** A flush has no region. */
  readonly io: Exclude<TargetIo, { op: 'read' }> | { readonly op: 'flush' };
  /** -1 of a flush. */
  readonly region: number;
  readonly end: (ending: Ending) => void;
}

/** The request that a leg gets. */
export function onLeg({ place }: Leg, io: TargetIo): DataIo {
  const start = sectors(place.start + io.offset);
  switch (io.op) {
    case 'read':
      return { op: 'read', start, data: io.data };
    case 'write': {
      const { data } = io;
      return io.fua ? { op: 'write', start, data, fua: true } : { op: 'write', start, data };
    }
    case 'zero': {
      const how = { ...(io.fua ? { fua: true } : {}), ...(io.unmap ? { unmap: true } : {}) };
      return { op: 'zero', start, count: io.count, ...how };
    }
    case 'discard':
      return { op: 'discard', start, count: io.count };
  }
}

/** What came of a request on legs. */
export interface Sent {
  /** The failure of the first leg that failed it, if any did. */
  readonly failure: IoResult | undefined;
  /** Those that failed it for good. */
  readonly bad: readonly number[];
}

const ALL_DONE: Sent = { failure: undefined, bad: [] };

/**
 * Sends a write or a flush to legs, one or more of them. Every write of a mirror passes here: it is
 * counted who has answered, which takes two steps less than to await them all.
 * @param done called once, when all of them have ended
 */
export function sendTo(
  legs: Legs,
  { io }: MirrorWrite,
  indices: readonly number[],
  done: (sent: Sent) => void,
): void {
  const failures: [number, IoResult][] = [];
  let left = indices.length;
  for (const index of indices) {
    const leg = legs.at(index);
    const request: Io = io.op === 'flush' ? { op: 'flush' } : onLeg(leg, io);
    void leg.place.device.submit(request).then((result) => {
      if (!result.ok) failures.push([index, result]);
      left--;
      if (left === 0) done(failures.length === 0 ? ALL_DONE : judge(indices, failures));
    });
  }
}

function judge(indices: readonly number[], failures: readonly [number, IoResult][]): Sent {
  const of = new Map(failures);
  const failed = indices.filter((index) => of.has(index));
  const bad = failures.filter(([, result]) => !mayAskAgain(result)).map(([index]) => index);
  return {
    failure: of.get(failed[0] ?? -1),
    bad: failed.filter((index) => bad.includes(index)),
  };
}

/** Of a request that no leg could be asked for, or that the log could not be told of. */
export function noLegFailure(legs: Legs, op: Io['op']): IoResult {
  const { name } = legs.at(legs.primary).place.device;
  return err({ code: 'io-failed', device: name, op, why: 'no leg or log of the mirror is left' });
}
