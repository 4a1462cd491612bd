/**
 * `npm run sim -- --seeds N`: many random sequences; `--from S` begins later, `--seed S` repeats
 * one, `--only moves` leaves out all others.
 */
import { parseArgs } from 'node:util';
import { scenario } from '../../core/scenario/snapshot-crashes/scenario.ts';
import { dmRun } from './dm-run.ts';
import { eightStagesRun } from './eight-stages/run.ts';
import { FailingMirrorCampaign } from './failing-mirror/campaign.ts';
import { allBases } from './hostile/disks.ts';
import { hostileRun } from './hostile/run.ts';
import { Lvm1Campaign } from './lvm1/campaign.ts';
import { groupRun } from './mirror-groups/run.ts';
import * as ofGroups from './mirror-groups/tally.ts';
import { moveRun } from './move-groups/run.ts';
import * as ofMoves from './move-groups/tally.ts';
import { mirrorRun } from './mirror/run.ts';
import { add, emptyTally } from './mirror/tally.ts';
import { nbdRun } from './nbd/run.ts';
import { randomRun } from './random-run.ts';
import { crashesRun, type Tally as Crashes } from './snapshot-crashes/run.ts';
import { behindRun } from './write-behind-run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const first = Number(values.seed ?? values.from);
const last = values.seed === undefined ? Number(values.seeds) : first;

const bases = await allBases();
const mirrors = emptyTally();
const groups = ofGroups.emptyTally();
const moves = ofMoves.emptyTally();
const lvm1 = new Lvm1Campaign();
const crashes: Crashes = {};
const failingMirrors = new FailingMirrorCampaign();
const RUNS: Readonly<Record<string, (seed: number) => Promise<unknown>>> = {
  dm: dmRun,
  mirror: async (seed) => {
    add(mirrors, await mirrorRun(seed));
  },
  groups: async (seed) => {
    ofGroups.add(groups, await groupRun(seed));
  },
  moves: async (seed) => {
    ofMoves.add(moves, await moveRun(seed));
  },
  random: randomRun,
  hostile: (seed) => hostileRun(seed, bases),
  nbd: nbdRun,
  'eight-stages': eightStagesRun,
  lvm1: (seed) => lvm1.run(seed),
  'failing-mirror': (seed) => failingMirrors.run(seed),
  'snapshot-crashes': (seed) => crashesRun(seed, crashes),
  'write-behind': behindRun,
};
const chosen = Object.entries(RUNS).filter(([name]) => name === (values.only ?? name));
if (chosen.length === 0) throw new Error(`--only is one of ${Object.keys(RUNS).join(', ')}`);
const only = values.only === undefined ? '' : `--only ${values.only} `;
let failures = 0;

for (let seed = first; seed <= last; seed++) {
  try {
    for (const [, run] of chosen) await run(seed);
  } catch (error) {
    failures++;
    console.error(`seed ${seed} (npm run sim -- ${only}--seed ${seed}):`, error);
  }
  if (seed % (values.only === 'lvm1' ? 10_000 : 100) === 0)
    console.log(`${seed} seeds, ${failures} failed`);
}
console.log(`${last - first + 1} seeds, ${failures} failed`);
// What never happened was not tried.
const SAID = {
  mirror: mirrors,
  groups,
  moves,
  'failing-mirror': { bad: failingMirrors.found, good: failingMirrors.held },
  'snapshot-crashes': crashes,
  lvm1: { withThePatch: lvm1.tally, without: Object.fromEntries(lvm1.found) },
};
for (const [name, tally] of Object.entries(SAID)) {
  if (name === (values.only ?? name)) console.log(`${name}:`, JSON.stringify(tally));
}
if (values.only === 'snapshot-crashes') console.log((await scenario()).text.join('\n'));
process.exitCode = failures > 0 ? 1 : 0;
