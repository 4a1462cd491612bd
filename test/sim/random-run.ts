/** A random sequence of commands, each under a possible fault, held against a small model. */
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import type { LvState, VgState } from '../../core/contract/state.ts';
import { Prng } from '../../core/env/prng.ts';
import { blank, layoutOf, openLab } from '../support/lab.ts';
import type { TestLab } from '../support/device-lab.ts';
import { difference, fresh, type Model } from './random-model.ts';
import { nextStep, VERBS, type RandomStep } from './random-steps.ts';

const COMMANDS_A_RUN = 30;
const EXTENT = 2 ** 20;

/** Throws with the command that broke a rule. @returns how many commands were refused. */
export async function randomRun(seed: number): Promise<number> {
  const run = new Run(seed);
  return run.all();
}

class Run {
  private readonly random: Prng;
  private readonly platters = blank();
  private model: Model = fresh;
  /** Requests until one fails; below zero none does. */
  private countdown = -1;
  private refused = 0;

  constructor(private readonly seed: number) {
    this.random = new Prng(seed);
  }

  async all(): Promise<number> {
    const plan = new FaultPlan({ when: () => this.countdown-- === 0 });
    const wrap = (disk: ConstructorParameters<typeof FaultyDevice>[0]) =>
      new FaultyDevice(disk, plan);
    const lab = await openLab(this.platters, wrap, this.seed);
    await lab.run('vgcreate -s 1m vg /dev/sda /dev/sdb');
    const weights = this.random.weights(VERBS);
    let { vgs } = await lab.api.state();
    for (let count = 0; count < COMMANDS_A_RUN; count++) {
      const [vg] = vgs;
      if (!vg) throw new Error('the group is gone');
      const step = nextStep(this.random.weighted(weights), this.model, vg, this.random);
      vgs = await this.one(lab, step);
    }
    await lab.close();
    await layoutOf(this.platters);
    return this.refused;
  }

  /** @returns the groups after it. */
  private async one(lab: TestLab, step: RandomStep): Promise<readonly VgState[]> {
    const faulty = this.random.below(4) === 0;
    this.countdown = faulty ? this.random.below(40) : -1;
    const { status, output } = await lab.run(step.line);
    const struck = faulty && this.countdown < 0;
    this.countdown = -1;
    if (status !== 0) this.refused++;
    const said = `${step.line} (status ${status}): ${output.map(({ text }) => text).join(' ')}`;
    const { vgs, devices } = await lab.api.state();
    const stuck = devices.find(({ suspended, inactive }) => suspended || inactive);
    if (stuck) throw new Error(`${said}: ${stuck.name} is left in a change`);
    this.model = this.follow(step, status, struck, vgs, said);
    await this.data(lab, vgs, said);
    return vgs;
  }

  /** Without a fault the status decides; with one it is the old version or the new. */
  private follow(
    step: RandomStep,
    status: number,
    struck: boolean,
    vgs: readonly VgState[],
    said: string,
  ): Model {
    if (!struck && step.succeeds !== undefined && step.succeeds !== (status === 0)) {
      throw new Error(`${said}: it should ${step.succeeds ? 'go through' : 'be refused'}`);
    }
    const worlds = struck ? [step.after, this.model] : [status === 0 ? step.after : this.model];
    const faults = worlds.map((world) => difference(world, vgs));
    const found = worlds.find((_world, index) => faults[index] === undefined);
    if (!found) throw new Error(`${said}: ${faults.join('; ')}`);
    return found;
  }

  /** Reads one active volume whole, then writes somewhere in it. */
  private async data(lab: TestLab, vgs: readonly VgState[], said: string): Promise<void> {
    const active = vgs.flatMap(({ lvs }) => lvs).filter((lv) => lv.active);
    if (active.length === 0) return;
    const lv = this.random.pick(active);
    const known = this.model.lvs.get(lv.name);
    if (!known) throw new Error(`${said}: ${lv.name} is active and not in the model`);
    for (const [extent, stamp] of known.stamps.entries()) {
      if (stamp === undefined) continue;
      const read = await lab.api.read(`${lv.vg}/${lv.name}`, extent * EXTENT, 1);
      const found = read.ok ? read.value[0] : undefined;
      if (found !== stamp)
        throw new Error(`${said}: ${lv.name}:${extent} is ${found}, not ${stamp}`);
    }
    if (!known.readOnly && !known.virtual) await this.write(lab, lv);
  }

  private async write(lab: TestLab, lv: LvState): Promise<void> {
    const known = this.model.lvs.get(lv.name);
    if (!known) return;
    const extent = this.random.below(known.stamps.length);
    const stamp = this.random.below(256);
    const done = await lab.api.write(
      `${lv.vg}/${lv.name}`,
      extent * EXTENT,
      Uint8Array.from([stamp]),
    );
    if (!done.ok) throw new Error(`writing ${lv.name}: ${done.error.messages.join(' ')}`);
    const stamps = known.stamps.map((old, at) => (at === extent ? stamp : old));
    const lvs = new Map(this.model.lvs).set(lv.name, { ...known, stamps });
    this.model = { ...this.model, lvs };
  }
}
