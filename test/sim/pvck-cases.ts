/** What pvck repairs: one disk of a group is spoilt, and a file remembers the group. */
import { SECTOR } from '../../core/base/units.ts';
import type { Case, Zeroed } from './commands.ts';

const AREAS = '--pvmetadatacopies 2';
const TWO = [
  `vgcreate -s 1m ${AREAS} vg /dev/sda /dev/sdb`,
  'vgchange --setautoactivation n vg',
  'lvcreate -an -Zn -n home -l 40 vg',
];
const ALONE = [
  'vgcreate -s 1m vg /dev/sda',
  'vgchange --setautoactivation n vg',
  'lvcreate -an -Zn -n home -l 6 vg',
];
/** Behind it the areas of a disk of 32 MiB. */
const [LABEL, FIRST, LAST] = [1, 8, 31 * 2048];

const zeroed = (disk: number, ...starts: readonly number[]): readonly Zeroed[] =>
  starts.map((start) => ({ disk, start, bytes: SECTOR }));

/** Magic and checksum of the label; the PV header behind them stays. */
const unnamed: readonly Zeroed[] = [{ disk: 1, start: LABEL, bytes: 32 }];

const again = { keep: TWO, before: TWO, again: true } as const;
const alone = { keep: ALONE, before: ALONE, again: true } as const;

export const PVCK_CASES: readonly Case[] = [
  {
    name: 'pvck --repairtype label_header',
    ...again,
    spoil: unnamed,
    command: 'pvck -y --repairtype label_header /dev/sdb',
  },
  {
    name: 'pvck --repairtype pv_header',
    ...again,
    spoil: zeroed(1, LABEL),
    command: 'pvck -y --repairtype pv_header -f kept /dev/sdb',
  },
  {
    name: 'pvck --repairtype metadata of the only PV',
    ...alone,
    spoil: zeroed(0, FIRST),
    command: 'pvck -y --repairtype metadata -f kept /dev/sda',
  },
  {
    name: 'pvck --repairtype metadata, the last area',
    ...again,
    spoil: zeroed(1, LAST),
    command: 'pvck -y --repairtype metadata --settings mda_num=2 -f kept /dev/sdb',
    same: true,
  },
  {
    name: 'pvck --repair of the only PV',
    ...alone,
    spoil: zeroed(0, LABEL, FIRST, FIRST + 1),
    command: 'pvck -y --repair -f kept /dev/sda',
  },
  {
    name: 'pvck --repair of two areas',
    ...again,
    spoil: zeroed(1, LABEL, FIRST, FIRST + 1),
    command: 'pvck -y --repair -f kept /dev/sdb',
  },
  {
    name: 'pvck --repair over a sound text',
    keep: ALONE,
    before: ALONE.slice(0, 1),
    again: 'in place',
    command: 'pvck -y --repair -f kept /dev/sda',
  },
  {
    name: 'pvck --repair of a PV that is well',
    ...again,
    command: 'pvck -y --repair -f kept /dev/sdb',
    same: true,
  },
];
