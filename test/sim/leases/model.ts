/** What a read of a volume may find, and the requests that are under way. */
import type { Bottom, Segment, Volume } from './stack.ts';

/** While one is under way, no other that changes anything lies where it does. */
export interface Active {
  readonly start: number;
  readonly count: number;
  readonly writes: boolean;
  /** It may meet a segment that is masked, or not. */
  loose: boolean;
}

/** A segment whose place something else takes for a while. */
export interface Episode {
  readonly bottom: Bottom;
  readonly segment: Segment;
  readonly mask: 'error' | 'zero';
  /** Every request meets it. */
  live: boolean;
}

export class Model {
  /** Of each sector, the stamps that may be found. */
  private readonly allowed: (readonly number[])[] = [];
  /** Sectors that programs use. */
  reach = 0;
  readonly active = new Set<Active>();
  readonly episodes = new Set<Episode>();

  constructor(readonly top: Volume) {
    this.reach = top.length;
    this.grow(top.length);
  }

  grow(length: number): void {
    while (this.allowed.length < length) this.allowed.push([0]);
  }

  /** Undefined: something else is under way there. */
  begin(start: number, count: number, writes: boolean): Active | undefined {
    for (const one of this.active) {
      const apart = one.start + one.count <= start || start + count <= one.start;
      if (!apart && (writes || one.writes)) return undefined;
    }
    const loose = [...this.episodes].some((episode) => this.meets(episode, start, count));
    const active = { start, count, writes, loose };
    this.active.add(active);
    return active;
  }

  beginEpisode(episode: Episode): void {
    this.episodes.add(episode);
    for (const one of this.active) one.loose ||= this.meets(episode, one.start, one.count);
  }

  private meets(episode: Episode, start: number, count: number): boolean {
    for (let at = start; at < start + count; at++) if (this.isIn(episode, at)) return true;
    return false;
  }

  isIn({ bottom, segment }: Episode, at: number): boolean {
    const found = this.top.find(at);
    return found.bottom === bottom && bottom.segmentAt(found.sector) === segment;
  }

  /** Those that every request from now on meets there. */
  liveAt(start: number, count: number): ReadonlySet<Episode> {
    const live = [...this.episodes].filter((one) => one.live && this.meets(one, start, count));
    return new Set(live);
  }

  /** @param met what it met all the time */
  found({ start, loose }: Active, stamps: readonly number[], met: Iterable<Episode>): void {
    const masks = [...met];
    for (const [index, stamp] of stamps.entries()) {
      const at = start + index;
      const zeros = masks.some((one) => this.isIn(one, at));
      const allowed = zeros ? [0] : (this.allowed[at] ?? []);
      if (allowed.includes(stamp) || (loose && stamp === 0)) continue;
      const told = `${loose ? 'about ' : ''}${allowed.join(' ')}`;
      throw new Error(`${this.top.name}, sector ${at}: found ${stamp}, allowed ${told}`);
    }
  }

  /** @param sure it has been done where the sectors are, not in something else's place */
  wrote({ start, count }: Active, stamp: number, sure: boolean): void {
    for (let at = start; at < start + count; at++) {
      const before = this.allowed[at] ?? [];
      this.allowed[at] = sure ? [stamp] : [...before, stamp];
    }
  }

  checkDurable({ start, count }: Active): void {
    for (let sector = start; sector < start + count; sector++) {
      const place = this.top.find(sector);
      const { disk, at } = place.bottom.onDisk(place.sector);
      if (disk.isDirty(at)) throw new Error(`${this.top.name}, sector ${sector}: not durable`);
    }
  }

  /** Straight from the disks. */
  check(stampAt: (sector: number) => number): void {
    const whole = { start: 0, count: this.allowed.length, writes: false, loose: false };
    this.found(
      whole,
      this.allowed.map((_, at) => stampAt(at)),
      [],
    );
  }
}
