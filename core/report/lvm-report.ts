/** pvs, vgs and lvs: which rows, which fields, in which order (reference 12.3). */
import { err, ok, type Result } from '../base/result.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { Field, Row } from './fields.ts';
import { LV_FIELDS } from './fields-lv.ts';
import { PV_FIELDS } from './fields-pv.ts';
import { SEGMENT_FIELDS } from './fields-segment.ts';
import { VG_FIELDS } from './fields-vg.ts';
import { compareText } from './order.ts';
import { allPvRows, byName, isShown, reportedLvs } from './rows.ts';
import type { Units } from './size-text.ts';
import type { ReportSource } from './source.ts';

export type ReportName = 'pvs' | 'vgs' | 'lvs';

const DEFAULTS: Readonly<Record<ReportName, string>> = {
  pvs: 'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free',
  vgs: 'vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free',
  lvs:
    'lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,move_pv,' +
    'mirror_log,copy_percent,convert_lv',
};
const SEGMENT_DEFAULTS = 'lv_name,vg_name,lv_attr,stripes,segtype,seg_size';
const VERBOSE_PREFIX: Readonly<Record<ReportName, string>> = { pvs: 'pv_', vgs: 'vg_', lvs: 'lv_' };
const FIELDS: Readonly<Record<ReportName, readonly Field[]>> = {
  pvs: [...PV_FIELDS, ...VG_FIELDS],
  vgs: [...VG_FIELDS, ...PV_FIELDS],
  lvs: [...LV_FIELDS, ...SEGMENT_FIELDS, ...VG_FIELDS],
};
/** Fields of PVs are also for vgs, and bring a row of each PV. */
const PV_NAMES = new Set(PV_FIELDS.map(({ name }) => name));

/** @param wish `-o` as given: a list, or one that begins with `+` or `-`; several are joined. */
export function chooseFields(
  report: ReportName,
  wishes: readonly string[],
  segments: boolean,
): Result<readonly Field[], { readonly unknown: string }> {
  let names = (segments && report === 'lvs' ? SEGMENT_DEFAULTS : DEFAULTS[report]).split(',');
  for (const wish of wishes) {
    const listed = wish
      .replace(/^[+-]/, '')
      .split(',')
      .filter((name) => name !== '');
    const full = listed.map((name) => fullName(report, name));
    const unknown = listed.find((_name, index) => full[index] === undefined);
    if (unknown !== undefined) return err({ unknown });
    const known = full.filter((name) => name !== undefined);
    if (wish.startsWith('+')) names = [...names, ...known.filter((name) => !names.includes(name))];
    else if (wish.startsWith('-')) names = names.filter((name) => !known.includes(name));
    else names = known;
  }
  return ok(names.flatMap((name) => FIELDS[report].find((field) => field.name === name) ?? []));
}

/** `name` may leave out the object's prefix: `-o size` of lvs is lv_size. */
function fullName(report: ReportName, name: string): string | undefined {
  const candidates = [name, VERBOSE_PREFIX[report] + name, `seg_${name}`, `vg_${name}`];
  return candidates.find((one) => FIELDS[report].some((field) => field.name === one));
}

/** `-o help`: the names a report knows, with their headings. */
export function fieldHelp(report: ReportName): readonly string[] {
  const width = Math.max(...FIELDS[report].map(({ name }) => name.length));
  return FIELDS[report].map(({ name, heading }) => `  ${name.padEnd(width)} - ${heading}`);
}

export interface RowWish {
  readonly units: Units;
  readonly suffix: boolean;
  /** Hidden volumes too, and disks that are no PVs. */
  readonly all: boolean;
  /** Names as given: groups, volumes (`vg/lv`) or PV paths; empty: everything. */
  readonly names: readonly string[];
}

/** Rows in LVM's order, one per segment where a field asks for it. */
export function reportRows(
  report: ReportName,
  source: ReportSource,
  fields: readonly Field[],
  wish: RowWish,
): readonly Row[] {
  const base = { source, units: wish.units, suffix: wish.suffix };
  const groups = source.scan.vgs.toSorted((a, b) => byName(a.vg, b.vg));
  switch (report) {
    case 'pvs': {
      const rows = allPvRows(source, wish.all).toSorted((a, b) => compareText(a.name, b.name));
      return rows
        .filter(({ name }) => wish.names.length === 0 || wish.names.includes(name))
        .map((pv) => ({ ...base, pv, ...(pv.group ? { vg: pv.group } : {}) }));
    }
    case 'vgs': {
      const wanted = groups.filter(({ vg }) => isWanted(wish.names, vg.name));
      if (!fields.some(({ name }) => PV_NAMES.has(name))) {
        return wanted.map((vg) => ({ ...base, vg }));
      }
      const rows = allPvRows(source, false);
      return wanted.flatMap((vg) =>
        rows.filter(({ group }) => group === vg).map((pv) => ({ ...base, vg, pv })),
      );
    }
    case 'lvs': {
      const split = fields.some((field) => field.perSegment);
      // Volumes of an exported group are another machine's.
      const known = groups.filter(({ vg }) => !vg.status.includes('EXPORTED'));
      return known.flatMap((vg) =>
        reportedLvs(vg)
          .filter((lv) => wish.all || isShown(vg, lv))
          .filter((lv) => isWanted(wish.names, vg.vg.name, lv.name))
          .toSorted(byName)
          .flatMap((lv) => rowsOf(vg, lv, split).map((row) => ({ ...base, ...row }))),
      );
    }
  }
}

type Subject = Omit<Row, 'source' | 'units' | 'suffix'>;

function rowsOf(vg: ScannedVg, lv: LogicalVolume, split: boolean): readonly Subject[] {
  if (!split || lv.segments.length === 0) return [{ vg, lv }];
  return lv.segments.map((segment) => ({ vg, lv, segment }));
}

const isWanted = (names: readonly string[], vg: string, lv?: string): boolean =>
  names.length === 0 || names.includes(vg) || (lv !== undefined && names.includes(`${vg}/${lv}`));
