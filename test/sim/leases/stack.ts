/** Mapped devices upon each other: what their tables are, and where a sector of them lies. */
import { must as present } from '../../../core/base/assert.ts';
import type { DevNo } from '../../../core/contract/units.ts';
import type { Prng } from '../../../core/env/prng.ts';
import type { FakeDisk } from './disks.ts';

/** Sectors of a segment. */
export const SEGMENT = 128;
export const CHUNKS = [8, 16, 32, 64] as const;

/** Of a device on disks. */
export interface Segment {
  readonly chunk: number;
  legs: readonly { readonly disk: FakeDisk; readonly start: number }[];
  /** What is in its place for now. */
  mask?: 'error' | 'zero';
  /** A mirror copies it there, in regions of so many sectors. */
  copy?: { readonly disk: FakeDisk; readonly start: number; readonly regionSize: number };
}

export interface Place {
  readonly bottom: Bottom;
  readonly sector: number;
}

abstract class Volume {
  /** As its live table says. */
  length = 0;
  /** Somebody is changing it. */
  busy = false;
  /** Nothing may touch what lies below it. */
  quiet = false;
  /** Itself and those that lie on it. */
  readonly path: Volume[] = [this];

  constructor(
    readonly name: string,
    readonly devno: DevNo,
  ) {}

  abstract table(random: Prng): readonly string[];
  abstract find(sector: number): Place;
  abstract readonly wanted: number;
}

export type { Volume };

export class Bottom extends Volume {
  readonly segments: Segment[] = [];

  get wanted(): number {
    return this.segments.length * SEGMENT;
  }

  table(): readonly string[] {
    return this.segments.map(({ chunk, legs, mask, copy }, index) => {
      const where = `${index * SEGMENT} ${SEGMENT}`;
      if (mask) return `${where} ${mask}`;
      const places = legs.map(({ disk, start }) => `8:${disk.number * 16} ${start}`).join(' ');
      if (copy) {
        const to = `8:${copy.disk.number * 16} ${copy.start}`;
        return `${where} mirror core 1 ${copy.regionSize} 2 ${places} ${to}`;
      }
      if (legs.length === 1) return `${where} linear ${places}`;
      return `${where} striped ${legs.length} ${chunk} ${places}`;
    });
  }

  find(sector: number): Place {
    return { bottom: this, sector };
  }

  segmentAt(sector: number): Segment {
    return present(this.segments[Math.floor(sector / SEGMENT)], `sector ${sector}`);
  }

  /** Where the data of a sector is kept. */
  onDisk(sector: number): { disk: FakeDisk; at: number } {
    return placeIn(this.segmentAt(sector), sector % SEGMENT);
  }

  /** Whether a sector of a disk is one of its own. */
  owns(disk: FakeDisk, at: number): boolean {
    return this.segments.some(({ legs, copy }) =>
      [...legs, ...(copy ? [copy] : [])].some((leg) => {
        return leg.disk === disk && at >= leg.start && at < leg.start + SEGMENT / legs.length;
      }),
    );
  }
}

export function placeIn({ chunk, legs }: Segment, offset: number): { disk: FakeDisk; at: number } {
  const number = Math.floor(offset / chunk);
  const leg = present(legs[number % legs.length], 'a leg');
  const row = Math.floor(number / legs.length);
  return { disk: leg.disk, at: leg.start + row * chunk + (offset % chunk) };
}

/** One behind the other, in pieces that are cut anew in every table; or chunk by chunk in turn. */
export class Upper extends Volume {
  constructor(
    name: string,
    devno: DevNo,
    readonly lowers: readonly Volume[],
    /** Of stripes. */
    readonly chunk?: number,
  ) {
    super(name, devno);
    const raise = (volume: Volume): void => {
      volume.path.push(this);
      if (volume instanceof Upper) volume.lowers.forEach(raise);
    };
    lowers.forEach(raise);
  }

  get wanted(): number {
    return this.lowers.reduce((sum, { length }) => sum + length, 0);
  }

  table(random: Prng): readonly string[] {
    if (this.chunk !== undefined) {
      const legs = this.lowers.map(({ devno }) => `${devno} 0`).join(' ');
      return [`0 ${this.wanted} striped ${this.lowers.length} ${this.chunk} ${legs}`];
    }
    let start = 0;
    return this.lowers.flatMap(({ devno, length }) => {
      const lines: string[] = [];
      for (let offset = 0; offset < length;) {
        const most = length - offset;
        const count = random.chance(50) ? most : Math.min(most, 1 + random.below(100));
        lines.push(`${start} ${count} linear ${devno} ${offset}`);
        offset += count;
        start += count;
      }
      return lines;
    });
  }

  find(sector: number): Place {
    if (this.chunk !== undefined) {
      const number = Math.floor(sector / this.chunk);
      const lower = present(this.lowers[number % this.lowers.length], 'a leg');
      const row = Math.floor(number / this.lowers.length);
      return lower.find(row * this.chunk + (sector % this.chunk));
    }
    let left = sector;
    for (const lower of this.lowers) {
      if (left < lower.length) return lower.find(left);
      left -= lower.length;
    }
    throw new Error(`${this.name} has no sector ${sector}`);
  }
}
