/** A move in sentences, one for each thing that happens. */
import type { MoveEvent, Pe } from './types.ts';

export function wordsOf(event: MoveEvent): string {
  switch (event.kind) {
    case 'fsync-dev': {
      const what = event.dirty === 0 ? 'nothing is dirty' : `${buffers(event.dirty)} written`;
      return `fsync_dev of ${event.device ?? 'all devices'}: ${what}`;
    }
    case 'locked':
      return `${placeOf(event.pe)} is locked`;
    case 'draining':
      return `${placeOf(event.pe)}: waiting for ${requests(event.inTransit)} under way`;
    case 'deferred':
      return `a ${event.io.op} at sector ${event.io.start} of ${event.volume} is deferred`;
    case 'read':
      return `${placeOf(event.pe)} was read, ${sourceOf(event.cached)}`;
    case 'written':
      return `${placeOf(event.pe)} was written`;
    case 'remapped':
      return `the map changes from ${placeOf(event.from)} to ${placeOf(event.to)}`;
    case 'unlocked':
      return `${placeOf(event.pe)} is unlocked, ${requests(event.deferred)} go on`;
  }
}

const placeOf = ({ device, start }: Pe): string => `PE ${device.name}+${start}`;

const sourceOf = (cached: number): string =>
  cached === 0
    ? 'all of it from the disk'
    : `${sectorsOf(cached)} of it from the cache of the disk`;

const counted = (count: number, word: string): string =>
  `${count} ${count === 1 ? word : `${word}s`}`;

const buffers = (count: number): string => counted(count, 'buffer');
const requests = (count: number): string => counted(count, 'request');
const sectorsOf = (count: number): string => counted(count, 'sector');
