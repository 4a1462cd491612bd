/**
 * A move is in no hurry: while others use what moves, most of the time is theirs. A mirror that is
 * out of sync protects nothing, and is made the same as fast as it goes.
 */
import { expect, test } from 'vitest';
import { simulated, type Sim } from '../../support/sim.ts';
import { read, write } from '../../support/sectors.ts';
import { MirrorWorld } from '../../support/mirrors.ts';

const MOVE = 'core 1 16 2 8:0 0 8:16 0';
const MIRROR = `${MOVE} 1 handle_errors`;

/** Microseconds until all is the same. @param reads whether somebody reads all the time */
async function copyTime(args: string, reads: boolean): Promise<number> {
  let took = 0;
  await simulated(1, async (sim: Sim) => {
    const lab = new MirrorWorld(sim);
    // Data: of holes nothing would have to be copied.
    lab.put(0, 0, new Uint8Array(512 * 512).fill(7));
    for (const disk of lab.disks) disk.takesMicros = 100;
    const began = sim.scheduler.now;
    const volume = await lab.mirror(args);
    while (!lab.status.includes('32/32')) {
      if (reads) await read(volume, 5);
      else await lab.wait(0.0001);
    }
    took = sim.scheduler.now - began;
    expect(await write(volume, 3, 9)).toEqual({ ok: true });
  });
  return took;
}

test('a move leaves most of the time to those who use what moves', async () => {
  const [alone, beside] = [await copyTime(MOVE, false), await copyTime(MOVE, true)];
  // One region at a time instead of four, and three times as much rest.
  expect(beside / alone).toBeGreaterThan(8);
  expect(beside / alone).toBeLessThan(20);
});

test('a mirror that somebody repairs does not wait for others', async () => {
  const [alone, beside] = [await copyTime(MIRROR, false), await copyTime(MIRROR, true)];
  expect(beside / alone).toBeLessThan(1.5);
});
