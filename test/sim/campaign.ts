/** `npm run sim -- --seeds N`: many random sequences; `--seed S` repeats one. */
import { parseArgs } from 'node:util';
import { dmRun } from './dm-run.ts';
import { allBases } from './hostile/disks.ts';
import { hostileRun } from './hostile/run.ts';
import { groupRun } from './mirror-groups/run.ts';
import * as ofGroups from './mirror-groups/tally.ts';
import { mirrorRun } from './mirror/run.ts';
import { add, emptyTally } from './mirror/tally.ts';
import { nbdRun } from './nbd/run.ts';
import { randomRun } from './random-run.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, seed: { type: 'string' } },
});
const first = Number(values.seed ?? 1);
const last = values.seed === undefined ? Number(values.seeds) : first;

const bases = await allBases();
const mirrors = emptyTally();
const groups = ofGroups.emptyTally();
let failures = 0;
for (let seed = first; seed <= last; seed++) {
  try {
    await dmRun(seed);
    add(mirrors, await mirrorRun(seed));
    ofGroups.add(groups, await groupRun(seed));
    await randomRun(seed);
    await hostileRun(seed, bases);
    await nbdRun(seed);
  } catch (error) {
    failures++;
    console.error(`seed ${seed} (npm run sim -- --seed ${seed}):`, error);
  }
  if (seed % 100 === 0) console.log(`${seed} seeds, ${failures} failed`);
}
console.log(`${last - first + 1} seeds, ${failures} failed`);
// What never happened was not tried.
console.log('mirrors:', JSON.stringify(mirrors));
console.log('groups with mirrors:', JSON.stringify(groups));
process.exitCode = failures > 0 ? 1 : 0;
