/**
 * Mirrors half way that lose a leg - the one that has all, or one that is being filled - or their
 * log: made here or by Linux, cut off, and then without the disk.
 */
import type { EngineApi } from '../../core/contract/api.ts';
import { CUT } from './guest.ts';
import type { Run } from './lab.ts';
import { dataOf, fill, logged, placeOf, synced } from './mirror-images.ts';
import { GUEST, slowDisks } from './mirror-looks.ts';
import { SAID } from './said.ts';

const MIB = 2 ** 20;
const SIZE = MIB;
export const REGION = 32768;
export const REGIONS = SIZE / REGION;
const SOME = 8;

/** The last of the four is lost; the third has most of the logs. */
interface Disks {
  readonly vg: string;
  readonly disks: readonly [string, string, string, string];
}

const mirror = (name: string, places: string, legs = 2): string =>
  `lvcreate --type mirror -m${legs - 1} -R 32k -L 1m -Zn -Wn -n ${name} ${places}`;

/** In sync when the disk is lost, but for the legs that the last two are to get. */
const wholes = ({ vg, disks: [a, b, c, lost] }: Disks): readonly string[] => [
  mirror('leg', `${vg} ${a} ${lost} ${c}`),
  mirror('log', `${vg} ${a} ${b} ${lost}`),
  mirror('convnew', `${vg} ${a} ${b} ${c}`),
  mirror('convold', `${vg} ${lost} ${b} ${c}`),
];
const WHOLE = ['leg', 'log', 'convnew', 'convold'];

const halves = ({ vg, disks: [a, b, c, lost] }: Disks): readonly string[] => [
  mirror('first', `${vg} ${lost} ${a} ${c}`),
  mirror('second', `${vg} ${a} ${lost} ${c}`),
  mirror('nolog', `${vg} ${a} ${b} ${lost}`),
  mirror('three', `${vg} ${a} ${lost} ${b} ${c}`, 3),
  mirror('corefirst', `${vg} ${lost} ${a} --mirrorlog core`),
  mirror('coresecond', `${vg} ${a} ${lost} --mirrorlog core`),
  `lvconvert -y -b -i +600 -m+1 ${vg}/convnew ${lost}`,
  `lvconvert -y -b -i +600 -m+1 ${vg}/convold ${a}`,
];
export const LOGGED = ['first', 'second', 'nolog', 'three'];
const HALF = [...LOGGED, 'corefirst', 'coresecond', 'convnew', 'convold'];

/** In the order in which they are repaired. */
export const ALL = [...HALF, 'leg', 'log'];
/**
 * LVM leaves a layer with a single image behind, which it takes for broken itself; here the layer
 * goes. What both have in common is said and read of it apart from the others.
 */
const ODD = 'convold';
const OTHERS = ALL.filter((name) => name !== ODD);
const DATA = ALL.map((name) => dataOf(name, SIZE));
export const ALL_DATA = Buffer.concat(DATA);

/** The group `less`, until it is cut off with everything in use. */
export async function lossesHere(
  run: Run,
  api: EngineApi,
  images: readonly string[],
): Promise<void> {
  const where: Disks = { vg: 'less', disks: ['/dev/sda', '/dev/sdb', '/dev/sdc', '/dev/sdd'] };
  await run(`vgcreate -s 256k --setautoactivation n less ${where.disks.join(' ')}`);
  await run('throttle off');
  for (const line of wholes(where)) await run(line);
  for (const name of WHOLE) await synced(run, `less-${name}`);
  await run('throttle 0');
  for (const line of halves(where)) await run(line);
  for (const [index, name] of ALL.entries()) {
    await fill(api, `less/${name}`, DATA[index] ?? new Uint8Array());
  }
  await run('throttle 200');
  for (const name of HALF) await synced(run, `less-${name}`, SOME);
  await run('throttle 0');
  const report = await run('lvs -a -o name,devices less');
  for (const name of LOGGED) {
    await logged(run, `less-${name}`, placeOf(report, `${name}_mlog`, images));
  }
}

const LACK: Disks = {
  vg: 'lack',
  disks: ['/dev/mapper/slowe', '/dev/mapper/slowf', '/dev/vdg', '/dev/mapper/slowh'],
};

const inLack = (names: readonly string[]): string => names.map((name) => `lack-${name}`).join(' ');
const typed = (lines: readonly string[]): string =>
  `(\n${lines.map((line) => `echo ${line}`).join('\n')}\n) | lvm > /dev/null 2>&1`;

/** The same group in the guest, named `lack`, on the disks e to h. */
export const LOSSES_THERE = `${GUEST}${slowDisks('efh')}
vgcreate -q -s 256k --setautoactivation n lack ${LACK.disks.join(' ')}
${typed(wholes(LACK))}
at_least ${REGIONS} ${inLack(WHOLE)}
slow e 20; slow f 20; slow h 20
copying 0
${typed(halves(LACK))}
fill ${SIZE / MIB} lack ${ALL.join(' ')}
slow e 150; slow f 150; slow h 150
copying 100
at_least ${SOME} ${inLack(HALF)}
slow e 100000; slow f 100000; slow h 100000
${CUT}`;

/** What is done to the group without its disk, one way. */
export interface Way {
  readonly name: string;
  /** Up to the first look. */
  readonly before: (vg: string) => readonly string[];
  /** From there to the second one. */
  readonly then: (vg: string) => readonly string[];
  /** And behind it. */
  readonly last: (vg: string) => readonly string[];
  /** What can be read of volumes is compared at the end. */
  readonly left: readonly string[];
}

export const WAYS: readonly [Way, Way] = [
  {
    name: 'repaired',
    before: (vg) => [
      `vgchange -ay --poll n ${vg}`,
      `vgchange -ay --poll n --activationmode partial ${vg}`,
    ],
    then: (vg) => [...OTHERS.map((name) => `lvconvert -y -i 0 --repair ${vg}/${name}`)],
    last: (vg) => [`lvconvert -y -i 0 --repair ${vg}/${ODD}`, `vgreduce --removemissing ${vg}`],
    left: ALL,
  },
  {
    name: 'reduced',
    before: (vg) => [
      `vgreduce --removemissing ${vg}`,
      `vgreduce --removemissing --mirrorsonly ${vg}`,
      `lvremove -f ${vg}/${ODD}`,
      `vgreduce --removemissing --mirrorsonly --force ${vg}`,
    ],
    then: (vg) => [`vgchange -ay --poll n ${vg}`],
    last: () => [],
    left: OTHERS,
  },
];

/** All of it in the guest: what each line says, both looks, and what can be read at the end. */
export const wayInLinux = ({ name, before, then, last, left }: Way, vg: string): string => {
  const step = (line: string): string => `said ${name} '${line}'`;
  return `${SAID}settled() {
  is=none
  until [ "$is" = "$(dmsetup status)" ]; do is=$(dmsetup status); sleep 0.5; done
}
${before(vg).map(step).join('\n')}
settled
look ${vg}-${name}-before ${vg}
echo "=== ${vg}-${name}-readable"
readable ${vg} "${ALL.join(' ')}"
${then(vg).map(step).join('\n')}
settled
look ${vg}-${name} ${vg}
${last(vg).map(step).join('\n')}
settled
echo "=== ${vg}-${name}-sums"
readable ${vg} "${left.join(' ')}"
vgck ${vg}
vgchange -q -an ${vg} > /dev/null 2>&1
`;
};
