/** What fills the columns of a volume: what its own section of the metadata says. */
import { formatLvmId } from '../base/ids.ts';
import { lvExtentCount, type LogicalVolume } from '../lvm/format/model.ts';
import { isPvmove } from '../lvm/format/pvmove.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { isImageInSync, isLvActive, lvDmName, lvPath } from './active.ts';
import type { Getter, Getters, Row } from './fields.ts';
import { extentSize } from './fields-vg.ts';
import { lvLayout, lvModules, lvRole } from './layout.ts';
import { convertedLayer, relationsOf, typeOfLv } from './relations.ts';
import { isShown, shownName } from './rows.ts';
import { amount, EMPTY, flag, list, none, sequence, size, text, type Value } from './value.ts';

type Of = (vg: ScannedVg, lv: LogicalVolume, row: Row) => Value;

/** Of a volume; `otherwise` in a row of free extents, which LVM takes for a nameless volume. */
export const ofLv =
  (value: Of, otherwise: Value = EMPTY): Getter =>
  (row) =>
    row.vg && row.lv ? value(row.vg, row.lv, row) : otherwise;

const fullName: Of = (vg, lv) =>
  isShown(vg, lv) || isPvmove(lv)
    ? text(`${vg.vg.name}/${lv.name}`)
    : text(`[${vg.vg.name}/${lv.name}]`, `${vg.vg.name}/${lv.name}`);

/** An integer of the volume's section that the model does not know: `major`, `minor`. */
export function extraOf(lv: LogicalVolume, key: string): bigint | undefined {
  const entry = lv.extra.findLast(({ name }) => name === key);
  return entry?.kind === 'value' && entry.value.kind === 'int' ? entry.value.value : undefined;
}

const persistent =
  (key: string): Of =>
  (_vg, lv) => {
    const number = extraOf(lv, key);
    return number === undefined ? none('-1') : amount(number);
  };

/** 0 or absent is for the kernel to choose, -1 is none at all. */
const readAhead: Of = (_vg, { readAhead: kept = 0n }) =>
  kept === 0n ? none('auto') : size(Number(kept < 0n ? 0n : kept));

/** Every volume of a lab is this machine's: active is active here, and nowhere else. */
const active =
  (word: string, elsewhere = false): Of =>
  (vg, lv, row) =>
    flag(!elsewhere && isLvActive(row.source, vg, lv), word);

const SYNC = 'initial image sync';
const unsetFlag = (word: string): Value => flag(false, word);

export const LV_VALUES: Getters = {
  lv_uuid: ofLv((_vg, lv) => text(formatLvmId(lv.id))),
  lv_name: ofLv((vg, lv) => text(shownName(vg, lv), lv.name)),
  lv_full_name: (row) => (row.lv ? ofLv(fullName)(row) : text(`${row.vg?.vg.name ?? ''}/`)),
  lv_path: (row) =>
    row.lv || !row.vg
      ? ofLv((vg, lv) => text(lvPath(vg, lv, isShown(vg, lv))))(row)
      : text(`/dev/${row.vg.vg.name}/`),
  lv_dm_path: (row) =>
    row.lv || !row.vg
      ? ofLv((vg, lv) => text(`/dev/mapper/${lvDmName(vg, lv)}`))(row)
      : text(`/dev/mapper/${row.vg.vg.name.replaceAll('-', '--')}-`),
  lv_parent: ofLv((vg, lv) => {
    const { parts } = relationsOf(vg.vg);
    const owner = parts.get(lv.name)?.owner;
    return owner ? text(shownName(vg, owner), owner.name) : EMPTY;
  }),
  lv_layout: ofLv((vg, lv) => sequence(lvLayout(vg, lv).split(',')), sequence(['unknown'])),
  lv_role: ofLv((vg, lv) => sequence(lvRole(vg, lv).split(',')), sequence(['public'])),
  lv_initial_image_sync: ofLv(
    (_vg, lv) =>
      flag(/^(mirror|raid)/.test(typeOfLv(lv)) && !lv.status.includes('NOTSYNCED'), SYNC),
    flag(false, SYNC),
  ),
  lv_image_synced: ofLv(
    (vg, lv, { source }) => flag(isImageInSync(source, vg, lv), 'image synced'),
    unsetFlag('image synced'),
  ),
  lv_merging: ofLv((vg, lv) => {
    const relations = relationsOf(vg.vg);
    const origin = relations.origins.get(lv.name)?.some(({ merging }) => merging) ?? false;
    return flag(origin || (relations.stores.get(lv.name)?.merging ?? false), 'merging');
  }, unsetFlag('merging')),
  lv_converting: ofLv(
    (_vg, lv) => flag(convertedLayer(lv) !== undefined, 'converting'),
    unsetFlag('converting'),
  ),
  lv_allocation_policy: ofLv((_vg, lv) => text(lv.allocationPolicy ?? 'inherit'), text('unknown')),
  lv_allocation_locked: ofLv(
    (_vg, lv) => flag(lv.status.includes('LOCKED'), 'allocation locked'),
    unsetFlag('allocation locked'),
  ),
  lv_fixed_minor: ofLv(
    (_vg, lv) => flag(lv.status.includes('FIXED_MINOR'), 'fixed minor'),
    unsetFlag('fixed minor'),
  ),
  lv_skip_activation: ofLv(
    (_vg, lv) => flag(lv.flags.includes('ACTIVATION_SKIP'), 'skip activation'),
    unsetFlag('skip activation'),
  ),
  lv_autoactivation: ofLv(
    (_vg, lv) => flag(!lv.flags.includes('NOAUTOACTIVATE'), 'enabled'),
    flag(true, 'enabled'),
  ),
  lv_active: ofLv((vg, lv, { source }) => {
    if (source.deviceless) return text('unknown');
    return text(isLvActive(source, vg, lv) ? 'active' : '');
  }),
  lv_active_locally: ofLv(active('active locally'), unsetFlag('active locally')),
  lv_active_remotely: ofLv(active('active remotely', true), unsetFlag('active remotely')),
  lv_active_exclusively: ofLv(active('active exclusively'), unsetFlag('active exclusively')),
  lv_major: ofLv(persistent('major'), none('-1')),
  lv_minor: ofLv(persistent('minor'), none('-1')),
  lv_read_ahead: ofLv(readAhead, size(0)),
  lv_size: ofLv((vg, lv) => extentSize(vg, lvExtentCount(lv)), size(0)),
  seg_count: ofLv((_vg, lv) => amount(lv.segments.length), amount(0)),
  lv_tags: ofLv((_vg, lv) => list(lv.tags), list([])),
  lv_profile: ofLv((_vg, lv) => text(extraText(lv, 'profile'))),
  lv_lockargs: ofLv((_vg, lv) => text(extraText(lv, 'lock_args'))),
  lv_time: ofLv((_vg, lv) => (lv.creationTime ? amount(lv.creationTime) : none()), none()),
  lv_time_removed: () => none(),
  lv_host: ofLv((_vg, lv) => text(lv.creationHost ?? '')),
  lv_modules: ofLv((_vg, lv) => list(lvModules(lv)), list([])),
  lv_historical: () => unsetFlag('historical'),
};

function extraText(lv: LogicalVolume, key: string): string {
  const entry = lv.extra.findLast(({ name }) => name === key);
  return entry?.kind === 'value' && entry.value.kind === 'string' ? entry.value.value : '';
}
