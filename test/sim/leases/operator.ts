/** Changes of a stack that is in use. */
import type { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import type { SuspendHow } from '../../../core/dm/target.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { must } from '../../support/results.ts';
import type { Sim } from '../../support/sim.ts';
import type { FakeDisk } from './disks.ts';
import type { Episode, Model } from './model.ts';
import { Bottom, CHUNKS, placeIn, SEGMENT, Upper, type Segment, type Volume } from './stack.ts';
import { SLOWEST, type Transfer } from './thread.ts';

const KINDS = ['pause', 'nested', 'move', 'mirror', 'mask', 'recut', 'grow', 'alone'] as const;
type ChangeKind = (typeof KINDS)[number];

export type OperatorTally = Record<ChangeKind, number>;

/** Segments of a device at most. */
const LARGEST = 4;

interface Ground {
  readonly sim: Sim;
  readonly dm: DeviceMapper;
  readonly disks: readonly FakeDisk[];
  readonly volumes: readonly Volume[];
  readonly tally: OperatorTally;
  readonly underWay: () => readonly Transfer[];
}

export class Operator {
  private readonly weights: Record<ChangeKind, number>;

  constructor(private readonly ground: Ground) {
    this.weights = ground.sim.random.weights(KINDS);
  }

  /** One of them, unless somebody else is at it. */
  async change(models: readonly Model[]): Promise<void> {
    const { random } = this.ground.sim;
    const kind = random.weighted(this.weights);
    const model = random.pick(models);
    const all = this.below(model.top);
    const volume = random.pick(all);
    const bottom = random.pick(all.filter((one) => one instanceof Bottom));
    switch (kind) {
      case 'pause':
        return this.alone(kind, [volume], () => this.whileQuiet(volume, () => this.wait(1500)));
      case 'nested':
        return this.alone(kind, all, () => this.nested(all));
      case 'move':
        return this.alone(kind, [bottom], () => this.move(bottom));
      case 'mirror':
        return this.alone(kind, [bottom], () => this.mirror(bottom));
      case 'mask':
        return this.alone(kind, [bottom], () => this.mask(bottom, model));
      case 'recut':
        return this.alone(kind, [volume], () => this.recut(volume));
      case 'grow':
        return this.alone(kind, all, () => this.grow(model));
      case 'alone':
        this.ground.tally.alone++;
        return random.pick(this.ground.disks).undisturbed(() => undefined);
    }
  }

  /** Undefined: the disks are full. */
  newSegment(): Segment | undefined {
    const { sim, disks } = this.ground;
    const count = sim.random.pick([1, 1, 2, 4]);
    const chunk = sim.random.pick(CHUNKS.filter((size) => SEGMENT % (size * count) === 0));
    const legs: { disk: FakeDisk; start: number }[] = [];
    for (let leg = 0; leg < count; leg++) {
      const disk = sim.random.pick(disks);
      const start = disk.take(SEGMENT / count);
      if (start === undefined) {
        scrap({ chunk, legs }, count);
        return undefined;
      }
      legs.push({ disk, start });
    }
    return { chunk: count === 1 ? SEGMENT : chunk, legs };
  }

  private async alone(
    kind: ChangeKind,
    volumes: readonly Volume[],
    act: () => Promise<void>,
  ): Promise<void> {
    if (volumes.some(({ busy }) => busy)) return;
    this.ground.tally[kind]++;
    for (const one of volumes) one.busy = true;
    await act();
    for (const one of volumes) one.busy = false;
  }

  /** Itself first, then what lies below. */
  private below(volume: Volume): Volume[] {
    if (!(volume instanceof Upper)) return [volume];
    return [volume, ...volume.lowers.flatMap((lower) => this.below(lower))];
  }

  /** Nothing may touch what lies below it, from when it is suspended until it is resumed. */
  private async whileQuiet(volume: Volume, act: () => Promise<void>): Promise<void> {
    const { sim, dm } = this.ground;
    const inFlight = sim.random.pick(['drain', 'hold'] as const);
    const how: SuspendHow = { inFlight, freeze: sim.random.chance(50) };
    must(await dm.suspend(volume.name, how));
    volume.quiet = true;
    for (const { disk, at } of this.ground.underWay()) {
      const owner = this.ground.volumes.find((one) => one instanceof Bottom && one.owns(disk, at));
      if (owner?.path.includes(volume) !== true) continue;
      throw new Error(`${volume.name} is suspended, and ${disk.name} is being used`);
    }
    await act();
    volume.quiet = false;
    must(await dm.resume(volume.name));
  }

  private async nested(volumes: readonly Volume[]): Promise<void> {
    const [first, ...others] = volumes;
    if (!first) return this.wait(500);
    await this.whileQuiet(first, () => this.nested(others));
  }

  private async recut(volume: Volume): Promise<void> {
    const { sim, dm } = this.ground;
    must(dm.load(volume.name, volume.table(sim.random)));
    await this.wait(300);
    if (sim.random.chance(50)) must(await dm.resume(volume.name));
    else await this.whileQuiet(volume, () => this.wait(300));
  }

  /** A segment somewhere else, its data with it. */
  private async move(bottom: Bottom): Promise<void> {
    const { sim, dm } = this.ground;
    const index = sim.random.below(bottom.segments.length);
    const old = bottom.segments[index];
    const next = this.newSegment();
    if (!old || !next) return;
    await this.whileQuiet(bottom, async () => {
      await this.wait(200);
      const data = new Uint8Array(512);
      for (let offset = 0; offset < SEGMENT; offset++) {
        const [from, to] = [placeIn(old, offset), placeIn(next, offset)];
        from.disk.store.read(from.at, data);
        to.disk.overwrite(to.at, data);
      }
      bottom.segments[index] = next;
      must(dm.load(bottom.name, bottom.table()));
      scrap(old, old.legs.length);
    });
  }

  /** A segment somewhere else, by a mirror, while it is used; or it stays where it was. */
  private async mirror(bottom: Bottom): Promise<void> {
    const { sim, dm } = this.ground;
    const disk = sim.random.pick(this.ground.disks);
    const segment = bottom.segments.find(({ legs }) => legs.length === 1);
    const [from] = segment?.legs ?? [];
    const start = from && disk.take(SEGMENT);
    if (!segment || !from || start === undefined) return;
    segment.copy = { disk, start, regionSize: sim.random.pick([8, 16, 64]) };
    must(dm.load(bottom.name, bottom.table()));
    must(await dm.resume(bottom.name));
    while (!isCopied(dm, bottom.name)) await this.wait(500);
    await this.wait(1000);
    await this.whileQuiet(bottom, async () => {
      const moved = isCopied(dm, bottom.name) && sim.random.chance(75);
      await this.wait(200);
      delete segment.copy;
      const to = { disk, start };
      if (moved) segment.legs = [to];
      must(dm.load(bottom.name, bottom.table()));
      scrap({ chunk: SEGMENT, legs: [moved ? from : to] }, 1);
    });
  }

  /** For a while there is something else in the place of a segment. */
  private async mask(bottom: Bottom, model: Model): Promise<void> {
    const { sim, dm } = this.ground;
    const segment = sim.random.pick(bottom.segments);
    const mask = sim.random.pick(['error', 'zero'] as const);
    const episode: Episode = { bottom, segment, mask, live: false };
    model.beginEpisode(episode);
    const swap = async (to?: 'error' | 'zero'): Promise<void> => {
      if (to) segment.mask = to;
      else delete segment.mask;
      must(dm.load(bottom.name, bottom.table()));
      if (sim.random.chance(50)) must(await dm.resume(bottom.name));
      else await this.whileQuiet(bottom, () => this.wait(300));
    };
    await swap(mask);
    episode.live = true;
    await this.wait(3000);
    episode.live = false;
    await swap();
    model.episodes.delete(episode);
  }

  /** From the bottom up. */
  private async grow(model: Model): Promise<void> {
    const { sim, dm } = this.ground;
    const path: Volume[] = [model.top];
    for (let at = model.top; at instanceof Upper;) {
      if (at.chunk !== undefined) return;
      const last = at.lowers.at(-1);
      if (!last) return;
      path.unshift(last);
      at = last;
    }
    const bottom = path[0];
    if (!(bottom instanceof Bottom) || bottom.segments.length >= LARGEST) return;
    const segment = this.newSegment();
    if (!segment) return;
    bottom.segments.push(segment);
    model.grow(model.top.length + SEGMENT);
    for (const volume of path) {
      must(dm.load(volume.name, volume.table(sim.random)));
      must(await dm.resume(volume.name));
      volume.length = volume.wanted;
      await this.wait(200);
    }
    // By then every thread has heard of it.
    await sleep(sim.scheduler, 2 * SLOWEST, 'news of the size');
    model.reach = model.top.length;
  }

  private wait(most: number): Promise<void> {
    const { scheduler, random } = this.ground.sim;
    return sleep(scheduler, random.below(most), 'an operator waits');
  }
}

const isCopied = (dm: DeviceMapper, name: string): boolean =>
  dm.mirrors().some(({ device, regions, inSync }) => device === name && inSync === regions);

/** @param count of its legs, of which there may be fewer yet */
function scrap({ legs }: Segment, count: number): void {
  for (const { disk, start } of legs) disk.scrap(start, SEGMENT / count);
}
