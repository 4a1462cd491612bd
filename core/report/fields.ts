/** The fields of pvs, vgs and lvs (reference 12.3). To add one: a line in its object's table. */
import type { Segment } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { PvRow } from './rows.ts';
import type { ReportSource } from './source.ts';
import type { Units } from './size-text.ts';

/** What a row of a report is about; a field uses what it needs of it. */
export interface Row {
  readonly source: ReportSource;
  readonly units: Units;
  readonly suffix: boolean;
  readonly vg?: ScannedVg;
  readonly pv?: PvRow;
  readonly lv?: LogicalVolume;
  readonly segment?: Segment;
}

export interface Field {
  readonly name: string;
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Least width of the column in characters; default: that of the heading. */
  readonly width?: number;
  /** Makes a row of each segment. */
  readonly perSegment?: true;
  /** Undefined where the row has nothing to say: an empty column. */
  value(row: Row): string | undefined;
}

type Value = Field['value'];

export const text = (name: string, heading: string, value: Value): Field => ({
  name,
  heading,
  align: 'left',
  value,
});

export const number = (name: string, heading: string, value: Value): Field => ({
  name,
  heading,
  align: 'right',
  value,
});

/** Percentages: LVM keeps room for `100.00` also where nothing has one. */
export const percent = (name: string, heading: string, value: Value): Field => ({
  ...number(name, heading, value),
  width: 6,
});

/** A word or nothing; LVM keeps ten places and puts the word to the right. */
export const binary = (name: string, heading: string, word: string, is: (row: Row) => boolean) => ({
  ...number(name, heading, (row) => (is(row) ? word : '')),
  width: 10,
});

export const perSegment = (field: Field): Field => ({ ...field, perSegment: true });
