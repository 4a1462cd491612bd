/** A lab with an origin, a snapshot of it that is half full, and states of it to begin with. */
import type { SnapshotState } from '../../../core/contract/snapshots.ts';
import type { DmDeviceState, LabState, LvState, VgState } from '../../../core/contract/state.ts';
import type { DevNo, Extents, Sectors } from '../../../core/contract/units.ts';
import { area, device, disk, lab, lv, pv, segment, vg } from './lab.ts';

/** 32 chunks of 4 KiB, two of which are kept in a store of 16. */
export const snapshot = (changes: Partial<SnapshotState> = {}): SnapshotState => ({
  device: 'vg-s',
  start: 0 as Sectors,
  length: 256 as Sectors,
  role: 'snapshot',
  origin: '253:1',
  store: '253:2',
  kind: 'P',
  chunkSize: 8 as Sectors,
  condition: 'good',
  allocated: 32 as Sectors,
  total: 128 as Sectors,
  metadata: 16 as Sectors,
  exceptions: 2,
  chunks: 32,
  cells: cells({ 5: 0, 6: 1 }),
  perCell: 1,
  recent: [
    { oldChunk: 6, newChunk: 3 },
    { oldChunk: 5, newChunk: 2 },
  ],
  underWay: [],
  ...changes,
});

/** 32 cells of a chunk each. @param kept by chunk: how many exceptions there were before it */
export const cells = (kept: Readonly<Record<number, number>>): SnapshotState['cells'] =>
  Array.from({ length: 32 }, (_, chunk) => {
    const newest = kept[chunk];
    return newest === undefined ? { kept: 0 } : { kept: 1, newest };
  });

const over = (
  name: string,
  minor: number,
  type: string,
  params: string,
  deps: readonly DevNo[],
): DmDeviceState => ({
  ...device(name, minor, []),
  live: [
    {
      start: 0 as Sectors,
      length: 256 as Sectors,
      type,
      params,
      status: '',
      ranges: deps.map((devno) => ({ devno, start: 0 as Sectors, count: 256 as Sectors })),
    },
  ],
  deps,
});

const store: LvState = {
  ...lv('s', [segment(0, 'linear', [area('b', 0, 2)])]),
  attr: 'swi-a-s---',
  snapshot: { origin: 'o', chunkSize: 8 as Sectors, merging: false },
};

const group: VgState = {
  ...vg,
  extentCount: 60 as Extents,
  freeCount: 50 as Extents,
  pvs: [pv('a', 30, 22), pv('b', 30, 28)],
  lvs: [
    { ...lv('o', [segment(0, 'linear', [area('a', 0, 4)])]), attr: 'owi-a-s---' },
    store,
    lv('home', [segment(0, 'linear', [area('a', 4, 4)])]),
  ],
};

export const snapshotLab: LabState = {
  ...lab,
  disks: [disk('a', 0), disk('b', 16)],
  vgs: [group],
  devices: [
    device('vg-home', 4, [['8:0', 34816]]),
    over('vg-o', 0, 'snapshot-origin', '253:1', ['253:1']),
    device('vg-o-real', 1, [['8:0', 2048]]),
    over('vg-s', 3, 'snapshot', '253:1 253:2 P 8', ['253:1', '253:2']),
    device('vg-s-cow', 2, [['8:16', 2048]]),
  ],
  snapshots: [snapshot()],
};

/** The same volumes, some of them changed. @param changes by name */
export const changed = (changes: Readonly<Record<string, Partial<LvState>>>): LabState => ({
  ...snapshotLab,
  vgs: [{ ...group, lvs: group.lvs.map((one) => ({ ...one, ...changes[one.name] })) }],
});

/** While the snapshot flows back: the origin's device merges, that of the snapshot fails all. */
export const mergingLab: LabState = {
  ...changed({
    o: { attr: 'Owi-a-s---' },
    s: {
      visible: false,
      attr: 'Swi-a-s---',
      snapshot: { origin: 'o', chunkSize: 8 as Sectors, merging: true },
    },
  }),
  devices: snapshotLab.devices.map((one) =>
    one.name === 'vg-o'
      ? over('vg-o', 0, 'snapshot-merge', '253:1 253:2 P 8', ['253:1', '253:2'])
      : one,
  ),
  snapshots: [
    snapshot({
      device: 'vg-o',
      role: 'merge',
      merging: { oldChunk: 5, newChunk: 2, count: 2 },
    }),
  ],
};
