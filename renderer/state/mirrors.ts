/** What a mirror, its legs and its log are in the lab: devices, volumes and PVs. */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { DmDeviceState, LabState, LvState, VgState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { partsOf } from '../viz/mirror-parts.ts';
import type { Subject } from './store.ts';
import { lvOf, lvSubject, pvSubject, vgOf } from './subjects.ts';

/** The volume of a group that the selection is, or is a part of. */
export function topVolume(lab: LabState, selected: Subject | undefined): LvState | undefined {
  const vg = vgOf(lab, selected);
  const lv = lvOf(lab, selected);
  if (!vg || !lv) return undefined;
  const top = partsOf(vg).get(lv.name)?.top;
  return top === undefined ? lv : vg.lvs.find(({ name }) => name === top);
}

/** A device below a mirror, as far as it is known. */
export interface Below {
  readonly devno: DevNo;
  /** Name of the mapped device, or path of the disk. */
  readonly device: string;
  /** What is selected with it. */
  readonly subject?: Subject;
  /** Where it lies in the end; `[unknown]` for what no disk carries. */
  readonly pvs: readonly string[];
}

/** The device of a number. */
export function belowOf(lab: LabState, devno: DevNo): Below {
  const disk = lab.disks.find((one) => one.devno === devno);
  if (disk) {
    const subject = pvSubject({ device: disk.path, id: disk.path });
    return { devno, device: disk.path, subject, pvs: [disk.path] };
  }
  const device = devicesByNumber(lab.devices).get(devno);
  if (!device) return { devno, device: devno, pvs: [] };
  const found = volumeOfDevice(lab, device.name);
  if (!found) return { devno, device: device.name, pvs: [] };
  const { vg, lv } = found;
  return {
    devno,
    device: device.name,
    subject: lvSubject(lab, vg, lv),
    pvs: pvsOf(vg, lv),
  };
}

/** A volume with its group. */
interface Found {
  readonly vg: VgState;
  readonly lv: LvState;
}

/** The volume that a device stands for. */
export const volumeOfDevice = (lab: LabState, name: string): Found | undefined =>
  volumesByDevice(lab.vgs).get(name);

/** Made once for a list: mirrors are told of several times a second while devices stay. */
const devicesByNumber = onceFor((devices: LabState['devices']) => {
  return new Map<DevNo, DmDeviceState>(devices.map((device) => [device.devno, device]));
});

const volumesByDevice = onceFor((vgs: LabState['vgs']) => {
  const all = vgs.flatMap((vg) =>
    vg.lvs.flatMap((lv) => namesOf(lv).map((name): [string, Found] => [name, { vg, lv }])),
  );
  // Of two with one name, as clones have, the first.
  return new Map(all.reverse());
});

/**
 * Its device, and the one that has its segments where another lies above them: of an origin, and
 * of anything that LVM lets be repaired while it is read; of a snapshot.
 */
export const namesOf = ({ dmName }: LvState): readonly string[] => [
  dmName,
  `${dmName}-real`,
  `${dmName}-cow`,
];

function onceFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

/** The PVs that a volume lies on, through all volumes between. */
export function pvsOf(vg: VgState, lv: LvState, depth = 0): readonly string[] {
  const areas = lv.segments.flatMap((segment) => segment.areas);
  const found = areas.flatMap((area) => {
    if (area.on === 'pv') return [area.device];
    const below = vg.lvs.find(({ name }) => name === area.device);
    return below && depth < vg.lvs.length ? pvsOf(vg, below, depth + 1) : [];
  });
  return [...new Set(found)];
}

/** `vg/mir`, or the name of the device where it is no volume's. */
export function mirrorName(lab: LabState, { device }: Pick<MirrorState, 'device'>): string {
  const found = volumeOfDevice(lab, device);
  return found ? `${found.vg.name}/${found.lv.name}` : device;
}

/** Names of the mapped devices that a selection is, or is built on or below it in one stack. */
function devicesAbout(lab: LabState, selected: Subject): ReadonlySet<string> {
  const vg = vgOf(lab, selected);
  const top = topVolume(lab, selected);
  if (!vg || !top) return new Set([selected.id]);
  const parts = partsOf(vg);
  const all = vg.lvs.filter(({ name }) => name === top.name || parts.get(name)?.top === top.name);
  return new Set([selected.id, ...all.flatMap(namesOf)]);
}

/** The mirrors that a selection is, is a part of, or is the PV below. */
export function mirrorsAbout(lab: LabState, selected: Subject | undefined): readonly MirrorState[] {
  if (!selected) return [];
  const devices = devicesAbout(lab, selected);
  const onPv = (mirror: MirrorState): boolean =>
    selected.kind === 'pv' &&
    devnosOf(mirror).some((devno) => belowOf(lab, devno).pvs.includes(selected.id));
  return lab.mirrors.filter((mirror) => devices.has(mirror.device) || onPv(mirror));
}

/** Of the legs, and of a log on a disk. */
const devnosOf = ({ legs, log }: MirrorState): readonly DevNo[] => [
  ...legs.map(({ devno }) => devno),
  ...(log.kind === 'disk' ? [log.devno] : []),
];

/** Names of the devices that are legs without all of the data; sorted. */
export function lackingVolumes(lab: LabState): readonly string[] {
  const devnos = lab.mirrors.flatMap(({ legs, primary, inSync, regions }) =>
    inSync === regions ? [] : legs.flatMap(({ devno }, leg) => (leg === primary ? [] : [devno])),
  );
  return [...new Set(devnos.map((devno) => belowOf(lab, devno).device))].sort();
}

/** Whether a mirror goes on without a leg that failed, with nobody watching it. */
export const dropsFailedLegs = (lab: LabState, device: string | undefined): boolean =>
  lab.devices
    .find(({ name }) => name === device)
    ?.live?.some(({ params }) => params.split(' ').includes('drop_failed_legs')) ?? false;
