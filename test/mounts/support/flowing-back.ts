/** A snapshot flows back into its origin, which from the first moment on is what it was. */
import type { Prng } from '../../../core/env/prng.ts';
import type { Crossing } from './crossing.ts';
import type { Taken } from './taken.ts';
import type { ToldLab } from './told-lab.ts';

const SECTOR = 512;
const MOST_CHECKS = 5;
const LOOK_MILLIS = 20;
/** Runs of chunks a second while it is written. */
const RATES = ['off', '20', '100'];
const PATIENCE_MILLIS = 60_000;

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

/** What it happens in. */
export interface Around {
  readonly lab: ToldLab;
  readonly random: Prng;
  readonly crossing: Crossing;
  /** The other snapshots that are valid. */
  others(): readonly Taken[];
  checkOthers(): Promise<void>;
}

/**
 * Written meanwhile it is what was written. In the end it is put back.
 * @param begin lets it begin
 */
export async function flowBack(
  snapshot: Taken,
  begin: () => Promise<unknown>,
  around: Around,
): Promise<void> {
  const { lab, random, crossing } = around;
  const content = Buffer.from(snapshot.content);
  lab.tell(`${snapshot.volume} flows back`);
  await begin();
  for (let times = random.below(1 + MOST_CHECKS); times > 0; times--) {
    await crossing.expect(content);
    if (await lab.isThere(snapshot.name)) lab.count('checksInMerge');
    if (random.chance(70)) {
      // It would be over before it is met.
      await lab.throttle('0');
      const goOn = (): Promise<void> => lab.throttle(random.pick(RATES));
      await crossing.meet(content, around.others(), await flowsNext(lab), goOn);
      if (await lab.isThere(snapshot.name)) lab.count('crossingsInMerge');
    }
    if (random.chance(30)) await around.checkOthers();
    if (random.chance(15)) {
      // What flows back may have been too much for some of them since they were checked.
      for (const other of around.others()) other.openedAnew();
      await lab.reopen();
    }
  }
  await lab.throttle('off');
  for (let waited = 0; await lab.isThere(snapshot.name); waited += LOOK_MILLIS) {
    if (waited > PATIENCE_MILLIS) {
      throw new Error(`no end of it: ${await lab.run('lvs -a -o +data_percent')}`);
    }
    await pause(LOOK_MILLIS);
  }
  await crossing.expect(content);
  await around.checkOthers();
  await crossing.putBack(content, snapshot.content);
}

/** Where in the origin, in bytes; empty: nothing does. */
async function flowsNext(lab: ToldLab): Promise<readonly number[]> {
  const { snapshots } = await lab.api.state();
  const merge = snapshots.find(({ role }) => role === 'merge');
  if (!merge) return [];
  const { merging, recent, chunkSize } = merge;
  return [...(merging ? [merging] : []), ...recent].map(
    ({ oldChunk }) => oldChunk * chunkSize * SECTOR,
  );
}
