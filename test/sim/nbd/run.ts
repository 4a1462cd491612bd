/** One seed: hostile clients and, beside them, one that only wants its data. */
import { sameBytes } from '../../../core/base/bytes.ts';
import { mib, SECTOR, sectors } from '../../../core/base/units.ts';
import type { BlockDevice } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import type { NbdExport } from '../../../core/nbd/server/export.ts';
import { NbdServer } from '../../../core/nbd/server/server.ts';
import { TestClient } from '../../support/nbd/client.ts';
import { Wire } from '../../support/nbd/wire.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { CONVERSATIONS, type Enemy } from './conversations.ts';

const SIZE = mib(1) * SECTOR;
const MEMORY = 64 * 1024;
const LARGEST = MEMORY / 2;
/** Microseconds. */
const STALL = 20_000;

/** Returns how many hostile conversations there were. */
export function nbdRun(seed: number): Promise<number> {
  return simulated(seed, (sim) => conversations(sim));
}

async function conversations(sim: Sim): Promise<number> {
  const { scheduler, random } = sim;
  const { server, watch } = serverOf(sim);
  const enemies = 2 + random.below(6);
  const kinds = Object.keys(CONVERSATIONS);
  const all = Array.from({ length: enemies }, async () => {
    const chance = new Prng(random.below(2 ** 32));
    const kind = chance.pick(kinds);
    await sleep(scheduler, chance.below(2000), 'an enemy comes');
    const wire = new Wire(scheduler, chance);
    const client = new TestClient(wire);
    server.serve(wire, kind);
    const enemy: Enemy = { random: chance, scheduler, wire, size: SIZE, largest: LARGEST };
    try {
      await CONVERSATIONS[kind]?.(enemy, client);
    } catch (error) {
      // That it was thrown out is right for most of them; anything else is a failure.
      const answered = /^(wrongRequests|malformedOptions)$/.test(kind);
      if (answered || !/ended/.test(String(error))) throw new Error(`${kind}: ${String(error)}`);
    }
    wire.close();
  });
  await Promise.all([friend(sim, server), ...all]);
  watch();
  await sleep(scheduler, 10_000, 'everybody has gone');
  if (server.memory.used !== 0) throw new Error(`${server.memory.used} bytes are not given back`);
  await server.finish();
  if (server.sessions.length > 0) throw new Error('there are sessions left');
  return enemies;
}

function serverOf({ scheduler, random }: Sim) {
  const latency = random.pick([0, 50, 2000]);
  const watch = (): void => {
    const { used } = server.memory;
    if (used > MEMORY) throw new Error(`${used} bytes are in flight, ${MEMORY} are allowed`);
  };
  const offer = (name: string): NbdExport => {
    const disk = new RamDisk(name, sectors(SIZE / SECTOR));
    const device: BlockDevice = {
      name,
      size: disk.size,
      readOnly: false,
      async submit(io) {
        watch();
        if (latency > 0) await sleep(scheduler, random.below(latency), 'the disk');
        return disk.submit(io);
      },
      allocation: (start, count) => disk.allocation(start, count),
    };
    return { name, device, readOnly: false, description: '' };
  };
  const exports = [offer('vol'), offer('own')];
  const server = new NbdServer({
    exports: () => exports,
    scheduler,
    memory: MEMORY,
    limits: { requests: 8, stall: STALL, handshake: 100_000, finish: 50_000, connections: 8 },
  });
  return { server, watch };
}

/** Writes and reads what no enemy knows of; nobody may keep it from that for long. */
async function friend({ scheduler, random }: Sim, server: NbdServer): Promise<void> {
  const chance = new Prng(random.below(2 ** 32));
  const wire = new Wire(scheduler, chance);
  const client = new TestClient(wire);
  server.serve(wire, 'friend');
  const structured = chance.chance(50);
  await client.go('own', structured);
  for (let count = 0; count < 3; count++) {
    const length = chance.pick([512, 4096, 16384]);
    const offset = BigInt(512 * chance.below((SIZE - length) / 512));
    const data = new Uint8Array(length).fill(1 + chance.below(255));
    const began = scheduler.now;
    const written = await client.request(1, { offset, flags: chance.below(2) }, data);
    const read = await client.request(0, { offset, length });
    if (written.error !== 0 || read.error !== 0) throw new Error('a good request is refused');
    if (!sameBytes(read.data, data)) throw new Error('not what was written');
    const took = scheduler.now - began;
    if (took > 8 * STALL) throw new Error(`two requests took ${took} us beside hostile clients`);
    await sleep(scheduler, chance.below(20_000), 'the friend thinks');
  }
  const bye = await client.request(2, {}).then(
    () => 'answered',
    (error: unknown) => String(error),
  );
  if (!bye.includes('ended')) throw new Error(`a goodbye: ${bye}`);
}
