/** However the engine ends, what it has promised to its clients holds. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { busyLab, said } from './support/busy-lab.ts';
import { exportAtTerminal, program, startExport } from './support/export-process.ts';
import { NbdClient } from './support/nbd-client.ts';
import { killed } from './support/run.ts';
import { Witness } from './support/witness.ts';

const ROUNDS = 4;
/** 64 MiB of them. */
const BLOCKS = 1024;
const DEPTH = 16;
const CTRL_C = '\x03';
const WAIT = { timeout: 20_000 };

const sumOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

async function killedAndOpened(lab: string, seed: number): Promise<Witness> {
  const random = new Prng(seed);
  const witness = new Witness(BLOCKS, random);
  for (let round = 0; round <= ROUNDS; round++) {
    const server = await startExport(lab, 'vg/busy');
    const client = await NbdClient.connect(server.uri);
    const wrong = await witness.examine(client);
    expect(wrong, `seed ${seed}, round ${round}`).toEqual([]);
    let left = 50 + random.below(1500);
    const kill = (): void => {
      if (left-- === 0) server.child.kill('SIGKILL');
    };
    if (round < ROUNDS) await witness.use(client, DEPTH, kill);
    await killed(server.child);
  }
  return witness;
}

describe('an engine that is killed has kept what was acknowledged before a flush', () => {
  test('of a live disk', async () => {
    const { counts } = await killedAndOpened(await busyLab(), 1);
    expect(counts.acknowledged).toBeGreaterThan(1000);
    expect(counts.durable).toBeGreaterThan(500);
  });

  test('of a sandbox, and of the image below it nothing was written', async () => {
    const lab = await busyLab();
    await said(['lab', 'mode', lab, 'sda', 'sandbox']);
    const before = await sumOf(join(lab, 'sda.img'));
    const { counts } = await killedAndOpened(lab, 2);
    expect(counts.durable).toBeGreaterThan(500);
    expect(await sumOf(join(lab, 'sda.img'))).toBe(before);
  });
});

describe('an export that ends while it is used', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s ends what is in flight', async (signal) => {
    const lab = await busyLab();
    const witness = new Witness(BLOCKS, new Prng(3));
    const server = await startExport(lab, 'vg/busy');
    const client = await NbdClient.connect(server.uri);
    let left = 500;
    await witness.use(client, DEPTH, () => {
      if (left-- === 0) server.child.kill(signal);
    });
    await client.ended;
    expect(client.clean, 'every request got its reply').toBe(true);
    expect(await server.ended(), server.printed()).toBe(0);
    const again = await startExport(lab, 'vg/busy');
    const other = await NbdClient.connect(again.uri);
    expect(await witness.examine(other, true)).toEqual([]);
    expect(witness.counts.acknowledged).toBeGreaterThan(400);
    await other.disconnect();
    again.child.kill('SIGTERM');
    expect(await again.ended(), again.printed()).toBe(0);
  });

  test('by Ctrl-C at a terminal warns first', async () => {
    const lab = await busyLab();
    const server = await exportAtTerminal(lab, 'vg/busy');
    const client = await NbdClient.connect(server.uri);
    const data = new Uint8Array(4096).fill(5);
    await client.write(0, data);
    server.child.stdin?.write(CTRL_C);
    await vi.waitFor(() => expect(server.printed()).toMatch(/vg\/busy.*press Ctrl-C again/), WAIT);
    expect([...(await client.read(0, 4096))]).toEqual([...data]);
    server.child.stdin?.write(CTRL_C);
    await client.ended;
    expect(client.clean).toBe(true);
    expect(await server.ended(), server.printed()).toBe(0);
  });

  test('by another command asks, and the answer counts', async () => {
    const lab = await busyLab();
    const server = await startExport(lab, 'vg/busy');
    const end = ['--lab', lab, 'export', 'vg/busy', '--end'];
    const client = await NbdClient.connect(server.uri);
    await client.write(0, new Uint8Array(4096).fill(7));
    const refused = await program(...end);
    expect(refused.status).toBe(5);
    expect(refused.stdout + refused.stderr).toMatch(/vg\/busy.*\[y\/n\]/);
    expect((await client.read(0, 4096)).every((byte) => byte === 7)).toBe(true);
    const list = await program('--lab', lab, 'export');
    expect(list.stdout).toContain(server.uri);
    expect(await program(...end, '-y')).toMatchObject({ status: 0 });
    await client.ended;
    expect(client.clean).toBe(true);
    expect(await server.ended(), server.printed()).toBe(0);
  });
});
