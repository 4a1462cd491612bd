/** What targets are doing, as a screen draws it. */
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { MappedDevice } from './mapped-device.ts';

type Device = Pick<MappedDevice, 'name' | 'standing' | 'throttle'>;

/** Of live tables, in the order of the devices. */
export const mirrorsOf = (devices: readonly Device[]): readonly MirrorState[] =>
  devices.flatMap(({ name, standing: { live }, throttle }) =>
    (live?.mirrors(name) ?? []).map((one) => ({ ...one, ...throttle.shown })),
  );

/** The same of snapshots and merges. */
export const snapshotsOf = (devices: readonly Device[]): readonly SnapshotState[] =>
  devices.flatMap(({ name, standing: { live }, throttle }) =>
    (live?.snapshots(name) ?? []).map((one) => ({ ...one, ...throttle.shown })),
  );
