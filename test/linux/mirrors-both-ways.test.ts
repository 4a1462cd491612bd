/**
 * Whole groups with mirrors that are half way - logs in memory, on a disk and mirrored, a leg that
 * is being added - go from here to Linux, and from Linux here and back. Both sides are cut off as
 * by a crash: what they know of regions is what the logs on the images say.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inLinux, withMajors } from './guest.ts';
import { newImages, type Run } from './lab.ts';
import { GUEST, linuxSaw, look, SLOW, type Seen } from './mirror-looks.ts';
import {
  bytesAt,
  cleanRegions,
  dataOf,
  fill,
  logged,
  placeOf,
  quietly,
  spoil,
  spoilt,
  sumOf,
  sumsIn,
  sumsOf,
  synced,
  write,
} from './mirror-images.ts';

const MIB = 2 ** 20;
const SIZE = 4 * MIB;
const REGION = 32768;
const REGIONS = SIZE / REGION;
const MIRROR = '--type mirror -m1 -R 32k -l 4';
const MIRRORED = '--mirrorlog mirrored --config global{support_mirrored_mirror_log=1}';
/** Mirrors whose log lasts, and the part that is the log; `shut` was taken down before the end. */
const LOGS = { disk: 'disk_mlog', shut: 'shut_mlog', mlog: 'mlog_mlog_mimage_0' };
const ALL = ['core', 'disk', 'shut', 'mlog', 'conv'];
/** Regions that are in sync at least when all stops, and at most but for what is under way. */
const SOME = 24;

const devices = (vg: string): string => ALL.map((name) => `${vg}-${name}`).join(' ');

/** A mirrored log is a mirror too, of which nobody remembers what was in sync. */
async function logInSync(run: Run, vg: string): Promise<void> {
  await run(`throttle 100000 ${vg}/mlog_mlog`);
  await synced(run, `${vg}-mlog_mlog`);
}

/** The group `here`. @returns as it was when the crash copies were made */
async function begunHere(images: readonly string[], crash: readonly string[]): Promise<Seen> {
  return quietly(images, async (run, api) => {
    await run('vgcreate -s 1m --setautoactivation n here /dev/sda /dev/sdb /dev/sdc /dev/sdd');
    const make = (name: string, options: string): Promise<string> =>
      run(`lvcreate ${MIRROR} -n ${name} here /dev/sda ${options}`);
    await make('conv', '/dev/sdd /dev/sdc');
    await run('throttle off');
    await synced(run, 'here-conv');
    await run('throttle 0');
    await run('lvconvert -y -b -m+1 here/conv /dev/sdb');
    await make('core', '/dev/sdb --mirrorlog core');
    await make('disk', '/dev/sdb /dev/sdc');
    await make('shut', '/dev/sdb /dev/sdc');
    await make('mlog', `/dev/sdb /dev/sdc /dev/sdd ${MIRRORED}`);
    for (const name of ALL) await fill(api, `here/${name}`, dataOf(name, SIZE));
    await logInSync(run, 'here');
    await run('throttle 200');
    for (const name of ALL) await synced(run, `here-${name}`, SOME);
    await run('throttle 0');
    const { report } = await look(run, 'here');
    for (const [name, log] of Object.entries(LOGS)) {
      await logged(run, `here-${name}`, placeOf(report, log, images));
    }
    await run('lvchange -an here/core here/shut here/conv');
    for (const [index, image] of images.entries()) await copyFile(image, crash[index] ?? '');
    await run('vgchange -ay --poll n here');
    return look(run, 'here');
  });
}

const FINISH_HERE = `
slow b 100000
vgck here
vgchange -q -ay --poll n here > /dev/null
look here-begun here
slow b 0
at_least ${REGIONS} ${devices('here')}
lvconvert here/conv > /dev/null
look here-done here
echo "=== here-sums"
sums here "${ALL.join(' ')}"
vgchange -q -an here > /dev/null 2>&1
`;

const BEGIN_THERE = `
vgcreate -q -s 1m --setautoactivation n there /dev/vde /dev/mapper/slowf /dev/vdg /dev/vdh
make() { echo "lvcreate ${MIRROR} -Zn -Wn -n $1 there /dev/vde $2 $3 $4 $5 $6 $7 $8"; }
make conv /dev/vdh /dev/vdg | lvm > /dev/null 2>&1
at_least ${REGIONS} there-conv
slow f 500
(
  make core /dev/mapper/slowf --mirrorlog core
  make disk /dev/mapper/slowf /dev/vdg
  make shut /dev/mapper/slowf /dev/vdg
  make mlog /dev/mapper/slowf /dev/vdg /dev/vdh ${MIRRORED}
  echo lvconvert -y -b -m+1 there/conv /dev/mapper/slowf
) | lvm > /dev/null 2>&1
fill there ${ALL.join(' ')}
slow f 20
at_least ${SOME} ${devices('there')}
lvchange -an there/core there/shut there/conv
slow f 100000
vgchange -q -ay --poll n there > /dev/null
look there-begun there
`;

/**
 * A kernel that is cut off has told its logs of all regions but the last: what it said of itself,
 * with the number that the log has.
 */
async function asLogged(seen: Seen, images: readonly string[]): Promise<Seen> {
  let { report, status } = seen;
  for (const [name, log] of Object.entries(LOGS)) {
    const known = (await cleanRegions(placeOf(seen.report, log, images), REGIONS)).length;
    const counted = new RegExp(`^(\\S+-${name}: .* )(\\d+)(/${REGIONS} )`);
    const of = seen.status.flatMap((line) => counted.exec(line)?.[2] ?? []);
    expect([known, known + 1], name).toContain(Number(of[0]));
    status = status.map((line) => line.replace(counted, `$1${known}$3`));
    const [said, meant] = [percent(Number(of[0])), percent(known)];
    const lines = report.split('\n');
    const told = (line: string) =>
      line.startsWith(`${name} `) ? line.replaceAll(said, meant) : line;
    report = lines.map((line) => told(line.trim())).join('\n');
  }
  return { ...seen, report, status };
}

/** LVM counts whole extents. */
const percent = (regions: number): string =>
  ((100 * Math.floor((regions * REGION) / MIB) * MIB) / SIZE).toFixed(2);

/** Spoils a region of each second leg that its log calls clean: a copy would mend it. */
async function spoilClean(
  images: readonly string[],
  report: string,
): Promise<ReadonlyMap<string, number>> {
  const at = new Map([['core', 3 * REGION]]);
  for (const [name, log] of Object.entries(LOGS)) {
    const clean = await cleanRegions(placeOf(report, log, images), REGIONS);
    expect(clean.length, name).toBeGreaterThanOrEqual(SOME);
    expect(clean.length, name).toBeLessThan(REGIONS);
    at.set(name, (clean[SOME / 2] ?? 0) * REGION);
  }
  for (const [name, region] of at) {
    await spoil(placeOf(report, `${name}_mimage_1`, images), region);
  }
  return at;
}

/** After all is in sync: every leg has the data, but for what nobody copied. */
async function finished(
  images: readonly string[],
  report: string,
  spoiltAt: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [name, bytes] of DATA) {
    const legs = name === 'conv' ? [0, 1, 2] : [0, 1];
    for (const leg of legs) {
      const found = await bytesAt(placeOf(report, `${name}_mimage_${leg}`, images), SIZE);
      const kept = leg === 1 && name in LOGS;
      const wanted = kept ? spoilt(bytes, spoiltAt.get(name) ?? 0) : Buffer.from(bytes);
      expect(found.equals(wanted), `${name}, leg ${leg}`).toBe(true);
    }
  }
}

const DATA = new Map(ALL.map((name) => [name, dataOf(name, SIZE)]));
const SUMS = [...DATA.values()].map(sumOf);

test('what one side began the other finishes from the log, and both agree about it', async () => {
  const images = await newImages(64 * MIB, 9);
  await write({ image: images[8] ?? '', start: 0 }, Buffer.concat([...DATA.values()]));
  const crash = images.map((image) => `${image}.crash`);
  const ours = await begunHere(images, crash);
  const spoiltHere = await spoilClean(crash, ours.report);
  const script = `${GUEST}${SLOW}${FINISH_HERE}${BEGIN_THERE}echo "=== end"`;
  const linux = await inLinux(crash, withMajors(script));
  expect(linuxSaw(linux, 'here-begun', 'here')).toEqual(ours);
  expect(sumsIn(linux, 'here-sums')).toEqual(SUMS);
  const done = linuxSaw(linux, 'here-done', 'here');
  await finished(crash, done.report, spoiltHere);

  const begun = await asLogged(linuxSaw(linux, 'there-begun', 'there'), crash);
  const spoiltThere = await spoilClean(crash, begun.report);
  const back = await quietly(crash, async (run, api) => {
    await run('vgchange -ay --poll n there');
    await logInSync(run, 'there');
    expect(await look(run, 'there')).toEqual(begun);
    await run('throttle off');
    await run('vgchange -ay here');
    for (const name of ALL) await synced(run, `here-${name}`);
    expect(await look(run, 'here')).toEqual(done);
    await run('lvconvert there/conv');
    for (const name of ALL) await synced(run, `there-${name}`);
    expect(await sumsOf(api, 'there', ALL)).toEqual(SUMS);
    return look(run, 'there');
  });
  await finished(crash, back.report, spoiltThere);
  const again = await inLinux(
    crash,
    withMajors(`${GUEST}
      vgck there
      vgchange -q -ay there > /dev/null
      at_least ${REGIONS} there-core
      look there-done there
      echo "=== there-sums"
      sums there "${ALL.join(' ')}"
      echo "=== end"`),
  );
  expect(linuxSaw(again, 'there-done', 'there')).toEqual(back);
  expect(sumsIn(again, 'there-sums')).toEqual(SUMS);
}, 180_000);
