/** The units that cross every door, re-exported so that doors need nothing but the contract. */
export type { Bytes, Extents, Sectors } from '../base/units.ts';
export type { LvmId } from '../base/ids.ts';
export type { Err, Ok, Result } from '../base/result.ts';

/** `major:minor`, as in `dmsetup table`: `8:0`, `253:4`. */
export type DevNo = `${number}:${number}`;
