/**
 * Servers that say anything: whatever comes back, every request ends, nothing is thrown, and no
 * memory is taken that was not asked for.
 */
import { expect, test } from 'vitest';
import { sleep } from '../../../core/env/scheduler.ts';
import type { Prng } from '../../../core/env/prng.ts';
import type { ByteStream } from '../../../core/nbd/stream.ts';
import { at, flush, read, write } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';
import { bytePipe } from '../../support/byte-pipe.ts';
import { packed, Platter, TestServer } from '../../support/nbd-server.ts';
import { NbdWorld } from '../../support/nbd-world.ts';

const SIZE = 65536n;
const NUMBERS = [0, 1, 2, 5, 0x7fff, 0x8001, 0xffff, 0x10000, 0x7fffffff, 0xffffffff] as const;

/** What a server says, with some of it turned into something else. */
function spoiling(stream: ByteStream, random: Prng, after: number): ByteStream {
  let said = 0;
  return {
    ...bound(stream),
    write(parts, sent) {
      said += parts.length;
      const all = said <= after ? parts : parts.map((part) => spoilt(part, random));
      stream.write(all, sent);
    },
  };
}

function bound(stream: ByteStream): ByteStream {
  return {
    onData: (listener) => stream.onData(listener),
    onClose: (listener) => stream.onClose(listener),
    write: (parts, sent) => stream.write(parts, sent),
    unsent: 0,
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    end: () => stream.end(),
    destroy: () => stream.destroy(),
  };
}

function spoilt(part: Uint8Array, random: Prng): Uint8Array {
  if (random.below(3) > 0) return part;
  const bytes = part.slice();
  switch (random.below(5)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return bytes.subarray(0, random.below(bytes.length + 1));
    case 2:
      return packed([bytes, bytes]);
    case 3: {
      const place = random.below(Math.max(1, bytes.length - 4));
      bytes.set(packed([random.pick(NUMBERS)]).subarray(0, bytes.length - place), place);
      return bytes;
    }
    default:
      return flipped(bytes, random);
  }
}

function flipped(bytes: Uint8Array, random: Prng): Uint8Array {
  const at = random.below(bytes.length + 1);
  return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte));
}

test.each(Array.from({ length: 100 }, (_, index) => index + 1))('seed %i', (seed) =>
  simulated(seed, async ({ scheduler, random }) => {
    const platter = new Platter(Number(SIZE));
    const world = new NbdWorld({ scheduler }, { size: SIZE });
    const disk = world.disk({
      onLoss: random.pick(['queue', 'fail'] as const),
      dial: (give) => {
        world.dials++;
        const [ours, theirs] = bytePipe({ scheduler, random });
        const server = spoiling(theirs, random, random.below(30));
        new TestServer(server, { size: SIZE, scheduler, random }, platter);
        give({ ok: true, value: ours });
        return () => undefined;
      },
    });
    const opened = await disk.open();
    for (let round = 0; round < 12; round++) {
      if (disk.size >= 128) {
        await Promise.all([read(disk, 3, 40), write(disk, 60, 7, 9), flush(disk)]).catch(tolerate);
        await disk.allocation(at(0), at(128));
      }
      await disk.look();
      await sleep(scheduler, 100_000, 'a while');
    }
    if (!opened.ok) expect(opened.error.why).toMatch(/./);
    // Ten minutes of waiting would be more than all patience together.
    expect(scheduler.now).toBeLessThan(12 * 120_000_000);
    expect(world.dials).toBeLessThan(500);
    await disk.close();
  }),
);

/** What was read may be anything: only the helper of the test minds torn sectors. */
function tolerate(failure: unknown): void {
  expect(String(failure)).toMatch(/sector \d+ holds/);
}
