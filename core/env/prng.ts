import { assert } from '../base/assert.ts';

/** The only source of chance that core knows. */
export interface Random {
  /** An integer in [0, limit); limit from 1 to 2^32. */
  below(limit: number): number;
}

/** xoshiro128**: a seed fixes every choice of a run. Not for secrets. */
export class Prng implements Random {
  private readonly s: Uint32Array;

  constructor(readonly seed: number) {
    // splitmix32 spreads neighbouring seeds far apart.
    let z = seed >>> 0;
    this.s = Uint32Array.from({ length: 4 }, () => {
      z = (z + 0x9e3779b9) >>> 0;
      let t = z ^ (z >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      return (t ^ (t >>> 15)) >>> 0;
    });
  }

  next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.s;
    const rotated = Math.imul(b, 5);
    const result = Math.imul((rotated << 7) | (rotated >>> 25), 9) >>> 0;
    const x = c ^ a;
    const y = d ^ b;
    this.s.set([a ^ y, b ^ x, x ^ (b << 9), (y << 11) | (y >>> 21)]);
    return result;
  }

  below(limit: number): number {
    assert(limit >= 1 && limit <= 2 ** 32, `no integer below ${limit}`);
    // The bias of a multiplication is below 2^-20 for every limit used here.
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert(item !== undefined || items.length > 0, 'nothing to pick from');
    return item as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Swarm weights: some choices are switched off for a whole run, the rest vary widely. */
  weights<K extends string>(keys: readonly K[]): Record<K, number> {
    const kept = this.pick(keys);
    const out = {} as Record<K, number>;
    for (const key of keys) {
      out[key] = key === kept || this.chance(50) ? 1 + this.below(100) : 0;
    }
    return out;
  }

  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [key, weight] of entries) {
      if (left < weight) return key;
      left -= weight;
    }
    throw new Error('weights add up to nothing');
  }
}
