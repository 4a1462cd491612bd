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
  readonly acts: readonly Act[];
}

/** Copies before the first stage with copies is over. */
const FIRST = 8;
/** In percent. */
const AGAIN = 30;
const FLUSH = 25;
const MOST_AT_ONCE = 4;
/** Chunks that the last burst of a stage may touch beyond what the stage needs. */
export const BEYOND = 2 * MOST_AT_ONCE - 1;

/**
 * Every stage in which something may be cut: a life with a table that goes on in a second sector
 * and a clean shutdown; one in which the store runs full; and one that ends in a merge.
 * @param turnover copies that need more than one sector of the table; the store has room for two
 *   more, and `BEYOND`
 */
export function scripts(
  random: Prng,
  sizes: Sizes,
  turnover: number,
  merges: boolean,
): readonly Script[] {
  const life = new Writes(random, sizes);
  const full = new Writes(random, sizes);
  const merged = new Writes(random, sizes);
  const begins = new Writes(random, sizes).upTo(FIRST);
  // The disk still holds in its cache what is to be in the snapshot.
  const acts = (...all: readonly Act[]): Script => ({
    acts: [{ stage: 'creation', cut: false, bursts: begins }, ...all],
  });
  return [
    acts(
      { stage: 'creation', cut: true },
      { stage: 'first copies', cut: true, bursts: life.upTo(FIRST) },
      { stage: 'table turnover', cut: true, bursts: life.upTo(turnover) },
      { stage: 'shutdown', cut: true },
      { stage: 'start', cut: true },
      { stage: 'first copies', cut: true, bursts: life.upTo(turnover + 2) },
      { stage: 'removal', cut: true },
    ),
    acts(
      { stage: 'creation', cut: false },
      { stage: 'first copies', cut: false, bursts: full.upTo(sizes.room - BEYOND) },
      { stage: 'full store', cut: true, bursts: full.upTo(sizes.room + 3) },
      { stage: 'removal', cut: true },
    ),
    ...(merges
      ? [
          acts(
            { stage: 'creation', cut: false },
            { stage: 'first copies', cut: false, bursts: merged.upTo(turnover) },
            { stage: 'merge', cut: true },
          ),
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
      for (let left = 1 + this.random.below(MOST_AT_ONCE); left > 0; left--) {
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
    const count = 1 + this.random.below(Math.min(chunkSize + 1, chunks * chunkSize - start));
    return { start, count };
  }

  private chunksOf({ start, count }: Write): readonly number[] {
    const { chunkSize } = this.sizes;
    const first = Math.floor(start / chunkSize);
    const last = Math.floor((start + count - 1) / chunkSize);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }
}
