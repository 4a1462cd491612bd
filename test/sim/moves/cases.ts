/** The moves that are cut short, each with the group that it begins with. */
import { PATHS } from '../conversions/machine.ts';

export interface Move {
  readonly name: string;
  /** Lines that make the group; what is on it is filled then. */
  readonly group: readonly string[];
  /** Run while the volumes are used, and left in the middle of it: there the move begins. */
  readonly begun?: readonly string[];
  readonly commands: readonly string[];
  /** A failure makes the monitor change the volume. */
  readonly repairs?: true;
}

const GROUP = ['pvcreate', 'vgcreate -s 64k vg'].map((line) => [line, ...PATHS].join(' '));
const on = (...lines: readonly string[]): readonly string[] => [
  ...GROUP,
  ...lines.map((line) => `lvcreate -y ${line}`),
];

/** Three pieces: a has two, b lies between them. */
const PIECES = [...on('-l 3 -n a vg /dev/sda', '-l 2 -n b vg /dev/sda'), 'lvextend -l +3 vg/a'];
const STRIPED = on('-i 2 -I 4k -l 8 -n a vg /dev/sda /dev/sdb', '-l 2 -n b vg /dev/sda');
const MIRROR = on(
  '--type mirror -m1 -R 16k -l 4 -n a vg /dev/sda /dev/sdb /dev/sdc',
  '-l 2 -n b vg /dev/sda',
);
const MIRRORED_LOG = [
  ...GROUP,
  'lvcreate -y --type mirror -m1 --mirrorlog mirrored -R 16k -l 4 -n a ' +
    '--config global/support_mirrored_mirror_log=1 vg',
  'lvcreate -y -l 2 -n b vg /dev/sda',
];
const BEGUN = ['throttle 5', 'pvmove -b /dev/sda /dev/sdc'];

export const MOVES: readonly Move[] = [
  {
    name: 'a disk is emptied in three pieces',
    group: PIECES,
    commands: ['pvmove -i0 /dev/sda /dev/sdb'],
  },
  {
    name: 'one volume leaves a disk, to wherever there is room',
    group: PIECES,
    commands: ['pvmove -i0 -n a /dev/sda'],
  },
  {
    name: 'ranges go to ranges',
    group: PIECES,
    commands: ['pvmove -i0 /dev/sda:1-1:4-6 /dev/sdb:7-7 /dev/sdc:3-9'],
  },
  {
    name: 'everything at once',
    group: PIECES,
    commands: ['pvmove -i0 --atomic /dev/sda /dev/sdc'],
  },
  {
    name: 'extents stay on their disk',
    group: PIECES,
    commands: ['pvmove -i0 --alloc anywhere /dev/sda:0-3 /dev/sda:20-30'],
  },
  {
    name: 'a leg of stripes moves, in pieces',
    group: STRIPED,
    commands: ['pvmove -i0 /dev/sda:1-5 /dev/sdc'],
  },
  {
    name: 'an image of a mirror moves, with what lies beside it',
    group: MIRROR,
    commands: ['pvmove -i0 /dev/sda /dev/sdd'],
    repairs: true,
  },
  {
    name: 'the log of a mirror moves',
    group: MIRROR,
    commands: ['pvmove -i0 -n a_mlog /dev/sdc /dev/sdd'],
    repairs: true,
  },
  {
    name: 'an image of a mirror and one of its log move at once',
    group: MIRRORED_LOG,
    commands: ['pvmove -i0 --atomic --alloc anywhere /dev/sda /dev/sdd'],
    repairs: true,
  },
  {
    name: 'what was begun is aborted',
    group: PIECES,
    commands: [...BEGUN, 'pvmove --abort'],
  },
  {
    name: 'what was begun at once is aborted',
    group: PIECES,
    commands: ['throttle 5', 'pvmove -b --atomic /dev/sda /dev/sdb', 'pvmove --abort /dev/sda'],
  },
  {
    name: 'volumes are suspended in the middle',
    group: PIECES,
    commands: [
      'throttle 60',
      'pvmove -b /dev/sda /dev/sdb',
      'dmsetup suspend vg-a',
      'dmsetup resume vg-a',
      'dmsetup suspend vg-pvmove0',
      'throttle off',
      'dmsetup resume vg-pvmove0',
      'lvchange --refresh vg/b',
      'pvmove -i0',
    ],
  },
  {
    name: 'two disks are emptied at a time',
    group: [
      ...on('-l 3 -n a vg /dev/sda', '-l 4 -n b vg /dev/sdb'),
      'lvextend -l +3 vg/a /dev/sda',
    ],
    commands: ['throttle 60', 'pvmove -b /dev/sda /dev/sdc', 'pvmove -i0 /dev/sdb /dev/sdd'],
  },
  {
    name: 'a move that was cut short goes on',
    group: PIECES,
    begun: BEGUN,
    commands: ['throttle off', 'pvmove -i0'],
  },
  {
    name: 'a move that was cut short is aborted',
    group: PIECES,
    begun: BEGUN,
    commands: ['pvmove --abort /dev/sda'],
  },
  {
    name: 'a move of everything at once that was cut short goes on',
    group: PIECES,
    begun: ['throttle 5', 'pvmove -b --atomic /dev/sda /dev/sdc'],
    commands: ['throttle off', 'pvmove -i0 /dev/sda'],
  },
];
