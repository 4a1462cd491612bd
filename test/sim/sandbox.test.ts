/** Sandboxes whose disks fail or lose power at any instant: nothing flushed is lost, ever. */
import { describe, expect, test } from 'vitest';
import type { BlockDevice } from '../../core/block/device.ts';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { PowerLossDisk, PowerSupply, type Loss } from '../../core/block/wrap/power-loss.ts';
import { overlaySize } from '../../core/block/overlay/format.ts';
import type { Overlay } from '../../core/block/overlay/overlay.ts';
import { Prng } from '../../core/env/prng.ts';
import { discard, flush, holes, write, zero } from '../support/sectors.ts';
import {
  IMAGE_SIZE,
  contentOf,
  copyOf,
  disk,
  freshPlatter,
  imageContent,
  openOverlay,
  type Platter,
} from '../support/sandbox.ts';

const LOSSES: readonly (readonly [string, () => Loss])[] = [
  ['none lost', () => ({ kind: 'none' })],
  ['all lost', () => ({ kind: 'all' })],
  ...[1, 2, 3].map((seed) => [`torn, seed ${seed}`, torn(seed)] as const),
];

function torn(seed: number): () => Loss {
  return () => ({ kind: 'torn', random: new Prng(seed) });
}

/** What every sector may hold after a crash: what was flushed, or any later write. */
class Expectation {
  private readonly possible: Set<number>[];
  /** After a discard zeros, or what was there. */
  private readonly now: ReadonlySet<number>[];

  constructor(content: readonly number[]) {
    this.possible = content.map((stamp) => new Set([stamp]));
    this.now = content.map((stamp) => new Set([stamp]));
  }

  written(start: number, count: number, stamp: number): void {
    for (let at = start; at < start + count; at++) this.possible[at]?.add(stamp);
  }

  acknowledged(start: number, count: number, stamp: number): void {
    this.now.fill(new Set([stamp]), start, start + count);
  }

  discarded(start: number, count: number): void {
    for (let at = start; at < start + count; at++) this.now[at] = new Set([0, ...this.now[at]!]);
  }

  flushed(): void {
    for (const [at, stamps] of this.now.entries()) this.possible[at] = new Set(stamps);
  }

  /** What is read now, without a crash. */
  expectNow(content: readonly number[]): void {
    const wrong = content.findIndex((stamp, at) => !this.now[at]?.has(stamp));
    expect(wrong, `sector ${wrong} holds ${content[wrong]}`).toBe(-1);
  }

  expectOf(content: readonly number[], where: string): void {
    const wrong = content.findIndex((stamp, at) => !this.possible[at]?.has(stamp));
    expect(wrong, `${where}: sector ${wrong} holds ${content[wrong]}`).toBe(-1);
  }
}

interface Cut {
  readonly supply: PowerSupply;
  readonly overlay: Overlay;
  readonly image: PowerLossDisk;
  after(loss: Loss): Platter;
}

async function powered(before: Platter, cutAfter: number): Promise<Cut> {
  const supply = new PowerSupply(cutAfter);
  const size = overlaySize(IMAGE_SIZE);
  const { image, store } = copyOf(before);
  const imageDisk = new PowerLossDisk('image', IMAGE_SIZE, image, supply);
  const storeDisk = new PowerLossDisk('store', size, store, supply);
  const overlay = await openOverlay({ image, store }, () => storeDisk);
  const after = (loss: Loss): Platter => ({
    image: imageDisk.afterCut(loss),
    store: storeDisk.afterCut(loss),
  });
  return { supply, overlay, image: imageDisk, after };
}

test.each([11, 12, 13, 14])('power goes at any write of seed %i', async (seed) => {
  let before = await freshPlatter();
  const content = await imageContent(before);
  for (let n = 0, more = true; more; n++) {
    // What one crash leaves is what the next run begins with: logs grow over interrupted ones.
    const start = [...(await contentOf(await openOverlay(before)))];
    const expected = new Expectation(start);
    const cut = await powered(before, n % 40);
    const random = new Prng(seed * 1000 + n);
    for (let step = 0; step < 30; step++) await randomStep(cut.overlay, random, expected, step + n);
    if (!cut.supply.off) {
      expected.expectNow(await contentOf(cut.overlay));
      await holes(cut.overlay, 0, IMAGE_SIZE);
    }
    for (const [name, loss] of LOSSES) {
      const left = cut.after(loss());
      const after = await openOverlay(left);
      expected.expectOf(await contentOf(after), `cut after ${n}, ${name}`);
      expect(await imageContent(left)).toEqual(content);
    }
    before = cut.after(LOSSES[n % LOSSES.length]![1]());
    more = n < 60;
  }
});

async function randomStep(
  overlay: Overlay,
  random: Prng,
  expected: Expectation,
  stamp: number,
): Promise<void> {
  if (random.below(4) === 0) {
    if ((await flush(overlay)).ok) expected.flushed();
    return;
  }
  const start = random.below(IMAGE_SIZE - 1);
  const count = 1 + random.below(Math.min(300, IMAGE_SIZE - start));
  const kind = random.below(5);
  expected.written(start, count, kind === 0 || kind === 1 ? 0 : stamp);
  if (kind === 0) {
    if ((await zero(overlay, start, count)).ok) expected.acknowledged(start, count, 0);
    return;
  }
  if (kind === 1) {
    if ((await discard(overlay, start, count)).ok) expected.discarded(start, count);
    return;
  }
  if ((await write(overlay, start, stamp, count)).ok) expected.acknowledged(start, count, stamp);
}

/** A sandbox with changes in some chunks, flushed. */
async function changed(): Promise<Platter> {
  const platter = await freshPlatter();
  const overlay = await openOverlay(platter);
  for (const start of [0, 3, 300, 700, 701, IMAGE_SIZE - 2]) await write(overlay, start, 5, 2);
  await flush(overlay);
  return platter;
}

async function expectApplies(platter: Platter, content: readonly number[]): Promise<void> {
  const overlay = await openOverlay(platter);
  expect(await contentOf(overlay)).toEqual(content);
  const done = await overlay.apply(disk('image', IMAGE_SIZE, platter.image));
  expect(done).toEqual({ ok: true });
  expect(await imageContent(platter)).toEqual(content);
}

describe('applying', () => {
  test('goes on where power went', async () => {
    const before = await changed();
    const content = await contentOf(await openOverlay(before));
    let n = 0;
    for (let again = true; again; n++) {
      const cut = await powered(before, n);
      const done = await cut.overlay.apply(cut.image);
      expect(done.ok).toBe(!cut.supply.off);
      again = cut.supply.off;
      for (const [, loss] of LOSSES) await expectApplies(cut.after(loss()), content);
    }
    expect(n).toBeGreaterThan(6);
  });

  test.each([false, true])('goes on where the Nth I/O failed (stays: %s)', async (stays) => {
    const before = await changed();
    const content = await contentOf(await openOverlay(before));
    let n = 0;
    for (let again = true; again; n++) {
      const platter = copyOf(before);
      let counting = false;
      const plan = new FaultPlan({ nth: n, stays, when: () => counting, leaves: 'half' });
      const wrap = (device: BlockDevice): BlockDevice => new FaultyDevice(device, plan);
      const overlay = await openOverlay(platter, wrap);
      counting = true;
      const done = await overlay.apply(wrap(disk('image', IMAGE_SIZE, platter.image)));
      expect(done.ok).toBe(!plan.fired);
      again = plan.fired;
      counting = false;
      // The image is untouched as long as the header does not say otherwise.
      const left = await openOverlay(platter);
      if (left.state === 'open') {
        expect(await imageContent(platter)).toEqual(await imageContent(before));
      }
      await expectApplies(platter, content);
    }
    expect(n).toBeGreaterThan(6);
  });
});
