/** A small lab as the page gets it: one group on two PVs, a striped and a two-segment volume. */
import type {
  AreaState,
  DmDeviceState,
  LabState,
  LvState,
  PvState,
  SegmentState,
  VgState,
} from '../../../core/contract/state.ts';
import type { DevNo, Extents, Sectors } from '../../../core/contract/units.ts';

export const EXTENT = 8192 as Sectors;

export const pv = (letter: string, extents: number, free: number): PvState => ({
  device: `/dev/sd${letter}`,
  id: letter.repeat(32),
  vg: 'vg',
  deviceSize: (extents * EXTENT + 2048) as Sectors,
  peStart: 2048 as Sectors,
  extentCount: extents as Extents,
  freeCount: free as Extents,
  attr: 'a--',
  missing: false,
  allocatable: true,
  tags: [],
  areaCount: 1,
});

/** `letter` of the PV, first PE, number of PEs. */
export const area = (letter: string, start: number, count: number): AreaState => ({
  on: 'pv',
  device: `/dev/sd${letter}`,
  id: letter.repeat(32),
  start: start as Extents,
  count: count as Extents,
});

export function segment(start: number, type: string, areas: readonly AreaState[]): SegmentState {
  const count = areas.reduce((sum, one) => sum + one.count, 0) as Extents;
  const stripes = areas.length;
  const stripeSize = (type === 'striped' ? 128 : 0) as Sectors;
  return { start: start as Extents, count, type, stripes, stripeSize, areas };
}

export function lv(name: string, segments: readonly SegmentState[]): LvState {
  const extents = segments.reduce((sum, { count }) => sum + count, 0);
  return {
    id: `${name}-id`,
    vg: 'vg',
    name,
    visible: true,
    extentCount: extents as Extents,
    size: (extents * EXTENT) as Sectors,
    attr: '-wi-a-----',
    layout: segments[0]?.type ?? 'linear',
    role: 'public',
    tags: [],
    segments,
    dmName: `vg-${name}`,
    active: true,
    openCount: 0,
  };
}

export const vg: VgState = {
  id: 'vg-id',
  name: 'vg',
  seqno: 7,
  extentSize: EXTENT,
  extentCount: 150 as Extents,
  freeCount: 90 as Extents,
  attr: 'wz--n-',
  allocation: 'normal',
  tags: [],
  pvs: [pv('a', 100, 60), pv('b', 50, 30)],
  lvs: [
    lv('home', [
      segment(0, 'linear', [area('a', 30, 10)]),
      segment(10, 'linear', [area('a', 0, 20)]),
    ]),
    lv('db', [segment(0, 'striped', [area('a', 40, 10), area('b', 0, 10)])]),
    lv('log', [segment(0, 'linear', [area('b', 20, 10)])]),
  ],
  problems: [],
};

/** A device that maps the given ranges, each one line of its table. */
export function device(
  name: string,
  minor: number,
  ranges: readonly (readonly [devno: DevNo, start: number])[],
): DmDeviceState {
  return {
    name,
    uuid: `LVM-${name}`,
    devno: `253:${minor}`,
    suspended: false,
    readOnly: false,
    live: ranges.map(([devno, start], index) => ({
      start: (index * 100) as Sectors,
      length: 100 as Sectors,
      type: 'linear',
      params: `${devno} ${start}`,
      status: '',
      ranges: [{ devno, start: start as Sectors, count: 100 as Sectors }],
    })),
    deps: [...new Set(ranges.map(([devno]) => devno))].reverse(),
    openCount: 0,
    eventNumber: 0,
    inFlight: 0,
    queued: 0,
  };
}

export const disk = (letter: string, minor: number): LabState['disks'][number] => ({
  path: `/dev/sd${letter}`,
  devno: `8:${minor}`,
  size: 524288 as Sectors,
  mode: 'live',
  image: `sd${letter}.img`,
});

export const lab: LabState = {
  seq: 10,
  lab: { name: 'sample', directory: '/labs/sample' },
  disks: [disk('a', 0), disk('b', 16)],
  orphans: [],
  jobs: [],
  mirrors: [],
  snapshots: [],
  settings: { lvm: {} },
  problems: [],
  vgs: [vg],
  devices: [
    device('vg-db', 1, [
      ['8:0', 329728],
      ['8:16', 2048],
    ]),
    device('vg-home', 0, [['8:0', 2048]]),
  ],
  exports: [],
};
