/** A lab with mirrors: one at rest on two legs and a disk log, and states of it to begin with. */
import type { MirrorLegState, MirrorState } from '../../../core/contract/mirrors.ts';
import type {
  AreaState,
  DmDeviceState,
  LabState,
  LvState,
  TargetState,
  VgState,
} from '../../../core/contract/state.ts';
import type { DevNo, Extents, Sectors } from '../../../core/contract/units.ts';
import { area, device, disk, lab, lv, pv, segment, vg } from './lab.ts';

/** A leg that is alive and in use. */
export const leg = (devno: DevNo, changes: Partial<MirrorLegState> = {}): MirrorLegState => ({
  devno,
  health: 'A',
  reads: 0,
  ...changes,
});

const REGION = 1024;

/** 16 MiB in 32 regions, all in sync, with a log on a disk. */
export function mirror(changes: Partial<MirrorState> = {}): MirrorState {
  const cells = changes.cells ?? 'c'.repeat(32);
  return {
    device: 'vg-mir',
    start: 0 as Sectors,
    length: (cells.length * REGION) as Sectors,
    regionSize: REGION as Sectors,
    regions: cells.length,
    inSync: Array.from(cells).filter((cell) => cell === 'c' || cell === 'd').length,
    legs: [leg('253:1'), leg('253:2')],
    primary: 0,
    log: { kind: 'disk', devno: '253:0', health: 'A' },
    cells,
    perCell: 1,
    held: 0,
    ...changes,
  };
}

/** The areas of a mirror segment are whole volumes. */
const image = (name: string): AreaState => ({
  on: 'lv',
  device: name,
  id: `${name}-id`,
  start: 0 as Extents,
  count: 4 as Extents,
});

const hidden = (name: string, role: string, area: AreaState): LvState => ({
  ...lv(name, [segment(0, 'linear', [area])]),
  visible: false,
  role: `private,mirror,${role}`,
});

/** A volume of four extents that lies on others, as mirrors and layers do. */
const over = (name: string, images: readonly string[]): LvState => {
  const areas = images.map(image);
  const [whole] = [segment(0, 'mirror', areas)].map((one) => ({ ...one, count: 4 as Extents }));
  return { ...lv(name, whole ? [whole] : []), extentCount: 4 as Extents, size: 32768 as Sectors };
};

export const mirrorTarget = (params: string, below: readonly DevNo[]): TargetState => ({
  start: 0 as Sectors,
  length: 32768 as Sectors,
  type: 'mirror',
  params,
  status: '',
  ranges: below.map((devno) => ({ devno, start: 0 as Sectors, count: 32768 as Sectors })),
});

export const mirrorDevice = (
  name: string,
  minor: number,
  params: string,
  below: readonly DevNo[],
): DmDeviceState => ({
  ...device(name, minor, []),
  live: [mirrorTarget(params, below)],
  deps: below.toReversed(),
});

export const TWO_LEGS = 'disk 2 253:0 1024 2 253:1 0 253:2 0 1 handle_errors';

const devices: readonly DmDeviceState[] = [
  mirrorDevice('vg-mir', 3, TWO_LEGS, ['253:0', '253:1', '253:2']),
  device('vg-mir_mimage_0', 1, [['8:0', 2048]]),
  device('vg-mir_mimage_1', 2, [['8:16', 2048]]),
  device('vg-mir_mlog', 0, [['8:32', 2048]]),
];

export const group: VgState = {
  ...vg,
  extentCount: 120 as Extents,
  freeCount: 111 as Extents,
  pvs: [pv('a', 30, 26), pv('b', 30, 26), pv('c', 30, 29), pv('d', 30, 30)],
  lvs: [
    over('mir', ['mir_mimage_0', 'mir_mimage_1']),
    hidden('mir_mlog', 'log', area('c', 0, 1)),
    hidden('mir_mimage_0', 'image', area('a', 0, 4)),
    hidden('mir_mimage_1', 'image', area('b', 0, 4)),
  ],
};

export const mirrorLab: LabState = {
  ...lab,
  disks: [disk('a', 0), disk('b', 16), disk('c', 32), disk('d', 48)],
  vgs: [group],
  devices,
  mirrors: [mirror()],
};

/** The same while a third leg is added: the old mirror is a layer below a new one. */
export const convertingLab: LabState = {
  ...mirrorLab,
  vgs: [
    {
      ...group,
      lvs: [
        over('mir', ['mir_mimagetmp_2', 'mir_mimage_2']),
        ...group.lvs.slice(1),
        { ...over('mir_mimagetmp_2', ['mir_mimage_0', 'mir_mimage_1']), visible: false },
        hidden('mir_mimage_2', 'image', area('d', 0, 4)),
      ],
    },
  ],
  devices: [
    mirrorDevice('vg-mir', 3, 'core 1 1024 2 253:4 0 253:5 0 1 handle_errors', ['253:4', '253:5']),
    ...devices.slice(1),
    device('vg-mir_mimage_2', 5, [['8:48', 2048]]),
    mirrorDevice('vg-mir_mimagetmp_2', 4, TWO_LEGS, ['253:0', '253:1', '253:2']),
  ],
  mirrors: [
    mirror({
      legs: [leg('253:4'), leg('253:5')],
      log: { kind: 'core' },
      cells: `${'c'.repeat(12)}r${'n'.repeat(19)}`,
    }),
    mirror({ device: 'vg-mir_mimagetmp_2' }),
  ],
};
