/** The options of every report (reference 12.3), and what a report is made of without them. */
import { err, ok, type Result } from '../base/result.ts';
import type { ReportKind } from '../report/choose-fields.ts';
import type { ReportWishes } from '../report/lvm-report.ts';
import type { JsonFormat, TextStyle } from '../report/report-text.ts';
import { DEFAULT_UNITS, parseUnits } from '../report/size-text.ts';
import type { Parsed } from './command.ts';
import { overriddenFlag, overriddenText, type Overrides } from './config-option.ts';
import { STATUS } from './output.ts';
import { flag, repeated, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';

export const UNITS_OPTION = valued(
  'units',
  undefined,
  '[Number]r|R|h|H|b|B|s|S|k|K|m|M|g|G|t|T|p|P|e|E',
);

/** Those that a table in columns has, whichever command prints it. */
export const COLUMN_OPTIONS: readonly OptionSpec[] = [
  repeated(valued('options', 'o', 'String')),
  repeated(valued('select', 'S', 'String')),
  repeated(valued('sort', 'O', 'String')),
  flag('aligned'),
  flag('binary'),
  repeated(valued('configreport', undefined, 'log|vg|lv|pv|pvseg|seg')),
  flag('foreign'),
  flag('ignorelockingfailure'),
  flag('logonly'),
  flag('noheadings'),
  flag('nosuffix'),
  flag('readonly'),
  valued('separator', undefined, 'String'),
  flag('shared'),
  flag('unbuffered'),
  UNITS_OPTION,
];

export const REPORT_OPTIONS: readonly OptionSpec[] = [
  flag('all', 'a'),
  ...COLUMN_OPTIONS,
  valued('headings', undefined, 'none|abbrev|full'),
  flag('nameprefixes'),
  valued('reportformat', undefined, 'basic|json|json_std'),
  flag('rows'),
  flag('unaligned'),
  flag('unquoted'),
];

/** Columns and order of a report that asks for none. */
interface Defaults {
  readonly columns: string;
  /** With `-v`. */
  readonly verbose: string;
  /** In fullreport. */
  readonly full: string;
  readonly keys: string;
  readonly fullKeys: string;
}

export const DEFAULTS: Readonly<Record<ReportKind, Defaults>> = {
  pv: {
    columns: 'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free',
    verbose: 'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,dev_size,pv_uuid',
    full: 'pv_all',
    keys: 'pv_name',
    fullKeys: 'pv_name',
  },
  vg: {
    columns: 'vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free',
    verbose:
      'vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,vg_free,vg_uuid,' +
      'vg_profile',
    full: 'vg_all',
    keys: 'vg_name',
    fullKeys: 'vg_name',
  },
  lv: {
    columns:
      'lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,move_pv,' +
      'mirror_log,copy_percent,convert_lv',
    verbose:
      'lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,lv_kernel_major,' +
      'lv_kernel_minor,pool_lv,origin,data_percent,metadata_percent,move_pv,copy_percent,' +
      'mirror_log,convert_lv,lv_uuid,lv_profile',
    full: 'lv_all',
    keys: 'vg_name,lv_name',
    fullKeys: 'vg_name,lv_name',
  },
  seg: {
    columns: 'lv_name,vg_name,lv_attr,stripes,segtype,seg_size',
    verbose: 'lv_name,vg_name,lv_attr,seg_start,seg_size,stripes,segtype,stripe_size,chunk_size',
    full: 'seg_all',
    keys: 'vg_name,lv_name,seg_start',
    fullKeys: 'lv_uuid,seg_start',
  },
  pvseg: {
    columns: 'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size',
    verbose:
      'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size,lv_name,' +
      'seg_start_pe,segtype,seg_pe_ranges',
    full: 'pvseg_all,pv_uuid,lv_uuid',
    keys: 'pv_name,pvseg_start',
    fullKeys: 'pv_uuid,pvseg_start',
  },
};

/** The settings about a report are named after its command. */
const COMMANDS: Readonly<Record<ReportKind, string>> = {
  pv: 'pvs',
  vg: 'vgs',
  lv: 'lvs',
  seg: 'segs',
  pvseg: 'pvsegs',
};

/** What `report/vgs_cols` and its like make of the defaults. */
export function defaultsOf(
  kind: ReportKind,
  settings: Overrides,
): Pick<Defaults, 'columns' | 'verbose' | 'keys'> {
  const own = DEFAULTS[kind];
  const set = (what: string): string | undefined =>
    overriddenText(settings, `report/${COMMANDS[kind]}_${what}`);
  return {
    columns: set('cols') ?? own.columns,
    verbose: set('cols_verbose') ?? own.verbose,
    keys: set('sort') ?? own.keys,
  };
}

/** `-o` for the columns that are left out where they are empty. */
export function compacted(settings: Overrides): readonly string[] {
  if (overriddenFlag(settings, 'report/compact_output')) return ['#'];
  const columns = overriddenText(settings, 'report/compact_output_cols') ?? '';
  return columns === '' ? [] : [`#${columns}`];
}

const KINDS: readonly string[] = ['log', 'vg', 'lv', 'pv', 'pvseg', 'seg'];

/** What `-o`, `-O` and `-S` say of one report: those behind its `--configreport`. */
export interface ReportGroup {
  readonly options: readonly string[];
  readonly keys?: string;
  readonly selection?: string;
}

/** By report; `main` stands for options in front of any `--configreport`. */
export function reportGroups(line: LineReader): Parsed<ReadonlyMap<string, ReportGroup>> {
  const groups = new Map<string, ReportGroup>([['main', { options: [] }]]);
  let at = 'main';
  for (const { long, value } of line.inOrder) {
    const group = groups.get(at) ?? { options: [] };
    if (long === 'configreport') {
      if (!KINDS.includes(value)) return err({ kind: 'argument', option: long, text: value });
      at = value;
    }
    if (long === 'options') groups.set(at, { ...group, options: [...group.options, value] });
    if (long === 'sort') groups.set(at, { ...group, keys: value });
    if (long === 'select') groups.set(at, { ...group, selection: value });
  }
  return ok(groups);
}

/** Reports that a single one answers to: `pvs --segments` is still one of PVs. */
const KIN: Readonly<Record<ReportKind, readonly string[]>> = {
  pv: ['main', 'pv', 'pvseg'],
  pvseg: ['main', 'pv', 'pvseg'],
  lv: ['main', 'lv', 'seg'],
  seg: ['main', 'lv', 'seg'],
  vg: ['main', 'vg'],
};

/** What a line says of the one report that its command makes. */
export function ownGroup(groups: ReadonlyMap<string, ReportGroup>, kind: ReportKind): ReportGroup {
  const kin = KIN[kind].flatMap((name) => groups.get(name) ?? []);
  return kin.reduce((all, one) => ({ ...all, ...one, options: [...all.options, ...one.options] }));
}

/** How the report looks; the same for every report of a line. */
export interface ReportLook {
  readonly style: TextStyle;
  readonly cells: ReportWishes['style'];
  readonly sorted: boolean;
  /** Absent: a table. */
  readonly json?: JsonFormat;
}

const HEADINGS: Readonly<Record<string, TextStyle['headings']>> = {
  none: 'none',
  '0': 'none',
  abbrev: 'abbrev',
  '1': 'abbrev',
  full: 'full',
  '2': 'full',
};

export function reportLook(line: LineReader): Parsed<ReportLook> {
  const asked = line.text('reportformat');
  if (asked !== undefined && !['basic', 'json', 'json_std'].includes(asked)) {
    return err({ kind: 'argument', option: 'reportformat', text: asked });
  }
  const config = line.settings;
  const on = (path: string): boolean | undefined => overriddenFlag(config, path);
  const headings = headingsOf(line, on('report/headings'));
  if (!headings.ok) return err({ kind: 'argument', option: 'headings', text: headings.error });
  const format = asked ?? overriddenText(config, 'report/output_format') ?? 'basic';
  if (!['basic', 'json'].includes(format) && asked === undefined) {
    return err({ kind: 'plain', status: STATUS.failed, why: unknownFormat(format) });
  }
  const unit = line.text('units') ?? overriddenText(config, 'global/units');
  const units = unit === undefined ? DEFAULT_UNITS : parseUnits(unit);
  if (!units && !line.has('units')) {
    return err({ kind: 'plain', status: STATUS.failed, why: unknownUnit(unit ?? '') });
  }
  if (!units) return err({ kind: 'misuse', why: 'Invalid units specification' });
  const separator = line.text('separator');
  const prefixes = line.has('nameprefixes') || on('report/prefixes') === true;
  const buffered = !line.has('unbuffered') && on('report/buffered') !== false;
  const sorted = buffered || line.has('sort');
  const aligned =
    line.has('aligned') ||
    (separator === undefined && !line.has('unaligned') && on('report/aligned') !== false);
  return ok({
    style: {
      headings: headings.value,
      separator: separator ?? overriddenText(config, 'report/separator') ?? ' ',
      aligned: aligned && !prefixes,
      prefixes,
      quoted: !line.has('unquoted') && on('report/quoted') !== false,
      turned: line.has('rows') || on('report/columns_as_rows') === true,
      rowByRow: !sorted,
    },
    cells: {
      units,
      suffix: !line.has('nosuffix'),
      binary: line.has('binary') || on('report/binary_values_as_numeric') === true,
    },
    sorted,
    ...(format === 'basic' ? {} : { json: format as JsonFormat }),
  });
}

const unknownFormat = (format: string): string =>
  `${format}: unknown report format.\n  Supported report formats: basic, json.`;
const unknownUnit = (unit: string): string =>
  `Unrecognised configuration setting for global/units: ${unit}\n` +
  '  Updated config file invalid. Aborting.';

function headingsOf(
  line: LineReader,
  configured: boolean | undefined,
): Result<TextStyle['headings'], string> {
  const asked = line.text('headings') ?? (configured === false ? 'none' : 'abbrev');
  const headings = Object.hasOwn(HEADINGS, asked) ? HEADINGS[asked] : undefined;
  if (headings === undefined) return err(asked);
  return ok(line.has('noheadings') ? 'none' : headings);
}
