/** States of volumes, made anew only where something of one may have changed. */
import type { LvState } from '../contract/state.ts';
import { isMissing, isPlain, type LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { lvDevice } from '../report/active.ts';
import { relationsOf, type Relations } from '../report/relations.ts';
import type { ReportSource } from '../report/source.ts';

interface Made {
  /** What the state was made from, beside the volume. */
  readonly group: string;
  readonly device: string;
  readonly state: LvState;
}

const known = new WeakMap<LogicalVolume, Made>();

/** @param make for one volume; of the same volume among the same things it gives equal states. */
export function lvStatesOf(
  source: ReportSource,
  scanned: ScannedVg,
  lvs: readonly LogicalVolume[],
  make: (lv: LogicalVolume) => LvState,
): readonly LvState[] {
  const relations = relationsOf(scanned.vg);
  const group = groupKey(scanned);
  return lvs.map((lv) => {
    if (!isAlone(relations, lv)) return make(lv);
    const device = deviceKey(source, scanned, lv);
    const before = known.get(lv);
    if (before?.group === group && before.device === device) return before.state;
    const state = make(lv);
    known.set(lv, { group, device, state });
    return state;
  });
}

/** Neither made of other volumes nor a part of one: no other volume shows in its state. */
function isAlone(relations: Relations, lv: LogicalVolume): boolean {
  const { parts, stores, origins, pseudo, thinOrigins, externalOrigins } = relations;
  return (
    isPlain(lv) &&
    ![parts, stores, origins, pseudo, thinOrigins, externalOrigins].some((all) => all.has(lv.name))
  );
}

let latest = '';

/** The same object for the same group as the last time: long keys then compare at once. */
function groupKey({ vg, devices }: ScannedVg): string {
  const pvs = vg.pvs.map((pv) => `${pv.id} ${devices.get(pv.id)?.path ?? ''} ${isMissing(pv)}`);
  const key = [vg.id, vg.name, vg.extentSize, vg.status.join(), ...pvs].join('\n');
  if (key !== latest) latest = key;
  return latest;
}

function deviceKey(source: ReportSource, scanned: ScannedVg, lv: LogicalVolume): string {
  const device = lvDevice(source, scanned, lv);
  if (!device) return '';
  const { name, devno, suspended, readOnly, openCount, live, inactive } = device;
  const tables = [live, inactive].map((table) => table !== undefined);
  return ['', name, devno, suspended, readOnly, openCount, ...tables].join('\n');
}
