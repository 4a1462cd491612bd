/**
 * Names, types, headings and descriptions of all fields, in the order of `-o help`. The tables are
 * text: a line `name type width heading`, and below it what `-o help` says of the field.
 */
import { assert, must } from '../base/assert.ts';
import {
  LV_COLUMNS,
  LV_INFO_COLUMNS,
  LV_INFO_STATUS_COLUMNS,
  LV_STATUS_COLUMNS,
} from './columns-lv.ts';
import { LABEL_COLUMNS, PV_COLUMNS, VG_COLUMNS } from './columns-pv-vg.ts';
import { DEVTYPE_COLUMNS, LOG_COLUMNS } from './columns-other.ts';
import { PVSEG_COLUMNS, SEG_COLUMNS } from './columns-segment.ts';
import type { FieldType } from './value.ts';

/** What a field is about; a report's rows are as fine as the finest of its fields. */
export type Section =
  | 'lv'
  | 'lv-info'
  | 'lv-status'
  | 'lv-info-status'
  | 'label'
  | 'pv'
  | 'vg'
  | 'seg'
  | 'pvseg'
  | OtherSection;

export interface Column {
  readonly name: string;
  readonly type: FieldType;
  /** Least width in characters; a longer heading is cut to it. 0: that of the heading. */
  readonly width: number;
  readonly heading: string;
  readonly about: string;
  readonly section: Section;
}

interface SectionTitle {
  readonly section: Section;
  /** Heading in `-o help`, without `Fields`. */
  readonly title: string;
  /** What names may leave out: `size` of a volume is `lv_size`. */
  readonly prefix: string;
  readonly table: string;
}

export const SECTIONS: readonly SectionTitle[] = [
  { section: 'lv', title: 'Logical Volume', prefix: 'lv', table: LV_COLUMNS },
  {
    section: 'lv-info',
    title: 'Logical Volume Device Info',
    prefix: 'lv',
    table: LV_INFO_COLUMNS,
  },
  {
    section: 'lv-status',
    title: 'Logical Volume Device Status',
    prefix: 'lv',
    table: LV_STATUS_COLUMNS,
  },
  {
    section: 'lv-info-status',
    title: 'Logical Volume Device Info and Status Combined',
    prefix: 'lv',
    table: LV_INFO_STATUS_COLUMNS,
  },
  { section: 'label', title: 'Physical Volume Label', prefix: 'pv', table: LABEL_COLUMNS },
  { section: 'pv', title: 'Physical Volume', prefix: 'pv', table: PV_COLUMNS },
  { section: 'vg', title: 'Volume Group', prefix: 'vg', table: VG_COLUMNS },
  { section: 'seg', title: 'Logical Volume Segment', prefix: 'seg', table: SEG_COLUMNS },
  { section: 'pvseg', title: 'Physical Volume Segment', prefix: 'pvseg', table: PVSEG_COLUMNS },
];

/** Reports that are not about volumes have their own fields, and no others. */
export type OtherSection = 'log' | 'devtype';

export const OTHER_SECTIONS: Readonly<Record<OtherSection, SectionTitle>> = {
  log: { section: 'log', title: 'Command Log', prefix: 'log', table: LOG_COLUMNS },
  devtype: {
    section: 'devtype',
    title: 'Device Types',
    prefix: 'devtype',
    table: DEVTYPE_COLUMNS,
  },
};

export const COLUMNS: readonly Column[] = SECTIONS.flatMap(({ section, table }) =>
  columnsOf(section, table),
);

export const otherColumns = (section: OtherSection): readonly Column[] =>
  columnsOf(section, OTHER_SECTIONS[section].table);

function columnsOf(section: Section, table: string): readonly Column[] {
  const blocks = table.trim().split(/\n(?! )/);
  return blocks.map((block) => {
    const [head = '', ...about] = block.split('\n');
    const words = must(
      /^(\S+) (string|list|number|size|percent|time) (\d+) (.+)$/.exec(head),
      head,
    );
    const [, name = '', type, width, heading = ''] = words;
    assert(about.length > 0, `${name} is not described`);
    return {
      name,
      type: type as FieldType,
      width: Number(width),
      heading,
      about: about.map((line) => line.trim()).join(' '),
      section,
    };
  });
}
