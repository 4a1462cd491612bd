/** Images with holes on a real file system, against every sector of them. */
import { execFileSync } from 'node:child_process';
import { open, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { Prng } from '../../../core/env/prng.ts';
import { FileDisk, openFileDisk } from '../../../core/host/file-disk.ts';
import { createImage } from '../../../core/host/image-file.ts';
import { runTool } from '../../../core/host/system-tool.ts';
import { discard, flush, holes, read, write, zero } from '../../support/sectors.ts';
import { scratch } from './scratch.ts';

const MIB = 2048;

async function image(size = mib(64)): Promise<string> {
  const path = join(await scratch(), 'a.img');
  expect(await createImage(path, size)).toEqual({ ok: true });
  return path;
}

async function disk(path: string, mode: 'read-only' | 'live' = 'live'): Promise<FileDisk> {
  const opened = await openFileDisk({ path, name: 'sda', mode });
  if (!opened.ok) throw new Error(opened.error.why);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

/** Without them everything is data, and nothing is punched. */
async function needsTools(context: TestContext, folder: string): Promise<void> {
  const file = join(folder, 'probe');
  await writeFile(file, new Uint8Array(8192).fill(1));
  try {
    execFileSync('fallocate', ['-p', '-o', '0', '-l', '4096', file], { stdio: 'ignore' });
    execFileSync('/usr/sbin/filefrag', ['-e', file], { stdio: 'ignore' });
  } catch {
    context.skip('no fallocate and filefrag here, or a file system that knows no holes');
  }
}

const used = async (path: string): Promise<number> => (await stat(path)).blocks;

test('a new image is one hole, and small and large zeros leave it one', async (context) => {
  const path = await image();
  await needsTools(context, join(path, '..'));
  const live = await disk(path);
  expect(await holes(live, 0, live.size)).toBe(live.size);
  for (const count of [128, 3 * MIB, 40 * MIB]) expect((await zero(live, 64, count)).ok).toBe(true);
  expect(await used(path)).toBe(0);
  expect(await holes(live, 0, live.size)).toBe(live.size);
  await zero(live, 4096, 512, {});
  expect(await used(path)).toBeGreaterThanOrEqual(512);
  expect(await holes(live, 0, live.size)).toBe(live.size - 512);
});

test('what was zeroed or discarded takes no room, what is written then stays', async (context) => {
  const path = await image();
  await needsTools(context, join(path, '..'));
  const live = await disk(path);
  await write(live, 0, 7, 24 * MIB);
  expect((await zero(live, 4 * MIB, 8 * MIB)).ok).toBe(true);
  await Promise.all([discard(live, 12 * MIB, 2 * MIB), discard(live, 14 * MIB, 2 * MIB)]);
  await write(live, 5 * MIB, 9, 3);
  expect((await flush(live)).ok).toBe(true);
  expect(await used(path)).toBeLessThan(13 * MIB);
  expect(await holes(live, 0, live.size)).toBe(51.75 * MIB);
  expect(await read(live, 5 * MIB - 1, 5)).toEqual([0, 9, 9, 9, 0]);
  expect(await read(live, 4 * MIB - 1, 2)).toEqual([7, 0]);
  expect(await read(live, 16 * MIB - 1, 2)).toEqual([0, 7]);
});

test('an image that was there already tells its holes, also read-only', async (context) => {
  const path = await image();
  await needsTools(context, join(path, '..'));
  const file = await open(path, 'r+');
  for (const at of [0, 1, 17, 18, 40])
    await file.write(Buffer.alloc(1000, at + 1), 0, 1000, at * 2 ** 20 + 300);
  await file.close();
  const [live, below] = [await disk(path), await disk(path, 'read-only')];
  const room = live.size - 5 * 8;
  expect(await holes(live, 0, live.size)).toBe(room);
  expect(await holes(below, 0, live.size)).toBe(room);
  // Nothing more is known of a file that changes below a reader.
  await write(live, 30 * MIB, 5, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await holes(live, 0, live.size)).toBe(room - 512);
  expect(await holes(below, 0, live.size)).toBe(0);
});

test('what is still in memory is no hole', async (context) => {
  const path = await image();
  await needsTools(context, join(path, '..'));
  const live = await disk(path);
  const pending = Array.from({ length: 50 }, (_, index) => write(live, index * MIB + 5, 3, 9));
  await holes(live, 0, 50 * MIB).catch((error: unknown) => error);
  await Promise.all(pending);
  expect(await holes(live, 0, live.size)).toBeLessThanOrEqual(live.size - 50 * 512);
  const again = await disk(path);
  await holes(again, 0, again.size);
});

test('where nothing can be punched or asked, zeros are written and all is data', async () => {
  const path = await image(mib(16));
  const handle = await open(path, 'r+');
  const said: string[] = [];
  const tool = (line: string): Promise<undefined> => {
    said.push(line.split(' ')[0] ?? '');
    return Promise.resolve(undefined);
  };
  await truncate(path, 16 * 2 ** 20);
  const live = new FileDisk(handle, 'sda', mib(16), false, 0, undefined, undefined, tool);
  onTestFinished(() => live.close());
  await write(live, 0, 7, 16 * MIB);
  expect(await zero(live, 100, 9 * MIB)).toEqual({ ok: true });
  expect(await discard(live, 12 * MIB, 2 * MIB)).toEqual({ ok: true });
  expect(await zero(live, 100, 9 * MIB)).toEqual({ ok: true });
  expect(new Set(said)).toEqual(new Set(['filefrag', 'fallocate']));
  // The file system refused once; it is not asked again.
  expect(said.filter((word) => word === 'fallocate')).toHaveLength(1);
  expect(await holes(live, 0, live.size)).toBe(0);
  expect((await read(live, 99, 9 * MIB + 2)).slice(0, 2)).toEqual([7, 0]);
  expect(await read(live, 9 * MIB + 99, 2)).toEqual([0, 7]);
  expect(await read(live, 13 * MIB, 1)).toEqual([7]);
});

test('random writes, zeros and discards keep to a model, through two openings', async (context) => {
  const path = await image(mib(32));
  await needsTools(context, join(path, '..'));
  const random = new Prng(11);
  /** Of each 32 KiB: the stamp, or that a discard left it open. */
  const model = Array<{ stamp: number; open: boolean }>(1024).fill({ stamp: 0, open: false });
  const UNIT = 64;
  let punched = 0;
  for (let opening = 0; opening < 2; opening++) {
    const live = await disk(path);
    for (let round = 1; round <= 6; round++) {
      // Apart from each other: what overlaps may end either way.
      const parts = Array.from({ length: 4 }, (_, index) => {
        const count = 1 + random.below(random.chance(40) ? 8 : 250);
        return { first: index * 256 + random.below(257 - count), count };
      });
      await Promise.all(
        parts.map(async ({ first, count }) => {
          const stamp = opening * 100 + round;
          const [start, length] = [first * UNIT, count * UNIT];
          const kind = random.pick(['write', 'zero', 'zero', 'discard'] as const);
          if (kind === 'write') await write(live, start, stamp, length);
          if (kind === 'zero') await zero(live, start, length, { unmap: random.chance(80) });
          if (kind === 'discard') await discard(live, start, length);
          for (let at = first; at < first + count; at++) {
            const was = model[at]?.stamp ?? 0;
            model[at] =
              kind === 'discard'
                ? { stamp: was, open: true }
                : { stamp: kind === 'write' ? stamp : 0, open: false };
          }
        }),
      );
      punched = Math.max(punched, await holes(live, 0, live.size));
    }
    const all = await read(live, 0, live.size);
    if (typeof all === 'string') throw new Error(all);
    for (const [unit, { stamp, open: free }] of model.entries()) {
      const found = all.slice(unit * UNIT, (unit + 1) * UNIT);
      expect(free ? [0, stamp] : [stamp], `${unit}`).toContain(found[0]);
      if (!free) expect(new Set(found).size).toBe(1);
    }
    await live.close();
  }
  expect(punched).toBeGreaterThan(0);
});

test('a tool that fails or says too much is no answer, and the next one runs', async (context) => {
  if (process.platform !== 'linux') return context.skip('no shell of this kind');
  expect(await runTool('false')).toBe(undefined);
  expect(await runTool('nosuchprogram --at-all')).toBe(undefined);
  expect(await runTool('head -c 17000000 /dev/zero')).toBe(undefined);
  expect(await runTool('echo fine')).toBe('fine\n');
  expect(await runTool('kill $$')).toBe(undefined);
  const many = Array.from({ length: 20 }, (_, index) => runTool(`echo ${index}`));
  expect(await Promise.all(many)).toEqual(many.map((_, index) => `${index}\n`));
});
