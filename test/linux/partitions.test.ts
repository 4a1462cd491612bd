/**
 * PVs in partitions, both ways: tables made by sgdisk and sfdisk, PVs and volumes made by real lvm,
 * opened and changed here, and activated in Linux again. Beside them disks with odd tables, of
 * which the kernel says what it makes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineApi } from '../../core/contract/api.ts';
import { hasProgram } from '../support/nbd-programs.ts';
import { blankDisk, putGpt, putMbr, resum } from '../support/partition-tables.ts';
import type { TestDisk } from '../support/ram.ts';
import { inLinux, labNames, part, withMajors } from './guest.ts';
import { withLab } from './lab.ts';
import { newFolder } from './scratch.ts';

const MIB = 2 ** 20;

/** sda: GPT, with a partition beyond those that its own numbers are enough for. */
const GPT = ['-n', '1:2048:+24M', '-n', '2:0:+24M', '-n', '17:0:+24M', '-t', '1:8e00'];
/** sdb: MBR with logical partitions. */
const MBR = `label: dos
1: start=2048, size=24M, type=8e
3: size=90M, type=5
5: size=24M, type=8e
6: size=24M, type=8e
`;

/** What Linux is asked to make sense of, from sdc on: 4 MiB each. */
const ODD: readonly ((disk: TestDisk) => void)[] = [
  // Cut off, beyond the end, overlapping, and a chain that leads nowhere.
  (disk) => {
    putMbr(disk, 0, [
      [0x83, 8000, 900],
      [0x83, 9000, 5],
      [0x83, 2048, 2000],
      [0x0f, 4000, 100],
    ]);
    putMbr(disk, 4000, [
      [0x83, 10, 4000],
      [0x05, 50, 20],
      [0x83, 5, 5],
      [0x83, 90, 90],
    ]);
  },
  // Two chains; the second has an empty table in it, and one partition behind the other's start.
  (disk) => {
    putMbr(disk, 0, [
      [0x85, 1000, 500],
      [0x05, 2000, 1],
      [0, 5, 5],
      [0x83, 0, 8192, 0x80],
    ]);
    putMbr(disk, 1000, [
      [0x05, 60, 5],
      [0x83, 4, 4],
    ]);
    putMbr(disk, 1060, [[0x83, 1, 1]]);
    putMbr(disk, 2000, [
      [0, 0, 0],
      [0x0f, 70, 5],
    ]);
    putMbr(disk, 2070, [[0x83, 4294966000, 7]]);
  },
  // A boot sector: the flags are none.
  (disk) => putMbr(disk, 0, [[0x83, 64, 64, 0x41]]),
  // GPT entries beyond the end, of one sector, empty, and with a number above 255.
  (disk) =>
    putGpt(
      disk,
      {
        1: [200, 8191],
        3: [100, 8192],
        4: [300, 300],
        5: [310, 309],
        255: [400, 500],
        256: [9, 9],
      },
      { count: 300 },
    ),
  // A hybrid: the entries beside the one that points at the GPT do not count.
  (disk) => {
    putGpt(disk, { 2: [64, 127], 5: [100, 300] });
    putMbr(disk, 0, [
      [0x83, 700, 9],
      [0xee, 1, 8191],
    ]);
  },
  // A sound GPT without an entry that points at it.
  (disk) => {
    putGpt(disk, { 1: [64, 127] });
    putMbr(disk, 0, [[0xee, 2, 8190]]);
  },
  // A disk that grew; and one whose backup is spoilt.
  (disk) => putGpt(disk, { 1: [64, 127], 2: [128, 4000] }, { size: 6000 }),
  (disk) => {
    putGpt(disk, { 7: [64, 127] });
    disk.data.fill(0, 8191 * 512);
  },
  // Both bad: one sector for partitions more than there are.
  (disk) => {
    putGpt(disk, { 1: [64, 127] });
    for (const at of [1, 8191]) {
      disk.data[at * 512 + 80] = 0;
      resum(disk.data, at);
    }
  },
];

const KERNEL = `
  echo "=== kernel"
  for d in /sys/block/ubd* /sys/block/vd*; do
    for p in $d/*/partition; do
      [ -e $p ] || continue
      n=\${p%/partition}
      echo "\${n##*/} $(cat $n/dev) $(cat $n/start) $(cat $n/size)"
    done
  done`;

/** Partitions of a guest have the names of one kernel or the other. */
const NAMES = 'base=/dev/ubd; [ -e /dev/ubda1 ] || base=/dev/vd';

const REPORTS = [
  'pvs -a -o +dev_size,pv_minor',
  'vgs -o +vg_seqno',
  'lvs -a -o +devices,seg_pe_ranges',
  'lvmdiskscan',
  'dmsetup table',
];
const LOOK = REPORTS.map((report, index) => `echo "=== report${index}"; ${report}`).join('\n');

/** What Linux refuses, with the words. */
const REFUSED = [
  'pvcreate /dev/sda /dev/sda2',
  'pvcreate /dev/sdb3',
  'vgextend vg /dev/sda',
  'pvs /dev/sda',
  'pvchange -x n /dev/sda',
  'pvresize /dev/sdb',
  'pvremove /dev/sda /dev/sda2',
  'vgreduce vg /dev/sda',
  'pvck /dev/sda',
];
const guestNames = (line: string): string =>
  line.replace(/\/dev\/sd([a-f]\d+)/g, '${base}$1').replace(/\/dev\/sd/g, '/dev/vd');
const SAY = REFUSED.map(
  (line, index) => `echo "=== refused${index}"
    ${guestNames(line)} 2>&1 || echo "status $?"`,
).join('\n');

const toLab = (text: string, output: string): string =>
  labNames(
    text
      .replace(/\/dev\/(?:ubd|vd)([a-z]\d*)/g, '/dev/sd$1')
      .replace(/\b(?:ubd|vd)([a-z]\d+)\b/g, 'sd$1'),
    output,
  );

/**
 * Without what depends on names and numbers: how wide columns are, and, where one guest calls disks
 * and partitions by different letters, which line comes first.
 */
const plain = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
    .toSorted()
    .join('\n');

async function images(): Promise<readonly string[]> {
  const folder = await newFolder();
  const [sda, sdb] = ['sda', 'sdb'].map((name) => join(folder, `${name}.img`)) as [string, string];
  for (const image of [sda, sdb]) {
    const file = await open(image, 'w');
    await file.truncate(128 * MIB);
    await file.close();
  }
  execFileSync('sgdisk', [...GPT, sda], { stdio: 'ignore' });
  execFileSync('sfdisk', ['-q', sdb], { input: MBR });
  const odd = ODD.map(async (make, index) => {
    const disk = blankDisk(8192);
    make(disk);
    const path = join(folder, `odd${index}.img`);
    await writeFile(path, disk.data);
    return path;
  });
  return [sda, sdb, ...(await Promise.all(odd))];
}

/** All that lies in front of, between and behind partitions. */
async function tables(paths: readonly string[], api: EngineApi): Promise<readonly string[]> {
  const { disks } = await api.state();
  const wholes = disks.filter(({ partitionOf }) => !partitionOf);
  return Promise.all(
    paths.map(async (path, index) => {
      const data = await readFile(path);
      const whole = wholes[index]?.path;
      for (const { partitionOf, size } of disks) {
        if (partitionOf?.disk !== whole || partitionOf?.extended) continue;
        const start = (partitionOf?.start ?? 0) * 512;
        data.fill(0, start, start + size * 512);
      }
      return createHash('sha256').update(data).digest('hex');
    }),
  );
}

const sumOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const BEFORE = withMajors(`${NAMES}
  ${KERNEL}
  echo "=== made"
  pvcreate -q \${base}a1 \${base}a17 \${base}b5 \${base}b6
  vgcreate -q -s 1M vg \${base}a1 \${base}a17 \${base}b5
  lvcreate -q -y -Wn -l 6 -n old vg \${base}b5
  lvcreate -q -y -Wn -i 2 -l 8 -n str vg \${base}a1 \${base}a17
  for v in old str; do
    dd if=/dev/urandom of=/dev/vg/$v bs=1M count=4 oflag=direct 2>/dev/null
  done
  ${LOOK}
  ${SAY}
  echo "=== sums"
  sha256sum < /dev/vg/old; sha256sum < /dev/vg/str
  vgchange -q -an vg > /dev/null
  echo "=== end"`);

const AFTER = withMajors(`${NAMES}
  vgck vg; vgchange -q -ay vg > /dev/null
  ${LOOK}
  echo "=== sums"
  sha256sum < /dev/vg/old; sha256sum < /dev/vg/str; sha256sum < /dev/vg/new
  echo "=== end"`);

test.skipIf(!hasProgram('sgdisk') || !hasProgram('sfdisk'))(
  'groups over partitions go from Linux to here and back',
  { timeout: 120_000 },
  async () => {
    const disks = await images();
    const made = await inLinux(disks, BEFORE);
    const kernel = toLab(part(made, 'kernel'), made).split('\n').toSorted();
    const sums = part(made, 'sums').split('\n');
    const found = await withLab(disks, async (run, api) => {
      const state = await api.state();
      const ours = state.disks.flatMap(({ path, devno, size, partitionOf: place }) =>
        place ? `${path.slice(5)} ${devno} ${place.start} ${size}` : [],
      );
      expect(ours.toSorted()).toEqual(kernel);
      const before = await tables(disks, api);
      for (const [index, report] of REPORTS.entries()) {
        expect(plain(await run(report)), report).toBe(
          plain(toLab(part(made, `report${index}`), made)),
        );
      }
      for (const [index, line] of REFUSED.entries()) {
        const { status, output } = await api.command(line.split(' '));
        const said = output.map(({ text }) => text.trimEnd()).join('\n');
        const all = status === 0 ? said : `${said}\nstatus ${status}`;
        expect(plain(all), line).toBe(plain(toLab(part(made, `refused${index}`), made)));
      }
      await run('vgextend vg /dev/sdb6');
      await run('lvcreate -n new -l 5 vg /dev/sdb6');
      await run('lvextend -l +3 vg/new /dev/sda17');
      const data = Uint8Array.from({ length: 8 * MIB }, (_, at) => (at * 17) % 253);
      for (let at = 0; at < data.length; at += MIB) {
        expect((await api.write('vg/new', at, data.subarray(at, at + MIB))).ok).toBe(true);
      }
      const reports = [];
      for (const report of REPORTS) reports.push(plain(await run(report)));
      expect(await tables(disks, api)).toEqual(before);
      return { reports, sum: sumOf(data) };
    });
    const back = await inLinux(disks, AFTER);
    expect(part(back, 'sums').split('\n')).toEqual([...sums, `${found.sum}  -`]);
    for (const [index, report] of REPORTS.entries()) {
      expect(plain(toLab(part(back, `report${index}`), back)), report).toBe(found.reports[index]);
    }
  },
);
