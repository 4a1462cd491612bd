/**
 * One conversion, cut short everywhere: clients use the volume meanwhile, and whatever is left
 * opens, has all of the data, and goes on to a mirror whose legs agree.
 */
import { FaultPlan } from '../../../core/block/wrap/fault.ts';
import type { Loss } from '../../../core/block/wrap/power-loss.ts';
import type { SegmentState } from '../../../core/contract/state.ts';
import { Prng } from '../../../core/env/prng.ts';
import { isVisible } from '../../../core/lvm/format/model.ts';
import { Blocks, type Allowed } from './blocks.ts';
import type { Before, Conversion } from './cases.ts';
import { Clients } from './clients.ts';
import { compareClean, compareLegs, groupOn } from './legs.ts';
import { blank, Machine, type Platters } from './machine.ts';
import {
  expectSettled,
  nthFails,
  succeed,
  type Counting,
  type Failure,
  type Trouble,
} from './trouble.ts';

/** The disks, and what the volume on them may hold. */
export interface Left {
  readonly platters: Platters;
  readonly allowed: Allowed;
}

/** What one conversion did, and how much of it there is. */
export interface Whole {
  /** Requests of all disks. */
  readonly requests: number;
  /** Those of them that change something or make it durable. */
  readonly writes: number;
}

const SECTORS = 512;
/** Of how long requests take, and of what clients do. */
const SEED = 5;
/** Writes after which power goes once more, at most. */
const MOST_AGAIN = 100;
const NONE: Loss = { kind: 'none' };

/** How often something happened that a run has to meet. */
export const reached = { cleanCompared: 0, cutAgain: 0, leftOver: 0, split: 0 };

const made = new Map<readonly Before[], Promise<Left>>();

/** What a conversion begins with; made once. */
export function start({ before }: Conversion): Promise<Left> {
  const known = made.get(before) ?? prepared(before);
  made.set(before, known);
  return known;
}

async function prepared(before: readonly Before[]): Promise<Left> {
  let allowed: Allowed = Array.from({ length: SECTORS }, () => [0]);
  let platters = blank();
  for (const [index, { lines, loses, settings, written, leftAtOnce }] of before.entries()) {
    const machine = await Machine.start(platters, {
      seed: index + 1,
      ...(settings && { settings }),
    });
    const blocks = new Blocks(allowed);
    const clients = new Clients(machine, blocks, 'before');
    if (loses !== undefined) await machine.lose(loses);
    for (const line of index === 0 ? lines : []) await succeed(machine, line);
    await machine.until(clients.open());
    if (index === 0) await machine.until(clients.fill());
    if (written) {
      clients.start(index);
      await machine.rest();
    }
    for (const line of index === 0 ? [] : lines) await succeed(machine, line);
    if (!leftAtOnce) {
      await machine.rest();
      clients.close();
      await machine.close();
    }
    platters = machine.left(NONE);
    allowed = blocks.readable;
  }
  return { platters, allowed };
}

interface Outcome {
  readonly machine: Machine;
  readonly blocks: Blocks;
  readonly clients: Clients;
  readonly whole: Whole;
}

/** From the start of a machine until all is done, or its power is gone. */
async function convert(
  one: Omit<Conversion, 'name' | 'before'>,
  { platters, allowed }: Left,
  { cutAfter, plan, victim }: Trouble,
  counting: Counting,
  where: string,
): Promise<Outcome> {
  const { settings, asks, loses, commands, closed } = one;
  const machine = await Machine.start(platters, {
    ...(settings && { settings }),
    ...(asks && { asks }),
    ...(cutAfter === undefined ? {} : { cutAfter }),
    ...(plan && { plan }),
    seed: SEED,
  });
  if (!asks) await machine.rest();
  const blocks = new Blocks(allowed);
  const clients = new Clients(machine, blocks, where, () => machine.isSource(victim?.()));
  if (loses !== undefined) await machine.lose(loses);
  counting.on = true;
  if (!closed) clients.start(SEED);
  for (const line of commands) {
    if (cutAfter === undefined && !plan?.rule.leaves) await succeed(machine, line);
    else await machine.until(machine.run(line));
    // Now it may be there.
    if (!closed) clients.start(SEED);
  }
  await machine.rest();
  counting.on = false;
  clients.check();
  const whole = { requests: plan?.seen ?? 0, writes: machine.supply.seen };
  return { machine, blocks, clients, whole };
}

/** Undisturbed. @returns how many places there are to disturb it */
export async function undisturbed(one: Conversion): Promise<Whole> {
  const where = one.name;
  const counting = { on: false };
  const plan = new FaultPlan({ nth: -1, when: () => counting.on });
  const done = await convert(one, await start(one), { plan }, counting, where);
  const { machine, blocks, clients, whole } = done;
  clients.expectCalm();
  await expectSettled(machine, where);
  clients.close();
  await machine.close();
  await expectSound(one, { platters: machine.left(NONE), allowed: blocks.readable }, where);
  return whole;
}

/** The Nth request fails, and what the failure takes with it. */
export async function failing(one: Conversion, n: number, how: Failure): Promise<void> {
  const where = `${titleOf(one)}: request ${n} fails ${how}`;
  const counting = { on: false };
  const trouble = nthFails(n, how, counting);
  const { machine, blocks, clients } = await convert(
    one,
    await start(one),
    trouble,
    counting,
    where,
  );
  if (one.hides) clients.expectCalm();
  if (how === 'once') await expectSettled(machine, where);
  clients.close();
  await machine.close();
  const after = { platters: machine.left(NONE), allowed: blocks.readable };
  reached.cleanCompared += await compareClean(after.platters, where);
  if (one.finishes) await expectNoLayer(after.platters, where);
  await expectSound(one, after, where);
}

/** A layer whose images have joined the mirror is not left behind: its end does without a disk. */
async function expectNoLayer(platters: Platters, where: string): Promise<void> {
  const { vg } = await groupOn(platters);
  const left = vg.lvs.find((lv) => isVisible(lv) && lv.name.includes('_mimagetmp_'));
  if (left) throw new Error(`${where}: ${left.name} is left over`);
}

/** Power goes after the Nth write; where `again`, once more while the machine starts afterwards. */
export async function cut(one: Conversion, n: number, again: boolean): Promise<void> {
  const where = `${titleOf(one)}: cut after ${n} writes`;
  const off = { on: false };
  const { machine, blocks } = await convert(one, await start(one), { cutAfter: n }, off, where);
  const random = new Prng(n);
  const losses: readonly Loss[] = [{ kind: 'all' }, { kind: 'torn', random }];
  const all = losses.map((loss) => machine.left(loss));
  for (const platters of all) reached.cleanCompared += await compareClean(platters, where);
  const left = { platters: random.pick(all), allowed: blocks.durable };
  await expectSound(one, again ? await cutAgain(one, left, random, where) : left, where);
}

/** What was begun goes on by itself. */
async function cutAgain(
  { settings, loses }: Conversion,
  left: Left,
  random: Prng,
  before: string,
): Promise<Left> {
  const cutAfter = random.below(MOST_AGAIN);
  const where = `${before}, and again after ${cutAfter}`;
  const nothing = { commands: [], ...(settings && { settings }), ...(loses && { loses }) };
  const { machine, blocks } = await convert(nothing, left, { cutAfter }, { on: false }, where);
  if (machine.isOff) reached.cutAgain++;
  const platters = machine.left({ kind: 'torn', random });
  reached.cleanCompared += await compareClean(platters, where);
  return { platters, allowed: blocks.durable };
}

const titleOf = ({ name, commands }: Conversion): string => commands.join('; ') || name;

/** It opens, all is there, and the legs are the same in the end. */
async function expectSound(one: Conversion, left: Left, where: string): Promise<void> {
  const machine = await Machine.start(left.platters, { seed: SEED + 1 });
  await machine.rest();
  await expectSettled(machine, where);
  const clients = new Clients(machine, new Blocks(left.allowed), where);
  if (one.mends) for (const line of one.commands) await machine.until(machine.run(line));
  await machine.rest();
  if (!(await machine.until(clients.open()))) throw new Error(`${where}: it is not active`);
  // Reads go from leg to leg.
  for (let time = 0; time < 3; time++) {
    await machine.until(clients.read(0, SECTORS, true));
  }
  clients.expectCalm();
  clients.close();
  const names = await removeLeftovers(machine, where);
  const vgck = await machine.until(machine.run('vgck vg'));
  if (vgck?.status !== 0) {
    throw new Error(`${where}: vgck: ${vgck?.output.map(({ text }) => text).join('; ')}`);
  }
  await machine.close();
  for (const name of names) await compareLegs(machine.left(NONE), name, where);
}

/**
 * What a command that was cut short has left can be removed, be it seen or not.
 * @returns the volumes that stay
 */
async function removeLeftovers(machine: Machine, where: string): Promise<readonly string[]> {
  const lvs = (await machine.state())?.vgs[0]?.lvs ?? [];
  const parts = new Set(lvs.flatMap(({ segments }) => segments.flatMap(partsOf)));
  const roots = lvs.filter(({ name }) => !parts.has(name));
  const stay = roots.filter(({ name }) => name === 'a' || name === 's');
  for (const { name } of roots) {
    if (name === 'a') continue;
    if (name === 's') reached.split++;
    else {
      reached.leftOver++;
      await succeed(machine, `lvremove -y vg/${name}`).catch((cause: unknown) => {
        throw new Error(`${where}: what is left over, ${name}, stays: ${String(cause)}`);
      });
    }
  }
  return stay.map(({ name }) => name);
}

const partsOf = ({ areas, log }: SegmentState): readonly string[] => [
  ...areas.flatMap((area) => (area.on === 'pv' ? [] : [area.device])),
  ...(log === undefined ? [] : [log]),
];
