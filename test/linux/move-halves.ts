/**
 * Moves half way - piece after piece, and all in one - of a linear volume, a stripe and a leg of a
 * mirror: made here or by Linux, to be cut off in the middle, and then finished or aborted.
 */
import { mib } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { DISK_SIZE, type Platters } from '../support/lab.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';
import { CUT } from './guest.ts';
import { dataOf, fill } from './mirror-images.ts';
import { GUEST, slowDisks } from './mirror-looks.ts';

const MIB = 2 ** 20;
/** Of each volume, in the order in which they are made. */
const SIZES = { lin: 21 * MIB, str: 4 * MIB, mir: 4 * MIB };
export const VOLUMES = Object.keys(SIZES);
/** A little at the start of each of these. */
const STRIDE = MIB / 4;
const LITTLE = 4096;

/** What is in a volume: mostly zeros, which need no room where disks are kept. */
function contents(name: string, size: number): Uint8Array {
  const data = new Uint8Array(size);
  const words = dataOf(name, (size / STRIDE) * LITTLE);
  for (let at = 0, from = 0; at < size; at += STRIDE, from += LITTLE) {
    data.set(words.subarray(from, from + LITTLE), at);
  }
  return data;
}
export const DATA = new Map(
  Object.entries(SIZES).map(([name, size]) => [name, contents(name, size)]),
);

/** Four disks each: the source, its destination, and two that are beside it. */
interface Group {
  readonly vg: string;
  readonly disks: readonly [string, string, string, string];
  /** What its line says beyond the source and the destination. */
  readonly options: string;
  /** Regions that are at the destination at least when all stops, of the piece that is copied. */
  readonly regions: number;
}

/** @param path of a disk, by its letter */
const groups = (path: (letter: string) => string): readonly [Group, Group] => [
  {
    vg: 'plain',
    disks: [path('a'), path('b'), path('c'), path('d')],
    options: '',
    regions: 3,
  },
  {
    vg: 'atomic',
    disks: [path('e'), path('f'), path('g'), path('h')],
    options: ' --atomic',
    regions: 6,
  },
];
export const GROUPS = ['plain', 'atomic'];

/** The second piece, of eight regions, begins behind the first one, of two. */
const wholes = ({ vg, disks: [a, , c, d] }: Group): readonly string[] => [
  `lvcreate -L 4m -Zn -Wn -n lin ${vg} ${a}`,
  `lvcreate -L 4m -i2 -Zn -Wn -n str ${vg} ${c} ${a}`,
  `lvcreate --type mirror -m1 -L 4m -Zn -Wn -n mir ${vg} ${c} ${a} ${d}`,
  `lvextend -L +1m ${vg}/lin ${c}`,
  `lvextend -L +16m ${vg}/lin ${a}`,
];

const made = ({ vg, disks }: Group): string =>
  `vgcreate -s 1m --setautoactivation n ${vg} ${disks.join(' ')}`;

const DISKS = 'abcdefgh';
/** Of simulated time. */
const MICROS = 1_000_000;
const STEP = 20_000;

/** The disks of both groups when power fails. */
export async function halvesHere(): Promise<Platters> {
  const stores = DISKS.split('').map(() => new SectorStore());
  const devices = stores.map(
    (store, index) => new RamDisk(`sd${DISKS[index] ?? ''}`, DISK_SIZE, store),
  );
  const lab = await openDevices(devices, 6);
  const both = groups((letter) => `/dev/sd${letter}`);
  await say(lab, 'throttle off');
  for (const group of both) {
    for (const line of [made(group), ...wholes(group)]) await say(lab, line);
    for (const [name, data] of DATA) {
      await lab.scheduler.until(fill(lab.api, `${group.vg}/${name}`, data));
    }
  }
  await passed(lab, 10 * MICROS);
  await say(lab, 'throttle 0');
  for (const { disks, options } of both) {
    await say(lab, `pvmove -b${options} ${disks[0]} ${disks[1]}`);
  }
  await say(lab, 'throttle 4');
  for (const { vg, regions } of both) {
    while (!isHalfway(await say(lab, `dmsetup status ${vg}-pvmove0`), regions)) {
      await passed(lab, STEP);
    }
    await say(lab, `throttle 0 ${vg}/pvmove0`);
  }
  await passed(lab, MICROS);
  const crash = stores.map((store) => store.copy());
  await lab.letGo();
  return crash;
}

const passed = (lab: TestLab, micros: number): Promise<void> =>
  lab.scheduler.until(new Promise((done) => lab.scheduler.after(micros, 'a while', done)));

/** The longest piece is copied, and so many of its regions are there. */
function isHalfway(status: string, regions: number): boolean {
  const [, done, all] = / (\d+)\/(\d+) /.exec(status) ?? [];
  return Number(all) >= 8 && Number(done) >= regions;
}

const THERE = groups((letter) =>
  'bf'.includes(letter) ? `/dev/mapper/slow${letter}` : `/dev/vd${letter}`,
);

/** The same in the guest, until it is cut off. */
export const HALVES_THERE = `${GUEST}${slowDisks('bf')}
(
${THERE.flatMap((group) => [made(group), ...wholes(group)])
  .map((line) => `echo ${line}`)
  .join('\n')}
) | lvm > /dev/null 2>&1
for vg in ${GROUPS.join(' ')}; do
  at_least 2 $vg-mir
  skip=0
  for v in ${Object.entries(SIZES)
    .map(([name, size]) => `${name}:${size / MIB}`)
    .join(' ')}; do
    dd if=/dev/vdi of=/dev/$vg/\${v%:*} bs=1M count=\${v#*:} skip=$skip oflag=direct 2> /dev/null
    skip=$((skip + \${v#*:}))
  done
done
sleep 1
halfway() { # REGIONS GROUP: of the longest piece
  until dmsetup status $2-pvmove0 2> /dev/null | awk -v least=$1 '$3 == "mirror" {
      for (k = 5; k <= NF; k++) if (split($k, p, "/") == 2 && p[2] >= 8 && p[1] >= least) found = 1
    } END { exit !found }'; do
    sleep 0.02
  done
}
copying 100
${THERE.map(({ vg, disks, options, regions }, index) => {
  const slowed = 'bf'[index] ?? '';
  return `slow ${slowed} 300
pvmove -b -i 1${options} ${disks[0]} ${disks[1]}
halfway ${regions} ${vg}
slow ${slowed} 100000`;
}).join('\n')}
${CUT}`;

/** All volumes of both groups, as they lie on the last disk. */
export const ALL_DATA = Buffer.concat([...DATA.values()]);

/** What becomes of the moves. */
export const WAYS = ['resume', 'abort'] as const;
export type Way = (typeof WAYS)[number];

/** @param device the source */
export const lineOf = (way: Way, device: string): string =>
  way === 'resume' ? `pvmove -i 0 ${device}` : `pvmove --abort ${device}`;

/** Both groups are looked at before anything is copied, and when all is done. */
export const endsInLinux = (way: Way): string => `${GUEST}${slowDisks('bf')}
slow b 100000; slow f 100000
${THERE.map(({ vg, disks }, index) => {
  const slowed = 'bf'[index] ?? '';
  return `
vgck ${vg}
vgchange -q -ay --poll n ${vg} > /dev/null
look ${vg}-begun ${vg}
slow ${slowed} 0
${lineOf(way, disks[0])} > /dev/null
look ${vg}-done ${vg}
echo "=== ${vg}-sums"
sums ${vg} "${VOLUMES.join(' ')}"
vgck ${vg}
vgchange -q -an ${vg} > /dev/null 2>&1
`;
}).join('\n')}
echo "=== end"
`;

/** Of the groups, in their order. */
export const SOURCES = groups((letter) => `/dev/sd${letter}`).map(({ disks }) => disks[0]);
/** Bytes. */
export const IMAGE = Number(mib(32)) * 512;
