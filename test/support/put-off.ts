/** Writes to an origin that are answered before they are done, on disks that a test holds. */
import { sectors } from '../../core/base/units.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { stampsOf } from './sectors.ts';
import { inSnapshotLab, type SnapshotWorld } from './snapshots.ts';

export const OK = { ok: true };
export const PUT_OFF = { writeBehind: 64 * 1024 };

type Body = (lab: SnapshotWorld, org: OpenDevice, snap: OpenDevice) => Promise<void>;

/** With an origin and a snapshot of it. */
export const run = (body: Body) => () =>
  inSnapshotLab(
    async (lab) => {
      const { org, snap } = await lab.pair();
      await body(lab, org, snap);
    },
    undefined,
    PUT_OFF,
  );

/** Nothing below the origin ends until it is let go: what was answered was not done. */
export function hold(lab: SnapshotWorld): () => void {
  let letGo = (): void => undefined;
  lab.disk(0).gate = new Promise((resolve) => {
    letGo = resolve;
  });
  return () => {
    lab.disk(0).gate = undefined;
    letGo();
  };
}

/** Below the origin. */
export function onDisk(lab: SnapshotWorld, start: number): readonly number[] {
  const data = new Uint8Array(512);
  lab.disk(0).store.read(sectors(start), data);
  return stampsOf(data);
}
