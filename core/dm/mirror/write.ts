/** A write on its way through a mirror. */
import { sectors } from '../../base/units.ts';
import type { DataIo } from '../../block/device.ts';
import type { Ending, TargetIo } from '../target.ts';
import type { Leg } from './legs.ts';

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
