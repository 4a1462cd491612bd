/** A random sequence of commands, each under a possible fault, checked after every one. */
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { Prng } from '../../core/env/prng.ts';
import { blank, layoutOf, openLab, type TestLab } from '../support/lab.ts';

const VERBS = ['lvcreate', 'lvextend', 'lvremove', 'lvrename', 'vgextend', 'fault'] as const;
const COMMANDS_A_RUN = 20;

/** Throws with the command that broke a rule; layoutOf validates every group it finds. */
export async function randomRun(seed: number): Promise<number> {
  const random = new Prng(seed);
  const weights = random.weights(VERBS);
  const platters = blank();
  // Requests until one fails; below zero none does.
  let countdown = -1;
  const plan = new FaultPlan({ when: () => countdown-- === 0 });
  const lab = await openLab(platters, (disk) => new FaultyDevice(disk, plan), seed);
  await lab.run('vgcreate -s 1m vg /dev/sda /dev/sdb');
  let refused = 0;
  for (let count = 0; count < COMMANDS_A_RUN; count++) {
    const verb = random.weighted(weights);
    if (verb === 'fault') {
      countdown = random.below(40);
      continue;
    }
    const line = await lineFor(verb, lab, random);
    const { status } = await lab.run(line);
    countdown = -1;
    if (status !== 0) refused++;
    await check(lab, line);
    await layoutOf(platters);
  }
  await lab.close();
  return refused;
}

async function check(lab: TestLab, line: string): Promise<void> {
  const { devices, vgs } = await lab.api.state();
  const stuck = devices.filter(({ suspended, inactive }) => suspended || inactive);
  if (stuck.length > 0) throw new Error(`${line}: ${stuck[0]?.name ?? ''} is left in a change`);
  const free = vgs.flatMap(({ pvs }) => pvs).reduce((sum, pv) => sum + pv.freeCount, 0);
  const used = vgs.flatMap(({ lvs }) => lvs).reduce((sum, lv) => sum + lv.extentCount, 0);
  const whole = vgs.reduce((sum, vg) => sum + vg.extentCount, 0);
  if (free + used !== whole) throw new Error(`${line}: ${free} free + ${used} used of ${whole}`);
}

async function lineFor(
  verb: Exclude<(typeof VERBS)[number], 'fault'>,
  lab: TestLab,
  random: Prng,
): Promise<string> {
  const { vgs } = await lab.api.state();
  const names = vgs.flatMap(({ lvs }) => lvs.map(({ name }) => name));
  const lv = names.length > 0 ? random.pick(names) : 'nosuch';
  const count = 1 + random.below(6);
  switch (verb) {
    case 'lvcreate':
      return `lvcreate -l ${count * 2} -i ${1 + random.below(2)} -n v${random.below(1000)} vg`;
    case 'lvextend':
      return `lvextend -l +${count * 2} vg/${lv}`;
    case 'lvremove':
      return `lvremove -y vg/${lv}`;
    case 'lvrename':
      return `lvrename vg ${lv} r${random.below(1000)}`;
    case 'vgextend':
      return `vgextend vg ${random.pick(['/dev/sdc', '/dev/sdd'])}`;
  }
}
