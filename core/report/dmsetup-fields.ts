/** The fields of `dmsetup info -c` and `splitname` (reference 14.2). */
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { splitDmName } from '../lvm/activate/names.ts';
import { mangle, unmangle } from './dm-names.ts';
import { selectionWords } from './selection-help.ts';
import type { CellOf, Selectable } from './selection.ts';
import {
  depsOf,
  kernelName,
  minorOf,
  readAhead,
  statColumn,
  type BlockDevices,
} from './dmsetup.ts';

/** What a row is about. */
export interface DmRow {
  readonly world: BlockDevices;
  readonly device: DmDeviceState;
  /** Who made it, if not what its UUID says (`splitname NAME SUBSYSTEM`). */
  readonly subsystem?: string;
  /** Counts and names what the inactive table holds. */
  readonly inactive: boolean;
  /** Whether a selection takes it; absent: there is none. */
  readonly selected?: boolean;
}

type Group = 'name' | 'info' | 'deps' | 'tree' | 'splitname' | 'stats' | 'region' | 'special';

export interface DmField {
  readonly group: Group;
  readonly name: string;
  readonly heading: string;
  readonly type: 'string' | 'number' | 'size';
  /** Least width of the column, in characters. */
  readonly width: number;
  readonly about: string;
  value(row: DmRow): string;
}

const GROUPS: Readonly<Record<Group, string>> = {
  name: 'Mapped Device Name',
  info: 'Mapped Device Information',
  deps: 'Mapped Device Relationship Information',
  tree: 'Mapped Device Relationship Information',
  splitname: 'Mapped Device Name Components',
  stats: 'Mapped Device Statistics',
  region: 'Mapped Device Statistics Region Information',
  special: 'Special',
};

type Row = readonly [
  name: string,
  heading: string,
  width: number,
  value: (row: DmRow) => string | number,
  about: string,
];

const group = (of: Group, rows: readonly Row[]): readonly DmField[] =>
  rows.map(([name, heading, width, value, about]) => ({
    group: of,
    name,
    heading,
    type: NUMBERS.includes(name) ? 'number' : 'string',
    width,
    about,
    value: (row) => String(value(row)),
  }));

const NUMBERS = [
  'read_ahead',
  'major',
  'minor',
  'open',
  'segments',
  'events',
  'device_count',
  'device_ref_count',
  'selected',
];

const deps = ({ device, inactive }: DmRow): readonly DevNo[] => depsOf(device, inactive);
const users = ({ world, device }: DmRow): readonly DmDeviceState[] =>
  world.devices.filter((one) => one.deps.includes(device.devno));
const named = ({ world }: DmRow, devno: DevNo): readonly string[] =>
  world.devices.filter((one) => one.devno === devno).map(({ name }) => name);
const part = (row: DmRow, which: 'vg' | 'lv' | 'layer'): string =>
  subsystemOf(row) === 'LVM' ? splitDmName(row.device.name)[which] : '';

function subsystemOf({ device: { uuid }, subsystem }: DmRow): string {
  return subsystem ?? uuid.slice(0, Math.max(0, uuid.indexOf('-')));
}

function tablesLoaded({ live, inactive }: DmDeviceState): string {
  if (live) return inactive ? 'Both' : 'Live';
  return inactive ? 'Inactive' : 'None';
}

/** To add a field: one line. */
export const DM_FIELDS: readonly DmField[] = [
  ...group('name', [
    ['name', 'Name', 16, ({ device }) => device.name, 'Name of mapped device.'],
    [
      'mangled_name',
      'MangledName',
      16,
      ({ device }) => mangle(device.name),
      'Mangled name of mapped device.',
    ],
    [
      'unmangled_name',
      'UnmangledName',
      16,
      ({ device }) => unmangle(device.name),
      'Unmangled name of mapped device.',
    ],
    [
      'uuid',
      'UUID',
      32,
      ({ device }) => device.uuid,
      'Unique (optional) identifier for mapped device.',
    ],
    [
      'mangled_uuid',
      'MangledUUID',
      32,
      ({ device }) => mangle(device.uuid),
      'Mangled unique (optional) identifier for mapped device.',
    ],
    [
      'unmangled_uuid',
      'UnmangledUUID',
      32,
      ({ device }) => unmangle(device.uuid),
      'Unmangled unique (optional) identifier for mapped device.',
    ],
    ['read_ahead', 'RAhead', 6, ({ device }) => readAhead(device), 'Read ahead value.'],
  ]),
  ...group('info', [
    [
      'blkdevname',
      'BlkDevName',
      16,
      ({ world, device }) => kernelName(world, device.devno) ?? '',
      'Name of block device.',
    ],
    [
      'attr',
      'Stat',
      4,
      ({ device }) => statColumn(device),
      '(L)ive, (I)nactive, (s)uspended, (r)ead-only, read-(w)rite.',
    ],
    [
      'tables_loaded',
      'Tables',
      6,
      ({ device }) => tablesLoaded(device),
      'Which of the live and inactive table slots are filled.',
    ],
    [
      'suspended',
      'Suspended',
      9,
      ({ device }) => (device.suspended ? 'Suspended' : 'Active'),
      'Whether the device is suspended.',
    ],
    [
      'readonly',
      'Read-only',
      9,
      ({ device }) => (device.readOnly ? 'Read-only' : 'Writeable'),
      'Whether the device is read-only or writeable.',
    ],
    ['devno', 'DevNo', 5, ({ device }) => device.devno, 'Device major and minor numbers'],
    [
      'major',
      'Maj',
      3,
      ({ device }) => device.devno.slice(0, device.devno.indexOf(':')),
      'Block device major number.',
    ],
    ['minor', 'Min', 3, ({ device }) => minorOf(device.devno), 'Block device minor number.'],
    [
      'open',
      'Open',
      4,
      ({ device }) => device.openCount,
      'Number of references to open device, if requested.',
    ],
    [
      'segments',
      'Targ',
      4,
      ({ device, inactive }) => (inactive ? device.inactive : device.live)?.length ?? 0,
      'Number of segments in live table, if present.',
    ],
    ['events', 'Event', 6, ({ device }) => device.eventNumber, 'Number of most recent event.'],
  ]),
  ...group('deps', [
    ['device_count', '#Devs', 5, (row) => deps(row).length, 'Number of devices used by this one.'],
  ]),
  ...group('tree', [
    [
      'devs_used',
      'DevNamesUsed',
      16,
      (row) =>
        deps(row)
          .flatMap((devno) => named(row, devno))
          .join(),
      'List of names of mapped devices used by this one.',
    ],
  ]),
  ...group('deps', [
    [
      'devnos_used',
      'DevNosUsed',
      16,
      (row) => deps(row).join(),
      'List of device numbers of devices used by this one.',
    ],
    [
      'blkdevs_used',
      'BlkDevNamesUsed',
      16,
      (row) =>
        deps(row)
          .flatMap((devno) => kernelName(row.world, devno) ?? [])
          .join(),
      'List of names of block devices used by this one.',
    ],
  ]),
  ...group('tree', [
    [
      'device_ref_count',
      '#Refs',
      5,
      (row) => users(row).length,
      'Number of mapped devices referencing this one.',
    ],
    [
      'names_using_dev',
      'RefNames',
      8,
      (row) =>
        users(row)
          .map(({ name }) => name)
          .join(),
      'List of names of mapped devices using this one.',
    ],
    [
      'devnos_using_dev',
      'RefDevNos',
      9,
      (row) =>
        users(row)
          .map(({ devno }) => devno)
          .join(),
      'List of device numbers of mapped devices using this one.',
    ],
  ]),
  ...group('splitname', [
    ['subsystem', 'Subsys', 6, subsystemOf, 'Userspace subsystem responsible for this device.'],
    ['vg_name', 'VG', 4, (row) => part(row, 'vg'), 'LVM Volume Group name.'],
    ['lv_name', 'LV', 4, (row) => part(row, 'lv'), 'LVM Logical Volume name.'],
    ['lv_layer', 'LVLayer', 7, (row) => part(row, 'layer'), 'LVM device layer.'],
  ]),
];

/** Those of a report about devices; the others are of what `stats` counts, where it does. */
const SHOWN: readonly DmField[] = [
  ...DM_FIELDS,
  ...group('special', [
    [
      'selected',
      'Selected',
      8,
      ({ selected = true }) => (selected ? 1 : 0),
      'Set if item passes selection criteria.',
    ],
  ]),
];

/** A field by its name, or all of a group (`deps_all`); undefined where there is none. */
export function dmFieldsNamed(name: string): readonly DmField[] | undefined {
  const wanted = name.toLowerCase();
  if (wanted === 'all') return DM_FIELDS;
  const whole = DM_FIELDS.filter((field) => `${field.group}_all` === wanted);
  if (whole.length > 0) return whole;
  const found = SHOWN.find((field) => field.name === wanted);
  return found && [found];
}

/** That of the longest field of statistics. */
const NAME_WIDTH = 'writes_merged_per_sec'.length;

type About = Pick<DmField, 'group' | 'name' | 'about'> & { readonly type: string };

const HELP: readonly About[] = [
  { group: 'special', name: 'help', about: 'Show help.', type: 'unselectable number' },
  { group: 'special', name: '?', about: 'Show help.', type: 'unselectable number' },
];

/**
 * What `-o help` prints: fields under the title of their group, in the order of the table.
 * @param types for `-S help`: the type of each field, and no groups of fields
 */
export function dmFieldHelp(types = false): readonly string[] {
  const all: readonly About[] = [...SHOWN, ...HELP];
  const line = (name: string, about: string, type: string): string =>
    `  ${name.padEnd(NAME_WIDTH)} - ${about}${types ? ` [${type}]` : ''}`;
  return [...new Set(Object.values(GROUPS))].flatMap((title) => {
    const fields = all.filter((field) => GROUPS[field.group] === title);
    if (fields.length === 0) return [];
    const heading = `${title} Fields`;
    const named = fields[0]?.group;
    const whole = types || named === undefined || named === 'special' ? [] : [`${named}_all`];
    return [
      heading,
      '-'.repeat(heading.length),
      ...whole.map((name) => line(name, 'All fields in this section.', '')),
      ...fields.map(({ name, about, type }) => line(name, about, type)),
      ' ',
    ];
  });
}

/** The fields as a selection sees them. */
export const DM_SELECTABLE: Selectable<DmField> = {
  named: (name) => {
    const wanted = name.toLowerCase();
    return HELP.some((one) => one.name === wanted)
      ? 'help'
      : SHOWN.find((field) => field.name === wanted);
  },
  help: () => dmFieldHelp(true).slice(0, -1),
  // Words stand for values of LVM's fields only.
  words: () => selectionWords('log'),
};

/** A row as a selection sees it. */
export const dmCellOf =
  (row: DmRow): CellOf<DmField> =>
  (field) => {
    const text = field.value(row);
    return { text, key: field.type === 'string' ? text : Number(text) };
  };
