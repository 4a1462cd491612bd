/**
 * Power goes after the Nth write of a command about snapshots, for every N: what is left is a
 * version of the group as it was, as it is, or as LVM has it in between; the origin holds what it
 * held, and a snapshot what the origin held when it was taken.
 */
import { expect, test } from 'vitest';
import { PowerLossDisk, PowerSupply, type Loss } from '../../core/block/wrap/power-loss.ts';
import { Prng } from '../../core/env/prng.ts';
import { copyOf, DISK_SIZE, openLab, prepared, type Platters } from '../support/lab.ts';
import type { TestLab } from '../support/device-lab.ts';
import { SeenDisks } from './seen-disks.ts';

const SEED = 7;
/** Bytes of a chunk. */
const CHUNK = 4096;
const [OLD, NEW] = [3, 4];
const full = (byte: number): Uint8Array => new Uint8Array(CHUNK).fill(byte);

const GROUP = ['vgcreate -s 1m vg /dev/sda /dev/sdb', 'lvcreate -l 2 -n org vg'];
const TAKEN = 'lvcreate -s -l 1 -n snap vg/org';

interface Cut {
  /** Once the origin holds something. */
  readonly before: readonly string[];
  readonly command: string;
  /** What the volumes may be afterwards: name and attributes, without what the kernel adds. */
  readonly versions: readonly string[];
}

const PLAIN = 'org -wi';
const LINKED = 'org owi,snap swi';

const CUTS: readonly Cut[] = [
  { before: [], command: TAKEN, versions: [PLAIN, `${PLAIN},snap -wi`, LINKED] },
  {
    before: [TAKEN],
    command: 'lvremove -y vg/snap',
    versions: [LINKED, `${PLAIN},snap -wi`, PLAIN],
  },
  { before: [TAKEN], command: 'lvextend -l +1 vg/snap', versions: [LINKED] },
];

const LOSSES: readonly (readonly [string, () => Loss])[] = [
  ['none lost', () => ({ kind: 'none' })],
  ['all lost', () => ({ kind: 'all' })],
  ['torn', () => ({ kind: 'torn', random: new Prng(1) })],
];

test.each(CUTS)('$command', async ({ before, command, versions }) => {
  const platters = await withData(await prepared(GROUP), before);
  const seen = new SeenDisks();
  let n = 0;
  for (let cut = true; cut; n++) {
    const supply = new PowerSupply(n);
    const disks: PowerLossDisk[] = [];
    const lab = await openLab(
      copyOf(platters),
      (disk, store) => {
        const fragile = new PowerLossDisk(disk.name, DISK_SIZE, store, supply);
        disks.push(fragile);
        return fragile;
      },
      SEED,
    );
    const { status } = await lab.run(command);
    // What was taken is kept from what is written now.
    if (status === 0) await lab.api.write('vg/org', 0, full(NEW));
    for (const [name, loss] of LOSSES) {
      const where = `${command}, cut after ${n} writes, ${name}`;
      const left = disks.map((disk) => disk.afterCut(loss()));
      await seen.layoutOf(left, () => lookAt(left, versions, where));
    }
    cut = supply.off;
  }
  expect(n).toBeGreaterThan(8);
});

async function withData(platters: Platters, lines: readonly string[]): Promise<Platters> {
  const lab = await openLab(platters, undefined, SEED);
  for (const at of [0, CHUNK]) {
    expect((await lab.api.write('vg/org', at, full(OLD))).ok).toBe(true);
  }
  for (const line of lines) expect((await lab.run(line)).status).toBe(0);
  await lab.close();
  return platters;
}

async function lookAt(left: Platters, versions: readonly string[], where: string): Promise<string> {
  const lab = await openLab(copyOf(left), undefined, SEED + 1);
  const { output } = await lab.run('lvs --noheadings -o lv_name,lv_attr vg');
  // Warnings about the older version on one disk go to the other stream.
  const said = output.filter(({ stream }) => stream === 'stdout');
  const found = said.map(({ text }) => text.trim().split(/ +/));
  const layout = found.map(([name, attr = '']) => `${name} ${attr.slice(0, 3)}`).join(',');
  expect(versions, where).toContain(layout);
  const [first, second] = [await byteOf(lab, 'vg/org', 0), await byteOf(lab, 'vg/org', CHUNK)];
  expect([OLD, NEW], where).toContain(first);
  expect(second, where).toBe(OLD);
  if (layout === LINKED) {
    const state = found.find(([name]) => name === 'snap')?.[1]?.[4];
    expect(state, where).toBe('a');
    expect(await byteOf(lab, 'vg/snap', CHUNK), where).toBe(OLD);
    // Before the chunk was written nothing else was there.
    expect(await byteOf(lab, 'vg/snap', 0), where).toBe(OLD);
  }
  await lab.close();
  return layout;
}

async function byteOf(lab: TestLab, volume: string, offset: number): Promise<number | undefined> {
  const read = await lab.api.read(volume, offset, CHUNK);
  return read.ok ? read.value[0] : undefined;
}
