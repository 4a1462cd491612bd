/** Power goes after the Nth write, for every N; unflushed writes are kept, lost, or torn. */
import { expect, test } from 'vitest';
import { PowerLossDisk, PowerSupply, type Loss } from '../../core/block/wrap/power-loss.ts';
import { Prng } from '../../core/env/prng.ts';
import { copyOf, DISK_SIZE, type Platters } from '../support/lab.ts';
import {
  CASES,
  layoutFor,
  nextLine,
  openCase,
  platterOf,
  reopened,
  versionOn,
  type Case,
} from './commands.ts';
import { SeenDisks } from './seen-disks.ts';

const TORN_SEEDS = [1, 2, 3];

for (const one of CASES) {
  test(`${one.name}: a cut after the Nth write leaves the old or the new version`, async () => {
    const before = await platterOf(one);
    const after = copyOf(before);
    const lab = await openCase(one, after);
    expect((await lab.run(one.command)).status).toBe(0);
    await lab.close();
    const versions = [await layoutFor(one, before), await layoutFor(one, after)];
    const seen = new SeenDisks();
    let n = 0;
    while (await survives(one, before, versions, seen, n)) n++;
    expect(n).toBeGreaterThan(one.orphans || one.again ? 0 : 3);
  });
}

/** @returns whether power was cut at all: the command may be over before the Nth write. */
async function survives(
  one: Case,
  before: Platters,
  versions: readonly string[],
  seen: SeenDisks,
  n: number,
): Promise<boolean> {
  const supply = new PowerSupply(n);
  const disks: PowerLossDisk[] = [];
  const lab = await openCase(one, copyOf(before), (disk, store) => {
    const fragile = new PowerLossDisk(disk.name, DISK_SIZE, store, supply);
    disks.push(fragile);
    return fragile;
  });
  const { status } = await lab.run(one.command);
  const losses: readonly (readonly [string, Loss])[] = [
    ['none lost', { kind: 'none' }],
    ['all lost', { kind: 'all' }],
    ...TORN_SEEDS.map((seed) => {
      const loss: Loss = { kind: 'torn', random: new Prng(seed) };
      return [`torn with seed ${seed}`, loss] as const;
    }),
  ];
  for (const [name, loss] of losses) {
    const where = `${one.command}, cut after ${n} writes, ${name}`;
    const left = disks.map((disk) => disk.afterCut(loss));
    const layout = await seen.layoutOf(left, async () => {
      const found = await versionOn(one, left);
      expect(versions, where).toContain(found);
      await expectReopens(one, left, where);
      return found;
    });
    // What was acknowledged is durable.
    if (status === 0) expect(layout, where).toBe(versions[1]);
  }
  return supply.off;
}

async function expectReopens(one: Case, left: Platters, where: string): Promise<void> {
  const lab = await reopened(one, left);
  const { vgs, devices } = await lab.api.state();
  expect(
    devices.filter(({ suspended }) => suspended),
    where,
  ).toEqual([]);
  const line = one.next ?? nextLine(vgs);
  const { status, output } = await lab.run(line);
  expect(status, `${where}, then ${line}: ${JSON.stringify(output)}`).toBe(0);
  await lab.close();
}
