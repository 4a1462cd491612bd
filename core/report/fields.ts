/** The fields of pvs, vgs and lvs: columns with what fills them (reference 12.3). */
import { assert, must } from '../base/assert.ts';
import type { LogicalVolume, Segment } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { COLUMNS, otherColumns, type Column, type OtherSection, type Section } from './columns.ts';
import { LOG_VALUES } from './fields-log.ts';
import { LV_VALUES } from './fields-lv.ts';
import { LV_DEVICE_VALUES } from './fields-lv-device.ts';
import { LV_PART_VALUES } from './fields-lv-parts.ts';
import { PV_VALUES } from './fields-pv.ts';
import { SEGMENT_VALUES } from './fields-segment.ts';
import { SEGMENT_KEY_VALUES } from './fields-segment-keys.ts';
import { VG_VALUES } from './fields-vg.ts';
import type { DeviceType } from './device-types.ts';
import { DEVTYPE_VALUES } from './fields-devtype.ts';
import type { LogEntry } from './log-book.ts';
import type { PvRow } from './rows.ts';
import type { ReportSource } from './source.ts';
import type { Value } from './value.ts';

/** A run of a PV: of one area of a segment, or free. In extents. */
export interface PvPiece {
  readonly start: number;
  readonly count: number;
}

/** What a row of a report is about; a field uses what it needs of it. */
export interface Row {
  readonly source: ReportSource;
  readonly vg?: ScannedVg;
  readonly pv?: PvRow;
  /** Absent in a row of free extents. */
  readonly lv?: LogicalVolume;
  readonly segment?: Segment;
  readonly piece?: PvPiece;
  /** In the log of a command. */
  readonly logged?: LogEntry;
  readonly devtype?: DeviceType;
}

export type Getter = (row: Row) => Value;

/** Getters by the name of their column. */
export type Getters = Readonly<Record<string, Getter>>;

export interface Field extends Omit<Column, 'section'> {
  /** `special`: belongs to the report itself, not to an object. */
  readonly section: Section | 'special';
  value(row: Row): Value;
}

const GETTERS = new Map<string, Getter>(
  [
    LV_VALUES,
    LV_PART_VALUES,
    LV_DEVICE_VALUES,
    PV_VALUES,
    VG_VALUES,
    SEGMENT_VALUES,
    SEGMENT_KEY_VALUES,
  ].flatMap((getters) => Object.entries(getters)),
);

/** All of them in the order of `-o help`. */
export const FIELDS: readonly Field[] = COLUMNS.map((column) => {
  const value = must(GETTERS.get(column.name), `what fills ${column.name}`);
  return { ...column, value };
});
assert(FIELDS.length === GETTERS.size, 'something fills a column that there is not');

const filled = (section: OtherSection, values: Getters): readonly Field[] =>
  otherColumns(section).map((column) => ({
    ...column,
    value: must(values[column.name], `what fills ${column.name}`),
  }));

export const OTHER_FIELDS: Readonly<Record<OtherSection, readonly Field[]>> = {
  log: filled('log', LOG_VALUES),
  devtype: filled('devtype', DEVTYPE_VALUES),
};
