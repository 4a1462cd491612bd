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
    case 'write':
      return { op: 'write', start, data: io.data, ...(io.fua ? { fua: true } : {}) };
    case 'zero': {
      const how = { ...(io.fua ? { fua: true } : {}), ...(io.unmap ? { unmap: true } : {}) };
      return { op: 'zero', start, count: io.count, ...how };
    }
    case 'discard':
      return { op: 'discard', start, count: io.count };
  }
}

/** What came of a request on legs; `bad` are those that failed it for good. */
export interface Sent {
  /** The first failure, if any. */
  readonly failure: IoResult | undefined;
  readonly bad: readonly number[];
}

/** Sends a write or a flush to legs, and waits for all of them. */
export async function sendTo(
  legs: Legs,
  { io }: MirrorWrite,
  indices: readonly number[],
): Promise<Sent> {
  const done = await Promise.all(
    indices.map((index) => {
      const leg = legs.at(index);
      return leg.place.device.submit(io.op === 'flush' ? { op: 'flush' } : onLeg(leg, io));
    }),
  );
  const isBad = (result: IoResult | undefined): boolean =>
    result?.ok === false && !mayAskAgain(result);
  return {
    failure: done.find((one) => !one.ok),
    bad: indices.filter((_, at) => isBad(done[at])),
  };
}

/** Of a request that no leg could be asked for, or that the log could not be told of. */
export function noLegFailure(legs: Legs, op: Io['op']): IoResult {
  const { name } = legs.at(legs.primary).place.device;
  return err({ code: 'io-failed', device: name, op, why: 'no leg or log of the mirror is left' });
}
