/**
 * One move, cut short everywhere: clients use the volumes meanwhile, and whatever is left opens,
 * has all of the data, and comes to its end or back to where it was.
 */
import { FaultPlan } from '../../../core/block/wrap/fault.ts';
import type { Loss } from '../../../core/block/wrap/power-loss.ts';
import { Prng } from '../../../core/env/prng.ts';
import { lvExtentCount, type VolumeGroup } from '../../../core/lvm/format/model.ts';
import { isLocked, isPvmove, pvmovesOf, sourceOf } from '../../../core/lvm/format/pvmove.ts';
import { Blocks, type Allowed } from '../conversions/blocks.ts';
import { Clients } from '../conversions/clients.ts';
import { compareLegs, groupOn } from '../conversions/legs.ts';
import { blank, Machine, PATHS, type Platters } from '../conversions/machine.ts';
import {
  expectSettled,
  nthFails,
  succeed,
  type Counting,
  type Failure,
  type Trouble,
} from '../conversions/trouble.ts';
import type { Move } from './cases.ts';
import { expectMoved, spaceOf, type Places } from './space.ts';

const VOLUMES = ['a', 'b'];
/** Of how long requests take, and of what clients do. */
const SEED = 5;
/** Writes after which power goes once more, at most. */
const MOST_AGAIN = 60;
const NONE: Loss = { kind: 'none' };

/** The disks, and what each volume on them may hold. */
interface Left {
  readonly platters: Platters;
  readonly allowed: readonly Allowed[];
}

/** A move that nothing comes between, and how much of it there is. */
export interface Whole extends Places {
  readonly start: Left;
  /** Requests of all disks. */
  readonly requests: number;
  /** Those of them that change something or make it durable. */
  readonly writes: number;
}

/** How often something happened that a run has to meet. */
export const reached = {
  cutInMove: 0,
  cutAgain: 0,
  leftInMove: 0,
  byItself: 0,
  resumed: 0,
  aborted: 0,
  failedRequests: 0,
  leftOver: 0,
};

/** Those who use the volumes. */
class Users {
  readonly blocks: readonly Blocks[];
  private readonly all: readonly Clients[];

  constructor(
    private readonly machine: Machine,
    allowed: readonly Allowed[],
    where: string,
  ) {
    this.blocks = allowed.map((one) => new Blocks(one));
    this.all = this.blocks.map(
      (blocks, at) => new Clients(machine, blocks, where, undefined, VOLUMES[at]),
    );
  }

  start(): void {
    for (const [at, clients] of this.all.entries()) clients.start(SEED + at);
  }

  async open(where: string): Promise<void> {
    for (const clients of this.all) {
      const opened = await this.machine.until(clients.open());
      if (!opened && !this.machine.isOff) throw new Error(`${where}: a volume is not active`);
    }
  }

  async fill(): Promise<void> {
    for (const clients of this.all) await this.machine.until(clients.fill());
  }

  /** @param pin what is read once is read again: nothing of it waits for a flush, nothing failed */
  async readAll(pin = true): Promise<void> {
    for (const [at, clients] of this.all.entries()) {
      const { length = 0 } = this.blocks[at] ?? {};
      await this.machine.until(clients.read(0, length, pin));
      clients.check();
    }
  }

  check(): void {
    for (const clients of this.all) clients.check();
  }

  expectCalm(): void {
    for (const clients of this.all) clients.expectCalm();
  }

  close(): void {
    for (const clients of this.all) clients.close();
  }

  get readable(): readonly Allowed[] {
    return this.blocks.map(({ readable }) => readable);
  }

  get durable(): readonly Allowed[] {
    return this.blocks.map(({ durable }) => durable);
  }
}

async function prepared({ group, begun = [], name }: Move): Promise<Left> {
  const machine = await Machine.start(blank(), { seed: 1 });
  for (const line of group) await succeed(machine, line);
  const { vg } = await groupOn(machine.left(NONE));
  const allowed = VOLUMES.map((volume) => {
    const lv = vg.lvs.find((one) => one.name === volume);
    return Array.from({ length: (lv ? lvExtentCount(lv) : 0) * vg.extentSize }, () => [0]);
  });
  const users = new Users(machine, allowed, `before ${name}`);
  await users.open(name);
  await users.fill();
  for (const line of begun) await succeed(machine, line);
  if (begun.length === 0) {
    await machine.rest();
    users.close();
    await machine.close();
  }
  return { platters: machine.left(NONE), allowed: users.readable };
}

interface Outcome {
  readonly machine: Machine;
  readonly users: Users;
  readonly plan: FaultPlan | undefined;
}

/** From the start of a machine until all is done, or its power is gone. */
async function move(
  { commands, begun }: Pick<Move, 'commands' | 'begun'>,
  { platters, allowed }: Left,
  { cutAfter, plan }: Trouble,
  counting: Counting,
  where: string,
): Promise<Outcome> {
  const machine = await Machine.start(platters, {
    asks: begun !== undefined,
    ...(cutAfter === undefined ? {} : { cutAfter }),
    ...(plan && { plan }),
    seed: SEED,
  });
  await machine.rest();
  const users = new Users(machine, allowed, where);
  counting.on = true;
  users.start();
  for (const line of commands) {
    if (cutAfter === undefined && !plan?.rule.leaves) await succeed(machine, line);
    else await machine.until(machine.run(line));
  }
  await machine.rest();
  counting.on = false;
  users.check();
  return { machine, users, plan };
}

/** @returns how many places there are to disturb it */
export async function undisturbed(one: Move): Promise<Whole> {
  const where = one.name;
  const start = await prepared(one);
  const counting = { on: false };
  const trouble = new FaultPlan({ nth: -1, when: () => counting.on });
  const { machine, users } = await move(one, start, { plan: trouble }, counting, where);
  users.expectCalm();
  await users.readAll();
  await expectSettled(machine, where);
  users.close();
  await machine.close();
  const platters = machine.left(NONE);
  const { vg } = await groupOn(platters);
  const before = spaceOf(await after(start, ['pvmove --abort']));
  const lines = one.commands.filter((line) => !line.includes('--abort'));
  const moved = spaceOf(await after(start, [...lines, 'throttle off', 'pvmove -i0']));
  if ([...moved].every(([key, place]) => before.get(key) === place)) {
    throw new Error(`${where}: nothing has moved`);
  }
  const whole = {
    ...{ start, before, after: moved },
    requests: trouble.seen,
    writes: machine.supply.seen,
  };
  const isAborted = lines.length < one.commands.length;
  const end = isAborted ? before : moved;
  expectMoved(vg, { before: end, after: end }, where);
  await expectSound(whole, { platters, allowed: users.readable }, 0, where);
  return whole;
}

/** The group as these lines leave it. */
async function after({ platters }: Left, lines: readonly string[]): Promise<VolumeGroup> {
  const machine = await Machine.start(platters, { seed: SEED, asks: true });
  for (const line of lines) await succeed(machine, line);
  await machine.close();
  return (await groupOn(machine.left(NONE))).vg;
}

/** The Nth request fails, and what the failure takes with it; then all disks are well again. */
export async function failing(one: Move, whole: Whole, n: number, how: Failure): Promise<void> {
  const where = `${one.name}: request ${n} fails ${how}`;
  const counting = { on: false };
  const trouble = nthFails(n, how, counting);
  const { machine, users, plan } = await move(one, whole.start, trouble, counting, where);
  reached.failedRequests += plan?.struck ?? 0;
  const random = new Prng(n);
  if (how === 'once' || how === 'for a while') {
    await expectSettled(machine, where);
    // In the same life of the machine.
    const line = random.pick(['pvmove --abort', 'pvmove -i0', 'vgs']);
    await machine.until(machine.run(line));
    await machine.rest();
    await users.readAll(false);
  }
  users.check();
  users.close();
  // Half of them lose power, too; not where a repair lets an error stand in for a disk: that one
  // takes a flush (decision 025).
  const isCut = one.repairs !== true && random.chance(50);
  if (isCut) machine.supply.cut();
  else await machine.close();
  const loss: Loss = isCut ? { kind: 'torn', random } : NONE;
  const left = {
    platters: machine.left(loss),
    allowed: isCut ? users.durable : users.readable,
  };
  await expectSound({ ...whole, repaired: one.repairs === true }, left, n, where);
}

/** Power goes after the Nth write; where `again`, once more while the machine starts afterwards. */
export async function cut(one: Move, whole: Whole, n: number, again: boolean): Promise<void> {
  const where = `${one.name}: cut after ${n} writes`;
  const off = { on: false };
  const { machine, users } = await move(one, whole.start, { cutAfter: n }, off, where);
  const random = new Prng(n);
  const losses: readonly Loss[] = [{ kind: 'all' }, { kind: 'torn', random }];
  const left = { platters: machine.left(random.pick(losses)), allowed: users.durable };
  if (await isMoving(left)) reached.cutInMove++;
  await expectSound(whole, again ? await cutAgain(left, random, where) : left, n, where);
}

/** What was begun goes on by itself. */
async function cutAgain(left: Left, random: Prng, before: string): Promise<Left> {
  const cutAfter = random.below(MOST_AGAIN);
  const where = `${before}, and again after ${cutAfter}`;
  const { machine, users } = await move({ commands: [] }, left, { cutAfter }, { on: false }, where);
  if (machine.isOff) reached.cutAgain++;
  return { platters: machine.left({ kind: 'torn', random }), allowed: users.durable };
}

const isMoving = async ({ platters }: Left): Promise<boolean> =>
  (await groupOn(platters)).vg.lvs.some(isPvmove);

/** How somebody goes on with a move that was cut short. */
const WAYS = [
  { asks: false, line: 'pvmove -i0', counts: 'byItself' },
  { asks: true, line: 'pvmove -i0', counts: 'resumed' },
  { asks: true, line: 'pvmove --abort', counts: 'aborted' },
] as const;

/** It opens, all is there, and nothing is left of the move once somebody says what shall be. */
async function expectSound(whole: Whole, left: Left, n: number, before: string): Promise<void> {
  const { asks, line, counts } = WAYS[n % WAYS.length] ?? WAYS[0];
  const where = `${before}, then ${asks ? line : 'by itself'}`;
  if (await isMoving(left)) {
    reached.leftInMove++;
    reached[counts]++;
  }
  const machine = await Machine.start(left.platters, { seed: SEED + 1, asks });
  if (whole.repaired) await restore(machine);
  const users = new Users(machine, left.allowed, where);
  await users.open(where);
  await users.readAll();
  await succeed(machine, line).catch((cause: unknown) => {
    throw new Error(`${where}: ${String(cause)}`);
  });
  if (whole.repaired) await endUnused(machine);
  await machine.rest();
  await users.readAll();
  users.expectCalm();
  await expectSettled(machine, where);
  await removeLeftovers(machine, where);
  const { vg } = await groupOn(machine.left(NONE));
  expectMoved(vg, whole, where);
  await expectOnlyDevicesOf(machine, vg, where);
  users.close();
  const vgck = await machine.until(machine.run('vgck vg'));
  if (vgck?.status !== 0) throw new Error(`${where}: ${JSON.stringify(vgck?.output)}`);
  await machine.close();
  for (const volume of VOLUMES) await compareLegs(machine.left(NONE), volume, where);
}

/** What the monitor wrote off is used again. */
async function restore(machine: Machine): Promise<void> {
  const [vg] = (await machine.state())?.vgs ?? [];
  if (!vg?.pvs.some(({ missing }) => missing)) return;
  for (const path of PATHS)
    await machine.until(machine.run(`vgextend --restoremissing vg ${path}`));
  await machine.until(machine.run('vgchange -ay vg'));
}

/** As in LVM: whoever takes away all that moves leaves a move of nothing, ended by its name. */
async function endUnused(machine: Machine): Promise<void> {
  const { vg, devices } = await groupOn(machine.left(NONE));
  for (const lv of pvmovesOf(vg)) {
    const source = sourceOf(vg, lv);
    const path = source && devices.get(source)?.path;
    if (path !== undefined) await succeed(machine, `pvmove -i0 ${path}`);
  }
}

/** As in LVM: what power took from between the last versions is seen, and removed by hand. */
async function removeLeftovers(machine: Machine, where: string): Promise<void> {
  const { vg } = await groupOn(machine.left(NONE));
  for (const lv of vg.lvs.filter(({ name }) => name.startsWith('pvmove'))) {
    if (isPvmove(lv) || isLocked(lv)) throw new Error(`${where}: ${lv.name} is left`);
    reached.leftOver++;
    await succeed(machine, `lvremove -y vg/${lv.name}`).catch((cause: unknown) => {
      throw new Error(`${where}: ${String(cause)}`);
    });
  }
}

async function expectOnlyDevicesOf(
  machine: Machine,
  { lvs }: VolumeGroup,
  where: string,
): Promise<void> {
  const names = lvs.map(({ name }) => `vg-${name}`);
  for (const { name } of (await machine.state())?.devices ?? []) {
    if (!names.includes(name)) throw new Error(`${where}: the device ${name} is left`);
  }
}
