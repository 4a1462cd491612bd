/** Waits for copies as lvconvert and pvmove do, which say how far they are every now and then. */
import type { Copying, Plan } from '../contract/plan.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { Copy } from '../engine/copies.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { CommandLog } from './command-log.ts';
import { errorSpoken, STATUS, statusOf, type Spoken } from './output.ts';
import { saidLater, type Ran } from './ran.ts';

/** Seconds between two lines (`activation/polling_interval`). */
const INTERVAL = 15;

interface Followed {
  readonly said: readonly Notice[];
  readonly failure?: VolumeError;
}

/** Until what it began is done, where somebody waits for that. */
export async function waitFor(
  line: { readonly engine: CommandEngine; readonly command: string; readonly log: CommandLog },
  request: Request,
  plan: Plan | undefined,
  tell: (spoken: readonly Spoken[]) => void,
): Promise<Ran> {
  const { said, failure } = await copied(line.engine, request, plan, (now) => {
    tell(saidLater(now));
  });
  // What the end of the copy did is of this line's log.
  const logged = line.log.taken().map((one): Spoken => ({ level: 'direct', line: one }));
  const broken = failure ? errorSpoken(failure, line.command) : [];
  return {
    ...(failure && { failure }),
    status: failure ? statusOf(failure) : STATUS.done,
    said,
    spoken: [...logged, ...saidLater(said), ...broken],
  };
}

interface Waited {
  readonly copying: Copying;
  readonly copy: Copy;
  isOver: boolean;
}

/**
 * What is said until the copies that a plan began are done, round after round; nothing where nobody
 * waits for them.
 * @param hear called each time with all of it, from the moment the line only waits
 */
async function copied(
  engine: CommandEngine,
  request: Request,
  whole: Plan | undefined,
  hear: (said: readonly Notice[]) => void,
): Promise<Followed> {
  const begins = lastOf(whole)?.begins ?? [];
  const mayWait = request.verb === 'lvconvert' || request.verb === 'pvmove';
  if (begins.length === 0 || !mayWait || request.background) return { said: [] };
  const waited = begins.map((copying): Waited => ({
    copying,
    copy: engine.copies.follow(copying),
    isOver: false,
  }));
  const over = Promise.all(
    waited.map(async (one) => {
      await one.copy.ended;
      one.isOver = true;
    }),
  );
  const { interval = INTERVAL, waitsFirst = false } = request;
  const said = await talk(engine, waited, { over, interval, waitsFirst, hear });
  for (const { copying, copy } of waited) {
    const { phase, title, why } = await copy.ended;
    if (copy.failure) return { said, failure: copy.failure };
    if (phase === 'failed') return { said, failure: { code: 'job-failed', title, why: why ?? '' } };
    if (phase === 'cancelled' && copying.moves !== undefined) {
      said.push({ code: 'no-move-in-progress', device: copying.moves });
    } else if (copying.done && copy.percent !== undefined) said.push(...copying.done);
  }
  return { said };
}

interface Talk {
  readonly over: Promise<unknown>;
  /** Seconds; without one only the end is told, as in LVM. */
  readonly interval: number;
  readonly waitsFirst: boolean;
  readonly hear: (said: readonly Notice[]) => void;
}

/** Each copy once a round, for the last time when it is complete or there is none any more. */
async function talk(
  engine: CommandEngine,
  waited: readonly Waited[],
  { over, interval, waitsFirst, hear }: Talk,
): Promise<Notice[]> {
  const said: Notice[] = [];
  if (waitsFirst && interval > 0) await Promise.race([over, engine.pause(interval)]);
  for (let left = waited; left.length > 0;) {
    left = left.filter(({ copying, copy, isOver }) => {
      const { percent } = copy;
      if (percent === undefined) return false;
      if (interval > 0) said.push(progress(copying, percent));
      return percent < 100 && !isOver;
    });
    hear(said);
    if (left.length > 0) await Promise.race([over, interval > 0 ? engine.pause(interval) : over]);
  }
  return said;
}

function progress({ vg, lv, moves, merges }: Copying, percent: number): Notice {
  if (merges !== undefined) return { code: 'lv-merge-percent', vg, lv, percent };
  return moves === undefined
    ? { code: 'lv-convert-percent', vg, lv, percent }
    : { code: 'pv-move-percent', device: moves, percent };
}

function lastOf(plan: Plan | undefined): Plan | undefined {
  return plan?.then ? lastOf(plan.then) : plan;
}
