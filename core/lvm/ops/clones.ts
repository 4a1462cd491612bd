/** The group that copies of disks carry, whichever disks the scan preferred to them. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { ScannedPv } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { unfitPart } from './find.ts';

export interface Clone {
  /** As its newest text on these disks has it. */
  readonly vg: VolumeGroup;
  /** By the PV's id in that text. */
  readonly disks: ReadonlyMap<LvmId, ScannedPv>;
  /** An import was cut short: some labels do not have the id that the text gives their PV. */
  readonly unfinished: boolean;
}

/** Another disk is used for the PV that is on this one: LVM passes it over, and is content. */
export const isPassedOver = ({ scan }: Pick<OpContext, 'scan'>, device: string): boolean =>
  scan.duplicates.some(({ path }) => path === device);

/** What it does then. */
export const nothingOf = (device: string): Plan => ({
  title: `Leave ${device} as it is`,
  steps: [],
  commitAt: -1,
  warnings: [],
  questions: [],
  done: [],
});

/** Refuses devices that are not all the disks of one group. */
export function cloneOn(
  { scan, disks, unfit }: OpContext,
  devices: readonly string[],
): Result<Clone, VolumeError> {
  const found: ScannedPv[] = [];
  for (const device of new Set(devices)) {
    const pv = [...scan.pvs, ...scan.duplicates].find(({ path }) => path === device);
    if (pv) found.push(pv);
    else if (disks.some(({ path }) => path === device)) return err({ code: 'clone-no-pv', device });
    else return err({ code: 'clone-not-found', device, ...unfitPart(unfit, device) });
  }
  const texts = found.flatMap(({ areas }) => areas.flatMap(({ vg }) => vg ?? []));
  const newest = texts.reduce<VolumeGroup | undefined>(
    (best, vg) => (best && best.seqno >= vg.seqno ? best : vg),
    undefined,
  );
  if (!newest) return err({ code: 'clone-no-group', device: found[0]?.path ?? '' });
  if (found.some((pv) => !isOf(pv, newest))) return err({ code: 'clone-mixed' });
  return matched(newest, found);
}

const isOf = ({ path, areas, label }: ScannedPv, vg: VolumeGroup): boolean => {
  const texts = areas.flatMap((area) => area.vg ?? []);
  if (texts.some(({ id }) => id === vg.id)) return true;
  if (texts.length === 0) return vg.pvs.some(({ id }) => id === label.pvId);
  // An import was cut short before this disk had its text.
  const expected = vg.pvs.some(({ deviceHint }) => deviceHint === path);
  return expected && texts.some((text) => contentOf(text) === contentOf(vg));
};

/** What a clone has in common with its original. */
const contentOf = ({ pvs, lvs }: VolumeGroup): string =>
  [pvs.length, ...lvs.map(({ id }) => id)].join();

/** By label; a disk whose label knows another id, by the path that the import wrote beside it. */
function matched(vg: VolumeGroup, found: readonly ScannedPv[]): Result<Clone, VolumeError> {
  const known = new Set(vg.pvs.map(({ id }) => id));
  const strange = found.filter(({ label }) => !known.has(label.pvId));
  const disks = new Map<LvmId, ScannedPv>();
  for (const { id, deviceHint } of vg.pvs) {
    const disk =
      found.find(({ label }) => label.pvId === id) ??
      strange.find(({ path }) => path === deviceHint);
    if (disk) disks.set(id, disk);
  }
  const missing = vg.pvs.filter(({ id }) => !disks.has(id));
  if (missing.length > 0) {
    const lost = missing.map(({ id, deviceHint: hint }) => ({ pvId: id, hint }));
    return err({ code: 'clone-incomplete', vg: vg.name, missing: lost });
  }
  return ok({ vg, disks, unfinished: strange.length > 0 });
}
