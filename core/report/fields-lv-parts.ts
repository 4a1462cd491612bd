/** What fills the columns that name another volume: origins, pools, logs, what they are made of. */
import { formatLvmId, type LvmId } from '../base/ids.ts';
import { lvExtentCount, type LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { ofLv } from './fields-lv.ts';
import { extentSize } from './fields-vg.ts';
import type { Getter, Getters } from './fields.ts';
import { UNKNOWN_DEVICE } from './places.ts';
import { convertedLayer, intOf, keysOfLv, relationsOf, textOf, typeOfLv } from './relations.ts';
import { shownName } from './rows.ts';
import { amount, EMPTY, list, none, sequence, text, type Value } from './value.ts';

type NameOf = (vg: ScannedVg, lv: LogicalVolume) => string | undefined;

const lvNamed = (vg: ScannedVg, name: string | undefined): LogicalVolume | undefined =>
  name === undefined ? undefined : relationsOf(vg.vg).byName.get(name);

/** `[pool_tmeta]`-like brackets for volumes that are hidden. */
const shownOf = (name: NameOf): Getter =>
  ofLv((vg, lv) => {
    const found = lvNamed(vg, name(vg, lv));
    return found ? text(shownName(vg, found), found.name) : text(name(vg, lv) ?? '');
  });

const uuidOf = (name: NameOf): Getter =>
  ofLv((vg, lv) => {
    const found = lvNamed(vg, name(vg, lv));
    return found ? text(formatLvmId(found.id)) : EMPTY;
  });

const key =
  (name: string, ...types: readonly string[]): NameOf =>
  (_vg, lv) =>
    types.includes(typeOfLv(lv)) ? textOf(keysOfLv(lv), name) : undefined;

const origin: NameOf = (vg, lv) =>
  relationsOf(vg.vg).stores.get(lv.name)?.origin ?? textOf(keysOfLv(lv), 'origin');
const log: NameOf = (_vg, { segments: [first] }) =>
  first?.kind === 'mirror' ? first.log : undefined;
const data: NameOf = (_vg, lv) =>
  textOf(keysOfLv(lv), typeOfLv(lv) === 'thin-pool' ? 'pool' : 'data');
const metadata = key('metadata', 'thin-pool', 'cache-pool');
const pool: NameOf = (_vg, lv) =>
  textOf(keysOfLv(lv), 'thin_pool') ??
  textOf(keysOfLv(lv), 'cache_pool') ??
  textOf(keysOfLv(lv), 'vdo_pool');

const sizeOf = (vg: ScannedVg, found: LogicalVolume | undefined): Value =>
  found ? extentSize(vg, lvExtentCount(found)) : none();

/** From a volume to its origin, to the origin of that, and so on; each once. */
function ancestors(vg: ScannedVg, lv: LogicalVolume): readonly string[] {
  const names: string[] = [];
  let name = origin(vg, lv);
  while (name !== undefined && name !== lv.name && !names.includes(name)) {
    names.push(name);
    const next = lvNamed(vg, name);
    name = next && origin(vg, next);
  }
  return names;
}

const children = new WeakMap<ScannedVg, ReadonlyMap<string, readonly string[]>>();

/** Names of what has each volume for its origin; computed once per group. */
function childrenOf(vg: ScannedVg): ReadonlyMap<string, readonly string[]> {
  const cached = children.get(vg);
  if (cached) return cached;
  const found = new Map<string, string[]>();
  for (const lv of vg.vg.lvs) {
    const name = origin(vg, lv);
    if (name === undefined || relationsOf(vg.vg).pseudo.has(lv.name)) continue;
    found.set(name, [...(found.get(name) ?? []), lv.name]);
  }
  children.set(vg, found);
  return found;
}

function descendants(vg: ScannedVg, lv: LogicalVolume): readonly string[] {
  const names = new Set<string>();
  const waiting = [lv.name];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const child of childrenOf(vg).get(at) ?? []) {
      if (names.has(child)) continue;
      names.add(child);
      waiting.push(child);
    }
  }
  return [...names];
}

/** The PV from which a pvmove takes its extents, by itself or through an image. */
function movedPv(vg: ScannedVg, lv: LogicalVolume): LvmId | undefined {
  const [first] = lv.segments;
  if (first?.kind !== 'mirror' || first.extentsMoved === undefined) return undefined;
  const [from] = first.areas;
  if (from?.on === 'pv') return from.pvId;
  const [below] = lvNamed(vg, from?.lv)?.segments ?? [];
  const area = below?.kind === 'striped' ? below.areas[0] : undefined;
  return area?.on === 'pv' ? area.pvId : undefined;
}

const NO_LIST = list([]);
const wholeNumber = (name: string): Getter =>
  ofLv((_vg, lv) => {
    const value = intOf(keysOfLv(lv), name);
    return value === undefined ? none() : amount(value);
  }, none());

export const LV_PART_VALUES: Getters = {
  lv_when_full: ofLv((_vg, lv) =>
    typeOfLv(lv) === 'thin-pool'
      ? text(lv.flags.includes('ERROR_WHEN_FULL') ? 'error' : 'queue')
      : EMPTY,
  ),
  lv_metadata_size: ofLv((vg, lv) => sizeOf(vg, lvNamed(vg, metadata(vg, lv))), none()),
  origin: shownOf(origin),
  origin_uuid: uuidOf(origin),
  origin_size: ofLv((vg, lv) => {
    const link = relationsOf(vg.vg).stores.get(lv.name);
    if (link) return extentSize(vg, link.count);
    return sizeOf(vg, relationsOf(vg.vg).origins.has(lv.name) ? lv : undefined);
  }, none()),
  lv_ancestors: ofLv((vg, lv) => sequence(ancestors(vg, lv)), NO_LIST),
  lv_full_ancestors: ofLv((vg, lv) => sequence(ancestors(vg, lv)), NO_LIST),
  lv_descendants: ofLv((vg, lv) => sequence(descendants(vg, lv)), NO_LIST),
  lv_full_descendants: ofLv((vg, lv) => sequence(descendants(vg, lv)), NO_LIST),
  raid_write_behind: wholeNumber('writebehind'),
  raid_min_recovery_rate: wholeNumber('min_recovery_rate'),
  raid_max_recovery_rate: wholeNumber('max_recovery_rate'),
  raidintegritymode: () => EMPTY,
  raidintegrityblocksize: () => none('-1'),
  move_pv: ofLv((vg, lv) => {
    const source = movedPv(vg, lv);
    return source ? text(vg.devices.get(source)?.path ?? UNKNOWN_DEVICE) : EMPTY;
  }),
  move_pv_uuid: ofLv((vg, lv) => {
    const source = movedPv(vg, lv);
    return source ? text(formatLvmId(source)) : EMPTY;
  }),
  convert_lv: shownOf((_vg, lv) => convertedLayer(lv)),
  convert_lv_uuid: uuidOf((_vg, lv) => convertedLayer(lv)),
  mirror_log: shownOf(log),
  mirror_log_uuid: uuidOf(log),
  data_lv: shownOf(data),
  data_lv_uuid: uuidOf(data),
  metadata_lv: shownOf(metadata),
  metadata_lv_uuid: uuidOf(metadata),
  pool_lv: shownOf(pool),
  pool_lv_uuid: uuidOf(pool),
  writecache_block_size: () => none('-1'),
};
