/**
 * Conversions of mirrors that are cut short: the Nth request fails, or power goes after the Nth
 * write. Whatever is left opens, has all of the data, and goes on to a mirror whose legs agree.
 */
import { expect, test } from 'vitest';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { PowerLossDisk, PowerSupply, type Loss } from '../../core/block/wrap/power-loss.ts';
import { Prng } from '../../core/env/prng.ts';
import type { TestLab } from '../support/device-lab.ts';
import { blank, copyOf, DISK_SIZE, openLab, type Platters } from '../support/lab.ts';

interface Conversion {
  readonly name: string;
  readonly before: readonly string[];
  readonly command: string;
}

/** One place in so many, each run of the same length; `LVSTUDIO_EVERY=1` takes them all. */
const STRIDE = Number(process.env.LVSTUDIO_EVERY ?? 4);
const FIRST = STRIDE > 1 ? 1 : 0;
/** Of identifiers: those of the beginning are taken. */
const OTHER = 2;
const LENGTH = 4 * 64 * 1024;
const DATA = new Prng(7).bytes(LENGTH);
const PVS = ['sda', 'sdb', 'sdc', 'sdd'].map((name) => `/dev/${name}`);
const GROUP = ['pvcreate', 'vgcreate -s 64k vg'].map((line) => [line, ...PVS].join(' '));
const LINEAR = [...GROUP, 'lvcreate -l 4 -n a vg'];
const MIRROR = [...GROUP, 'lvcreate --type mirror -m1 -R 64k -l 4 -n a vg'];
const CORE = [...GROUP, 'lvcreate --type mirror -m1 --mirrorlog core -R 64k -l 4 -n a vg'];

const CONVERSIONS: readonly Conversion[] = [
  {
    name: 'a linear volume becomes a mirror',
    before: LINEAR,
    command: 'lvconvert -y --type mirror -m1 -R 64k vg/a',
  },
  { name: 'a mirror gets a leg', before: MIRROR, command: 'lvconvert -y -m+1 vg/a' },
  { name: 'a mirror becomes linear', before: MIRROR, command: 'lvconvert -y -m0 vg/a' },
  { name: 'a log goes', before: MIRROR, command: 'lvconvert -y --mirrorlog core vg/a' },
  { name: 'a log comes', before: CORE, command: 'lvconvert -y --mirrorlog disk vg/a' },
  {
    name: 'a leg is split off',
    before: MIRROR,
    command: 'lvconvert -y --splitmirrors 1 -n s vg/a',
  },
  { name: 'a mirror is copied anew', before: MIRROR, command: 'lvchange -y --resync vg/a' },
  { name: 'a mirror grows', before: MIRROR, command: 'lvextend -l +2 vg/a' },
];

/** What all conversions of one beginning start from; made once. */
const made = new Map<readonly string[], Promise<Platters>>();

async function beginning({ before }: Conversion): Promise<Platters> {
  const platters = blank();
  const lab = await openLab(platters);
  for (const line of before) expect((await done(lab, line)).status, line).toBe(0);
  await lab.scheduler.until(lab.api.write('vg/a', 0, DATA));
  await lab.scheduler.drain();
  await close(lab);
  return platters;
}

function start(one: Conversion): Promise<Platters> {
  const known = made.get(one.before) ?? beginning(one);
  made.set(one.before, known);
  return known;
}

const done = (lab: TestLab, line: string) => lab.scheduler.until(lab.run(line));
const close = (lab: TestLab): Promise<void> => lab.scheduler.until(lab.close());

/** Opens it again: nothing is suspended, the group is sound, every leg has the data. */
async function expectSound(platters: Platters, where: string): Promise<void> {
  const lab = await openLab(platters);
  await lab.scheduler.drain();
  const { devices } = await lab.api.state();
  const suspended = devices.filter((one) => one.suspended);
  expect(suspended, where).toEqual([]);
  expect((await done(lab, 'vgck vg')).status, where).toBe(0);
  // Reads go from leg to leg.
  for (let time = 0; time < 3; time++) {
    const read = await lab.scheduler.until(lab.api.read('vg/a', 0, LENGTH));
    const same = read.ok && Buffer.compare(read.value, DATA) === 0;
    expect(same, `${where}: what is read is what was written`).toBe(true);
  }
  await close(lab);
}

for (const one of CONVERSIONS) {
  test(`${one.name}: the Nth request fails`, async () => {
    const before = await start(one);
    let n = FIRST;
    for (; ; n += STRIDE) {
      const platters = copyOf(before);
      let counting = false;
      const plan = new FaultPlan({ nth: n, when: () => counting });
      const lab = await openLab(platters, (disk) => new FaultyDevice(disk, plan), OTHER);
      await lab.scheduler.drain();
      counting = true;
      await done(lab, one.command);
      await lab.scheduler.drain();
      counting = false;
      await close(lab);
      if (!plan.fired) break;
      await expectSound(platters, `${one.command}, request ${n}`);
    }
    expect(n).toBeGreaterThan(20);
  });

  test(`${one.name}: power goes after the Nth write`, async () => {
    const before = await start(one);
    let n = FIRST;
    for (; ; n += STRIDE) {
      const supply = new PowerSupply(n);
      const disks: PowerLossDisk[] = [];
      const lab = await openLab(
        copyOf(before),
        (disk, store) => {
          const fragile = new PowerLossDisk(disk.name, DISK_SIZE, store, supply);
          disks.push(fragile);
          return fragile;
        },
        OTHER,
      );
      await lab.scheduler.drain();
      const { status, output } = await done(lab, one.command);
      if (!supply.off) expect(status, output.map(({ text }) => text).join('\n')).toBe(0);
      const losses: readonly Loss[] = [{ kind: 'all' }, { kind: 'torn', random: new Prng(n) }];
      for (const loss of losses) {
        const left = disks.map((disk) => disk.afterCut(loss));
        await expectSound(left, `${one.command}, cut after ${n} writes, ${loss.kind}`);
      }
      if (!supply.off) break;
    }
    expect(n).toBeGreaterThan(10);
  });
}
