/** Waits for a copy as lvconvert does, which says how far it is every now and then. */
import type { Plan } from '../contract/plan.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { Request } from '../lvm/ops/index.ts';

/** Seconds between two lines (`activation/polling_interval`). */
const INTERVAL = 15;

interface Followed {
  readonly said: readonly Notice[];
  readonly failure?: VolumeError;
}

/**
 * What is said until the copy that a plan began is done; nothing where nobody waits for it.
 * @param hear called each time with all of it, from the moment the line only waits
 */
export async function copied(
  engine: CommandEngine,
  request: Request,
  whole: Plan | undefined,
  hear: (said: readonly Notice[]) => void,
): Promise<Followed> {
  const [begins] = lastOf(whole)?.begins ?? [];
  if (!begins || request.verb !== 'lvconvert' || request.background) {
    return { said: [] };
  }
  const { vg, lv, done } = begins;
  const copy = engine.copies.follow(begins);
  const { interval = INTERVAL } = request;
  const said: Notice[] = [];
  let isOver = false as boolean;
  const over = copy.ended.then(() => {
    isOver = true;
  });
  if (request.waitsFirst && interval > 0) await Promise.race([over, engine.pause(interval)]);
  for (;;) {
    const { percent } = copy;
    if (percent === undefined) return { said };
    // Without an interval only the end is told, as in LVM.
    if (interval > 0) said.push({ code: 'lv-convert-percent', vg, lv, percent });
    hear(said);
    if (percent >= 100 || isOver) break;
    await Promise.race([over, interval > 0 ? engine.pause(interval) : over]);
  }
  const { phase, title, why } = await copy.ended;
  if (copy.failure) return { said, failure: copy.failure };
  if (phase === 'failed') return { said, failure: { code: 'job-failed', title, why: why ?? '' } };
  return { said: done ? [...said, done] : said };
}

function lastOf(plan: Plan | undefined): Plan | undefined {
  return plan?.then ? lastOf(plan.then) : plan;
}
