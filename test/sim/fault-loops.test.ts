/** Fail the first I/O, then the second, then the third: the old version or the new one survives. */
import { expect, test } from 'vitest';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { copyOf, type Platters } from '../support/lab.ts';
import { CASES, layoutFor, openCase, platterOf, type Case } from './commands.ts';
import { layoutLeft, type Outcomes } from './outcome.ts';
import { SeenDisks } from './seen-disks.ts';

/** A case: its disks, the versions before and after it, and what faults have left of them. */
interface World extends Outcomes {
  readonly before: Platters;
}

for (const one of CASES.filter(({ cutsOnly }) => !cutsOnly)) {
  let made: Promise<World> | undefined;
  for (const stays of [false, true]) {
    const how = stays ? 'and all after it' : 'alone';
    test(`${one.name}: the Nth I/O fails ${how}, for every N`, async () => {
      const world = await (made ??= worldOf(one));
      let n = 0;
      while (await survives(one, world, n, stays)) n++;
      // A loop that never struck would prove nothing.
      expect(n).toBeGreaterThan(5);
    });
  }
}

async function worldOf(one: Case): Promise<World> {
  const before = await platterOf(one);
  return { before, versions: await versionsOf(one, before), seen: new SeenDisks() };
}

async function versionsOf(one: Case, before: Platters): Promise<readonly string[]> {
  const after = copyOf(before);
  const lab = await openCase(one, after);
  expect((await lab.run(one.command)).status).toBe(0);
  await lab.close();
  const [oldLayout, newLayout] = [await layoutFor(one, before), await layoutFor(one, after)];
  if (!one.orphans && !one.same) expect(newLayout).not.toBe(oldLayout);
  return [oldLayout, newLayout];
}

/** @returns whether there still was an Nth I/O to fail. */
async function survives(one: Case, world: World, nth: number, stays: boolean): Promise<boolean> {
  const { before, versions } = world;
  const platters = copyOf(before);
  // Opening the lab has its own reads: the plan counts from when the command begins.
  let counting = false;
  const plan = new FaultPlan({ nth, stays, when: () => counting });
  const lab = await openCase(one, platters, (disk) => new FaultyDevice(disk, plan));
  counting = true;
  const { status } = await lab.run(one.command);
  counting = false;
  const { devices, vgs } = await lab.api.state();
  const where = `${one.command}, I/O ${nth}`;
  expect(
    devices.filter(({ suspended }) => suspended),
    where,
  ).toEqual([]);
  expect(
    devices.filter(({ inactive }) => inactive),
    where,
  ).toEqual([]);
  // What is live is what the metadata says, also after a roll-back.
  for (const lv of vgs.flatMap(({ lvs }) => lvs).filter(({ active }) => active)) {
    const live = devices.find(({ name }) => name === lv.dmName)?.live ?? [];
    expect(
      live.reduce((sum, { length }) => sum + length, 0),
      where,
    ).toBe(lv.size);
  }
  await lab.close();
  const layout = await layoutLeft(one, world, platters, where);
  if (status === 0) expect(layout, where).toBe(versions[1]);
  return plan.fired;
}
