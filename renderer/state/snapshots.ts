/** What a snapshot, its origin and its store are in the lab, and what is chosen with them. */
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { kinOf } from '../viz/snapshot-links.ts';
import { belowOf, namesOf, topVolume, volumeOfDevice, type Below } from './mirrors.ts';
import type { Subject } from './store.ts';
import { lvSubject, vgOf } from './subjects.ts';

/** The devices of one snapshot at work. */
export interface SnapshotPlaces {
  /** `vg/s`; the name of the device where it is no volume's. */
  readonly name: string;
  readonly origin: Below;
  readonly originName: string;
  readonly store: Below;
}

export function placesOf(lab: LabState, snapshot: SnapshotState): SnapshotPlaces {
  const [origin, store] = [belowOf(lab, snapshot.origin), belowOf(lab, snapshot.store)];
  const nameOf = (below: Below, device: string): string => {
    const found = volumeOfDevice(lab, below.device);
    return found ? `${found.vg.name}/${found.lv.name}` : device;
  };
  // Of a merge the device is that of the origin.
  const own = snapshot.role === 'merge' ? store.device : snapshot.device;
  return { name: nameOf(store, own), origin, originName: nameOf(origin, origin.device), store };
}

/** A volume with its group. */
interface Found {
  readonly vg: VgState;
  readonly lv: LvState;
}

/** The volume that a selection is, or whose part or device it is. */
function volumeOf(lab: LabState, selected: Subject | undefined): Found | undefined {
  if (selected?.kind === 'device') {
    const found = volumeOfDevice(lab, selected.id);
    if (found) return found;
  }
  const [vg, lv] = [vgOf(lab, selected), topVolume(lab, selected)];
  return vg && lv ? { vg, lv } : undefined;
}

/** The selected volume and those that stand with it: none, unless there is a snapshot. */
function familyOf(lab: LabState, selected: Subject | undefined): readonly Found[] {
  const found = volumeOf(lab, selected);
  if (!found) return [];
  const { vg, lv } = found;
  const names = kinOf(vg, lv.name);
  if (names.length === 0) return [];
  const kin = vg.lvs.filter(({ name }) => names.includes(name));
  return [found, ...kin.map((one) => ({ vg, lv: one }))];
}

/**
 * What is marked beside the selection: the origin of a snapshot, the snapshots of an origin, and
 * the volume itself where one of its devices is selected. As `vg/lv`.
 */
export const relatedVolumes = (lab: LabState, selected: Subject | undefined): readonly string[] =>
  familyOf(lab, selected)
    .map(({ vg, lv }) => lvSubject(lab, vg, lv).id)
    .filter((id) => selected?.kind !== 'lv' || id !== selected.id);

/** Names of all devices of these volumes: of an origin `-real`, of a snapshot `-cow`, too. */
export const relatedDevices = (lab: LabState, selected: Subject | undefined): readonly string[] =>
  familyOf(lab, selected).flatMap(({ lv }) => namesOf(lv));

/** The snapshots at work that a selection is, is the origin or a device of, or is the PV below. */
export function snapshotsAbout(
  lab: LabState,
  selected: Subject | undefined,
): readonly SnapshotState[] {
  if (!selected) return [];
  if (selected.kind === 'pv') {
    return lab.snapshots.filter((one) => {
      const { origin, store } = placesOf(lab, one);
      return [...origin.pvs, ...store.pvs].includes(selected.id);
    });
  }
  const found = volumeOf(lab, selected);
  const names = new Set([selected.id, ...(found ? namesOf(found.lv) : [])]);
  return lab.snapshots.filter((one) => {
    const { origin, store } = placesOf(lab, one);
    return [one.device, origin.device, store.device].some((name) => names.has(name));
  });
}
