/** What a run does: which writes, in which stage, by a seed. */
import { must } from '../../base/assert.ts';
import type { Prng } from '../../env/prng.ts';
import type { Sizes, Stage } from './types.ts';

/** A write to the original, in sectors. */
export interface Write {
  readonly start: number;
  readonly count: number;
}

/** Writes at once, to different sectors; then maybe a flush. */
export interface Burst {
  readonly writes: readonly Write[];
  readonly flush: boolean;
}

export interface Act {
  readonly stage: Stage;
  /** What was cut here in another script is not cut here again. */
  readonly cut: boolean;
  /** Absent: the stage is one act of the machine. */
  readonly bursts?: readonly Burst[];
}

export interface Script {
  /** Before the machine that `acts` begin with is switched on; nothing: it is a new one. */
  readonly prepare: readonly Act[];
  readonly acts: readonly Act[];
}

/** Copies before the first stage with copies is over. */
const FIRST = 8;
/** In percent. */
const AGAIN = 30;
const FLUSH = 25;
const MOST_AT_ONCE = 4;
/** Chunks of a write before a merge, which takes as one what lies side by side. */
const LONG = 6;
/** Chunks that are written while it merges. */
const MEANWHILE = 12;
/** Copies that are left for the stage in which the table turns. */
const TURNING = 12;
/** Chunks that the last burst of a stage may touch beyond what the stage needs. */
export const BEYOND = 2 * MOST_AT_ONCE - 1;

/**
 * Every stage in which something may be cut: the first copies; the table going on in a second
 * sector, and a clean shutdown; the store running full; and a merge.
 * @param turnover copies that need a bit more than one sector of the table, at least `TURNING`; the
 *   store has room for two more, and `BEYOND`
 */
export function scripts(
  random: Prng,
  sizes: Sizes,
  turnover: number,
  merges: boolean,
): readonly Script[] {
  const young = new Writes(random, sizes);
  const life = new Writes(random, sizes);
  const full = new Writes(random, sizes);
  const merged = new Writes(random, sizes, LONG);
  const begins = new Writes(random, sizes).upTo(FIRST);
  const meanwhile = new Writes(random, sizes).upTo(MEANWHILE);
  const almost = life.upTo(turnover - TURNING);
  // The disk still holds in its cache what is to be in the snapshot.
  const born: Act = { stage: 'creation', cut: false, bursts: begins };
  const prepare = (bursts: readonly Burst[]): readonly Act[] => [
    born,
    { stage: 'creation', cut: false },
    { stage: 'first copies', cut: false, bursts },
    { stage: 'shutdown', cut: false },
  ];
  const cut = (stage: Stage, bursts?: readonly Burst[]): Act => ({
    ...{ stage, cut: true },
    ...(bursts && { bursts }),
  });
  const start: Act = { stage: 'start', cut: false };
  const turning = [
    ...[cut('start'), cut('table turnover', life.upTo(turnover)), cut('shutdown'), cut('start')],
    ...[cut('first copies', life.upTo(turnover + 2)), cut('removal')],
  ];
  return [
    { prepare: [], acts: [born, cut('creation'), cut('first copies', young.upTo(FIRST))] },
    { prepare: prepare(almost), acts: turning },
    {
      prepare: prepare(full.upTo(sizes.room - BEYOND)),
      acts: [start, cut('full store', full.upTo(sizes.room + 3)), cut('removal')],
    },
    ...(merges
      ? [
          {
            prepare: prepare(merged.upTo(turnover)),
            acts: [start, cut('merge', meanwhile)],
          },
        ]
      : []),
  ];
}

class Writes {
  private readonly touched = new Set<number>();
  /** Chunks in the order in which they are written first. */
  private readonly order: readonly number[];

  constructor(
    private readonly random: Prng,
    private readonly sizes: Sizes,
    /** Chunks of the longest write; long ones come alone. */
    private readonly longest = 1,
  ) {
    const left = Array.from({ length: sizes.chunks }, (_, chunk) => chunk);
    this.order = left.map((_, at) => {
      const other = at + random.below(left.length - at);
      const chunk = must(left[other], 'a chunk');
      left[other] = must(left[at], 'a chunk');
      return chunk;
    });
  }

  /** Bursts after which so many chunks have been written, or a few more. */
  upTo(chunks: number): readonly Burst[] {
    const bursts: Burst[] = [];
    while (this.touched.size < chunks) {
      const busy = new Set<number>();
      const writes: Write[] = [];
      const atOnce = this.longest > 1 ? 1 : MOST_AT_ONCE;
      for (let left = 1 + this.random.below(atOnce); left > 0; left--) {
        const write = this.write();
        const sectors = Array.from({ length: write.count }, (_, at) => write.start + at);
        if (sectors.some((sector) => busy.has(sector))) continue;
        for (const sector of sectors) busy.add(sector);
        writes.push(write);
        for (const chunk of this.chunksOf(write)) this.touched.add(chunk);
      }
      bursts.push({ writes, flush: this.random.chance(FLUSH) });
    }
    return bursts;
  }

  /** To a chunk that was written already, or to the next one; it may reach into another. */
  private write(): Write {
    const { chunkSize, chunks } = this.sizes;
    const fresh = this.order.find((chunk) => !this.touched.has(chunk)) ?? 0;
    const old = this.random.chance(AGAIN) && this.touched.size > 0;
    const chunk = old ? this.random.pick([...this.touched]) : fresh;
    const start = chunk * chunkSize + this.random.below(chunkSize);
    const most = this.longest * chunkSize + 1;
    const count = 1 + this.random.below(Math.min(most, chunks * chunkSize - start));
    return { start, count };
  }

  private chunksOf({ start, count }: Write): readonly number[] {
    const { chunkSize } = this.sizes;
    const first = Math.floor(start / chunkSize);
    const last = Math.floor((start + count - 1) / chunkSize);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }
}
