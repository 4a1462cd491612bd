/** The conversions that are cut short, each with the volume that it begins with. */
import { PATHS } from './machine.ts';

/** One start of the machine before the conversion: it is left at rest unless it is left at once. */
export interface Before {
  readonly lines: readonly string[];
  readonly settings?: Readonly<Record<string, number | string>>;
  /** Path of a disk that is lost before the lines. */
  readonly loses?: string;
  /** Clients write meanwhile. */
  readonly written?: true;
  /** Power goes behind the last line. */
  readonly leftAtOnce?: true;
}

export interface Conversion {
  readonly name: string;
  readonly before: readonly Before[];
  /** None: the monitor does it. */
  readonly commands: readonly string[];
  readonly settings?: Readonly<Record<string, number | string>>;
  /** Path of a disk that is lost before the commands. */
  readonly loses?: string;
  /** What was cut short before waits for the command. */
  readonly asks?: true;
  /** It is refused while somebody has the volume open. */
  readonly closed?: true;
  /** Where they were cut short, they are what makes the volume whole. */
  readonly mends?: true;
  /** Its layer goes whatever one disk does. */
  readonly finishes?: true;
  /** Nothing that one disk does is for the clients to notice, but see `isSource`. */
  readonly hides?: true;
}

const GROUP = ['pvcreate', 'vgcreate -s 64k vg'].map((line) => [line, ...PATHS].join(' '));
const MIRRORED = '--config global/support_mirrored_mirror_log=1';
const created = (how: string): readonly Before[] => [
  { lines: [...GROUP, `lvcreate -y ${how} -l 4 -n a vg`] },
];
const mirror = (how: string): readonly Before[] => created(`--type mirror -R 16k ${how}`);

const LINEAR = created('');
const TWO = mirror('-m1');
const TWO_CORE = mirror('-m1 --mirrorlog core');
const TWO_MIRRORED = mirror(`-m1 --mirrorlog mirrored ${MIRRORED}`);
const THREE = mirror('-m2');
const CONVERTING: readonly Before[] = [
  ...TWO,
  { lines: ['throttle 4', 'lvconvert -y -b -m+1 vg/a'], leftAtOnce: true },
];
const UNWATCHED = { 'activation/monitoring': 0 };
/** A leg lacks what was written, and its disk counts as missing. */
const STALE: readonly Before[] = [
  ...TWO,
  {
    settings: UNWATCHED,
    loses: '/dev/sdb',
    written: true,
    lines: ['vgchange --addtag lost vg'],
  },
];
const policies = (image: string, log: string) => ({
  'activation/mirror_image_fault_policy': image,
  'activation/mirror_log_fault_policy': log,
});
/** The leg on a disk that is gone was taken out; its PV is still a member. */
const REPAIRED: readonly Before[] = [...TWO, { loses: '/dev/sdb', written: true, lines: [] }];

const RESTORE = 'vgextend --restoremissing vg /dev/sdb';

export const CONVERSIONS: readonly Conversion[] = [
  {
    name: 'a linear volume becomes a mirror',
    before: LINEAR,
    commands: ['lvconvert -y --type mirror -m1 -R 16k vg/a'],
  },
  {
    name: 'a mirror gets a leg',
    before: TWO,
    commands: ['lvconvert -y -m+1 vg/a'],
    hides: true,
  },
  {
    name: 'a mirror with its log in memory gets a leg',
    before: TWO_CORE,
    commands: ['lvconvert -y -m+1 vg/a'],
    hides: true,
  },
  { name: 'a mirror becomes linear', before: TWO, commands: ['lvconvert -y -m0 vg/a'] },
  {
    name: 'a mirror loses a leg that is named',
    before: THREE,
    commands: ['lvconvert -y -m-1 vg/a /dev/sda'],
    hides: true,
  },
  // A leg of a log that fails but is there is not repaired, and what waits for it goes on waiting:
  // LVM 2.03.16 was seen to find nothing to repair.
  ...(
    [
      ['disk', 'core', TWO],
      ['core', 'disk', TWO_CORE],
      ['core', 'mirrored', TWO_CORE],
      ['disk', 'mirrored', TWO],
      ['mirrored', 'disk', TWO_MIRRORED],
      ['mirrored', 'core', TWO_MIRRORED],
    ] as const
  ).map(([from, to, before]): Conversion => {
    const command = `lvconvert -y --mirrorlog ${to}${to === 'mirrored' ? ` ${MIRRORED}` : ''} vg/a`;
    const hides = [from, to].includes('mirrored') ? {} : ({ hides: true } as const);
    return { name: `a log, ${from}, becomes ${to}`, before, commands: [command], ...hides };
  }),
  {
    name: 'a leg is split off',
    before: TWO,
    commands: ['lvconvert -y --splitmirrors 1 -n s vg/a'],
  },
  {
    name: 'one leg of three is split off',
    before: THREE,
    commands: ['lvconvert -y --splitmirrors 1 -n s vg/a'],
    hides: true,
  },
  {
    name: 'two legs of three are split off',
    before: THREE,
    commands: ['lvconvert -y --splitmirrors 2 -n s vg/a'],
  },
  {
    name: 'a mirror is copied anew',
    before: TWO,
    commands: ['lvchange -y --resync vg/a'],
    closed: true,
  },
  { name: 'a mirror grows', before: TWO, commands: ['lvextend -l +2 vg/a'], hides: true },
  {
    name: 'a leg is lost: the monitor takes it out',
    before: TWO,
    loses: '/dev/sdb',
    commands: [],
  },
  {
    name: 'a leg is lost: the monitor puts another in its place',
    before: TWO,
    settings: policies('allocate', 'allocate'),
    loses: '/dev/sda',
    commands: [],
  },
  {
    name: 'a log is lost: a repair goes on without it',
    before: TWO,
    settings: { ...UNWATCHED, ...policies('remove', 'remove') },
    loses: '/dev/sdc',
    commands: ['lvconvert -y --repair --use-policies vg/a'],
  },
  {
    name: 'a log is lost: a repair makes another',
    before: TWO,
    settings: UNWATCHED,
    loses: '/dev/sdc',
    commands: ['lvconvert -y --repair vg/a'],
  },
  {
    name: 'a leg is lost: a repair puts another in its place',
    before: TWO,
    settings: UNWATCHED,
    loses: '/dev/sdb',
    commands: ['lvconvert -y --repair vg/a'],
  },
  {
    name: 'a lost disk leaves the group, and the legs on it',
    before: TWO,
    settings: UNWATCHED,
    loses: '/dev/sda',
    commands: ['vgreduce --removemissing --force vg'],
  },
  {
    name: 'a lost disk leaves the group, and only mirrors may change',
    before: THREE,
    settings: UNWATCHED,
    loses: '/dev/sdb',
    commands: ['vgreduce --removemissing --mirrorsonly --force vg'],
  },
  {
    name: 'a lost disk leaves the group, on which nothing lies any more',
    before: REPAIRED,
    loses: '/dev/sdb',
    commands: ['vgreduce --removemissing vg'],
  },
  {
    name: 'a conversion is taken back',
    before: CONVERTING,
    asks: true,
    commands: ['lvconvert -y -m1 vg/a'],
    hides: true,
  },
  {
    name: 'a conversion that was cut short goes on',
    before: CONVERTING,
    asks: true,
    commands: ['lvchange --poll y vg/a'],
    finishes: true,
    hides: true,
  },
  {
    name: 'a disk comes back with a leg that is out of date',
    before: STALE,
    settings: UNWATCHED,
    commands: [RESTORE, 'lvchange -ay vg/a'],
    mends: true,
  },
  {
    name: 'a disk comes back while its volume does without it',
    before: STALE,
    settings: UNWATCHED,
    commands: ['lvchange -ay --activationmode partial vg/a', RESTORE, 'lvchange --refresh vg/a'],
    mends: true,
  },
];
