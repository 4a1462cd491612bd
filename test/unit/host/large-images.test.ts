/** Images as large as the file systems of this machine allow. */
import { access, constants, mkdtemp, open, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECTOR, sectors, type Sectors } from '../../../core/base/units.ts';
import { openFileDisk, type FileDisk } from '../../../core/host/file-disk.ts';
import { createImage } from '../../../core/host/image-file.ts';
import { scratch } from './scratch.ts';

/** 4 EiB less a sector: the most that sectors can count. */
const LARGEST = sectors(2 ** 53 - 1);
/** Sector in which the bytes begin that a number cannot name. */
const FAR = 2 ** 44;

/** A place whose file system takes a file of that size, or none. */
async function placeFor(size: Sectors): Promise<string | undefined> {
  for (const place of [tmpdir(), '/dev/shm', '/var/tmp']) {
    if (
      await access(place, constants.W_OK).then(
        () => false,
        () => true,
      )
    )
      continue;
    const folder = await mkdtemp(join(place, 'lvstudio-large-'));
    const made = await createImage(join(folder, 'probe.img'), size);
    await rm(folder, { recursive: true });
    if (made.ok) return place;
  }
  return undefined;
}

async function folderIn(place: string): Promise<string> {
  const folder = await mkdtemp(join(place, 'lvstudio-large-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(path: string): Promise<FileDisk> {
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  onTestFinished(() => disk.value.close());
  return disk.value;
}

const stamp = (value: number, count = 1): Uint8Array => new Uint8Array(count * SECTOR).fill(value);

async function readBack(disk: FileDisk, start: number, count = 1): Promise<readonly number[]> {
  const data = stamp(255, count);
  expect(await disk.submit({ op: 'read', start: sectors(start), data })).toEqual({ ok: true });
  return Array.from({ length: count }, (_, at) => data[at * SECTOR + 511] ?? -1);
}

const place = await placeFor(LARGEST);
const bytes = (size: Sectors): bigint => BigInt(size) * BigInt(SECTOR);

describe.skipIf(place === undefined)('4 EiB less a sector, where the file system allows it', () => {
  const make = async (): Promise<string> => {
    const path = join(await folderIn(place ?? ''), 'large.img');
    expect(await createImage(path, LARGEST)).toEqual({ ok: true });
    return path;
  };

  test('the image is sparse and has every byte', async () => {
    const { size, blocks } = await stat(await make(), { bigint: true });
    expect(size).toBe(bytes(LARGEST));
    expect(blocks).toBeLessThan(64n);
  });

  test('every sector around 8 PiB and at the end is its own', async () => {
    const disk = await opened(await make());
    expect(disk.size).toBe(LARGEST);
    const places = [0, FAR - 1, FAR, FAR + 1, 2 ** 52 + 1, LARGEST - 2, LARGEST - 1];
    const writes = places.map((start, index) =>
      disk.submit({ op: 'write', start: sectors(start), data: stamp(index + 1), fua: true }),
    );
    for (const written of await Promise.all(writes)) expect(written).toEqual({ ok: true });
    for (const [index, start] of places.entries()) {
      expect(await readBack(disk, start), `sector ${start}`).toEqual([index + 1]);
    }
    expect(await readBack(disk, FAR - 2, 4)).toEqual([0, 2, 3, 4]);
  });

  test('a request across 8 PiB is whole, and far writes at once do not mix', async () => {
    const disk = await opened(await make());
    const across = disk.submit({ op: 'write', start: sectors(FAR - 3), data: stamp(9, 6) });
    const others = Array.from({ length: 20 }, (_, index) =>
      disk.submit({ op: 'write', start: sectors(FAR + 99 * (index + 1)), data: stamp(index) }),
    );
    expect((await Promise.all([across, ...others])).every(({ ok }) => ok)).toBe(true);
    expect(await readBack(disk, FAR - 4, 8)).toEqual([0, 9, 9, 9, 9, 9, 9, 0]);
    for (let index = 0; index < 20; index++) {
      expect(await readBack(disk, FAR + 99 * (index + 1))).toEqual([index]);
    }
  });

  test('what was cut off is told to the byte', async () => {
    const path = await make();
    const disk = await opened(path);
    await truncate(path, 4096);
    const start = sectors(LARGEST - 1);
    const failed = await disk.submit({ op: 'read', start, data: stamp(0) });
    const why = `the image ends at byte ${bytes(start)}`;
    expect(failed).toMatchObject({
      ok: false,
      error: { code: 'io-failed', op: 'read', start, why },
    });
  });
});

test('what the file system refuses is told with its reason and leaves nothing', async () => {
  const folder = await scratch();
  const path = join(folder, 'a.img');
  const made = await createImage(path, LARGEST);
  if (made.ok) return;
  expect(made.error).toMatchObject({ code: 'image', path, why: 'file too large' });
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('as large as this file system allows, its last sector is written and read', async () => {
  const path = join(await scratch(), 'a.img');
  const file = await open(path, 'wx');
  let size = 2 ** 44;
  while (size > 1 && !(await fits(file, size * SECTOR))) size /= 2;
  await file.close();
  const disk = await opened(path);
  expect(disk.size).toBe(size);
  const start = sectors(size - 1);
  expect(await disk.submit({ op: 'write', start, data: stamp(5) })).toEqual({ ok: true });
  expect(await readBack(disk, size - 1)).toEqual([5]);
});

const fits = (file: { truncate(bytes: number): Promise<void> }, size: number): Promise<boolean> =>
  file.truncate(size).then(
    () => true,
    () => false,
  );
