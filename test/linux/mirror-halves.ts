/**
 * Mirrors half way, each in its own manner, and what brings them to an end: made here or by Linux,
 * to be cut off in the middle.
 */
import type { EngineApi } from '../../core/contract/api.ts';
import { CUT } from './guest.ts';
import { converted, dataOf, EXTENT, fill, logged, placeOf, synced } from './mirror-images.ts';
import { GUEST, slowDisks } from './mirror-looks.ts';
import type { Run } from './lab.ts';

export const MIB = 2 ** 20;
export const SIZE = 2 * MIB;
export const REGION = 32768;
export const REGIONS = SIZE / REGION;
const MIRROR = '--type mirror -m1 -R 32k -L 2m';
const MIRRORED = '--mirrorlog mirrored --config global{support_mirrored_mirror_log=1}';
/** Mirrors of two whose log lasts, and the part that is the log. */
export const LOGS = {
  disk: 'disk_mlog',
  /** Taken down before the end. */
  shut: 'shut_mlog',
  mlog: 'mlog_mlog_mimage_0',
  /** Was linear before. */
  lin: 'lin_mlog',
};
/** Of three legs in the end: one is added to a mirror with its log on a disk and in memory. */
export const GROWN = ['conv', 'add'];
/** Its third leg is given up again, halfway. */
const SHRUNK = 'undo';
/** Mirrors of two whose log is in memory; the second was linear. */
const FORGETFUL = ['core', 'linc'];
export const ALL = [...Object.keys(LOGS), ...GROWN, SHRUNK, ...FORGETFUL];
export const DATA = new Map(ALL.map((name) => [name, dataOf(name, SIZE)]));
/** Regions that are in sync at least when all stops. */
export const SOME = 12;

export const devices = (vg: string): readonly string[] => ALL.map((name) => `${vg}-${name}`);

/** @param disks four: first leg, second or third leg, log, and another leg */
interface Disks {
  readonly vg: string;
  readonly disks: readonly [string, string, string, string];
}

/** Whole mirrors, and volumes that are to become some. */
const wholes = ({ vg, disks: [a, , c, d] }: Disks): readonly string[] => [
  `lvcreate ${MIRROR} -Zn -Wn -n conv ${vg} ${a} ${d} ${c}`,
  `lvcreate ${MIRROR} -Zn -Wn -n undo ${vg} ${a} ${d} ${c}`,
  `lvcreate ${MIRROR} -Zn -Wn -n add ${vg} ${a} ${d} --mirrorlog core`,
  `lvcreate -L 2m -Zn -Wn -n lin ${vg} ${a}`,
  `lvcreate -L 2m -Zn -Wn -n linc ${vg} ${a}`,
];

/** All that is copied from then on goes to the second disk. */
const halves = ({ vg, disks: [a, b, c, d] }: Disks): readonly string[] => [
  `lvcreate ${MIRROR} -Zn -Wn -n core ${vg} ${a} ${b} --mirrorlog core`,
  `lvcreate ${MIRROR} -Zn -Wn -n disk ${vg} ${a} ${b} ${c}`,
  `lvcreate ${MIRROR} -Zn -Wn -n shut ${vg} ${a} ${b} ${c}`,
  `lvcreate ${MIRROR} -Zn -Wn -n mlog ${vg} ${a} ${b} ${c} ${d} ${MIRRORED}`,
  `lvconvert -y -b -i +600 -m+1 ${vg}/conv ${b}`,
  `lvconvert -y -b -i +600 -m+1 ${vg}/undo ${b}`,
  `lvconvert -y -b -i +600 -m+1 ${vg}/add ${b}`,
  `lvconvert -y -b -i +600 --type mirror -m1 -R 32k ${vg}/lin ${b} ${c}`,
  `lvconvert -y -b -i +600 --type mirror -m1 -R 32k --mirrorlog core ${vg}/linc ${b}`,
];

/** Conversions go on by each of the ways that there are, or back. */
const goOn = (vg: string): readonly string[] => [
  `lvconvert -y -m1 ${vg}/undo`,
  `lvchange --poll y ${vg}/lin`,
  `lvconvert ${vg}/conv`,
  `vgchange -ay ${vg}`,
];

/** A mirrored log is a mirror too, of which nobody remembers what was in sync. */
export async function logInSync(run: Run, vg: string): Promise<void> {
  await run(`throttle 100000 ${vg}/mlog_mlog`);
  await synced(run, `${vg}-mlog_mlog`);
}

/**
 * The group `here`, with all but one mirror in use and half way; a log has just been told of a
 * write to a region that was in sync.
 */
export async function halvesHere(
  run: Run,
  api: EngineApi,
  images: readonly string[],
): Promise<void> {
  const where: Disks = { vg: 'here', disks: ['/dev/sda', '/dev/sdb', '/dev/sdc', '/dev/sdd'] };
  await run(`vgcreate -s 256k --setautoactivation n here ${where.disks.join(' ')}`);
  await run('throttle off');
  for (const line of wholes(where)) await run(line);
  for (const name of [...GROWN, SHRUNK]) await synced(run, `here-${name}`);
  await run('throttle 0');
  for (const line of halves(where)) await run(line);
  for (const [name, data] of DATA) await fill(api, `here/${name}`, data);
  await logInSync(run, 'here');
  await run('throttle 200');
  for (const device of devices('here')) await synced(run, device, SOME);
  await run('throttle 0');
  await run('lvchange -an here/shut');
  const report = await run('lvs -a -o name,devices here');
  for (const [name, log] of Object.entries(LOGS)) {
    if (name !== 'shut') await logged(run, `here-${name}`, placeOf(report, log, images));
  }
  await fill(api, 'here/disk', (DATA.get('disk') ?? new Uint8Array()).subarray(0, 512));
}

/** To the end, here. */
export async function finishHere(run: Run, vg: string): Promise<void> {
  await run('throttle off');
  for (const line of goOn(vg)) await run(line);
  for (const device of devices(vg)) await synced(run, device);
  await converted(run, vg);
}

const THERE: Disks = {
  vg: 'there',
  disks: ['/dev/vde', '/dev/mapper/slowf', '/dev/vdg', '/dev/vdh'],
};

/** The group `there` in the guest, until it is cut off with all but one mirror in use. */
export const HALVES_THERE = `${GUEST}${slowDisks('bf')}
vgcreate -q -s 256k --setautoactivation n there ${THERE.disks.join(' ')}
(
${wholes(THERE)
  .map((line) => `echo ${line}`)
  .join('\n')}
) | lvm > /dev/null 2>&1
at_least ${REGIONS} ${[...GROWN, SHRUNK].map((name) => `there-${name}`).join(' ')}
slow f 20
copying 0
(
${halves(THERE)
  .map((line) => `echo ${line}`)
  .join('\n')}
) | lvm > /dev/null 2>&1
fill ${SIZE / MIB} there ${ALL.join(' ')}
slow f 60
copying 100
at_least ${SOME} ${devices('there').join(' ')}
lvchange -an there/shut
slow f 100000
look there-cut there
dd if=$data of=/dev/there/disk bs=512 count=1 oflag=direct 2> /dev/null &
${CUT}`;

/** @param disk that copies go to. @returns a look before anything is copied, then all to the end */
export const finishInLinux = (vg: string, disk: string): string => `
slow ${disk} 100000
vgck ${vg}
vgchange -q -ay --poll n ${vg} > /dev/null
at_least ${EXTENT / REGION} ${vg}-mlog_mlog
look ${vg}-begun ${vg}
slow ${disk} 0
(
${goOn(vg).join('\n')}
) > /dev/null
at_least ${REGIONS} ${devices(vg).join(' ')}
converted ${vg}
look ${vg}-done ${vg}
echo "=== ${vg}-sums"
sums ${vg} "${ALL.join(' ')}"
vgchange -q -an ${vg} > /dev/null 2>&1
`;
