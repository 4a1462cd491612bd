import { readv, writev } from 'node:fs';
import { mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SECTOR, gib, mib, sectors } from '../../../core/base/units.ts';
import type { FileCalls } from '../../../core/host/file-access.ts';
import { FileDisk, absentDisk, openFileDisk } from '../../../core/host/file-disk.ts';
import { createImage } from '../../../core/host/image-file.ts';
import { scratch } from './scratch.ts';

async function image(size = mib(1)): Promise<string> {
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

const whyNot = async (path: string, mode: 'read-only' | 'live' = 'live'): Promise<string> => {
  const opened = await openFileDisk({ path, name: 'sda', mode });
  if (!opened.ok) return opened.error.why;
  await opened.value.close();
  return 'it was opened';
};

test('a new image is sparse, whole and not made twice', async () => {
  const path = await image(gib(8));
  const { size, blocks } = await stat(path);
  expect(size).toBe(8 * 2 ** 30);
  expect(blocks).toBeLessThan(64);
  expect(await createImage(path, gib(1))).toMatchObject({ ok: false, error: { code: 'image' } });
  expect((await stat(path)).size).toBe(8 * 2 ** 30);
});

test('what is written is read back, also through another opening', async () => {
  const path = await image();
  const live = await disk(path);
  const data = Uint8Array.from({ length: 3 * SECTOR }, (_, index) => index % 251);
  expect(await live.submit({ op: 'write', start: sectors(5), data })).toEqual({ ok: true });
  expect(await live.submit({ op: 'flush' })).toEqual({ ok: true });
  const other = await disk(path, 'read-only');
  const back = new Uint8Array(5 * SECTOR);
  expect(await other.submit({ op: 'read', start: sectors(4), data: back })).toEqual({ ok: true });
  expect(back.subarray(SECTOR, 4 * SECTOR)).toEqual(data);
  expect(back.subarray(0, SECTOR).every((byte) => byte === 0)).toBe(true);
  expect((await readFile(path)).subarray(5 * SECTOR, 8 * SECTOR).equals(data)).toBe(true);
});

test('many requests at once each reach their own place', async () => {
  const live = await disk(await image(mib(4)));
  const starts = Array.from({ length: 64 }, (_, index) => sectors(index * 97));
  await Promise.all(
    starts.map((start, index) =>
      live.submit({ op: 'write', start, data: new Uint8Array(SECTOR).fill(index), fua: true }),
    ),
  );
  for (const [index, start] of starts.entries()) {
    const data = new Uint8Array(SECTOR);
    await live.submit({ op: 'read', start, data });
    expect(data.every((byte) => byte === index)).toBe(true);
  }
});

test('places far behind 2^32 bytes are exact', async () => {
  const live = await disk(await image(sectors(2 ** 33)));
  expect(live.size).toBe(2 ** 33);
  const start = sectors(2 ** 33 - 1);
  const data = new Uint8Array(SECTOR).fill(7);
  expect(await live.submit({ op: 'write', start, data })).toEqual({ ok: true });
  const back = new Uint8Array(SECTOR);
  expect(await live.submit({ op: 'read', start, data: back })).toEqual({ ok: true });
  expect(back).toEqual(data);
});

test('a part of a sector at the end is left out and told', async () => {
  const path = join(await scratch(), 'odd.img');
  await writeFile(path, new Uint8Array(2 * SECTOR + 100));
  const live = await disk(path);
  expect([live.size, live.surplus]).toEqual([2, 100]);
});

test.each([
  ['behind the end', sectors(2048), SECTOR],
  ['across the end', sectors(2047), 2 * SECTOR],
  ['no whole sector', sectors(0), 100],
  ['nothing', sectors(0), 0],
])('%s is out of range', async (_name, start, length) => {
  const live = await disk(await image());
  const data = new Uint8Array(length);
  for (const op of ['read', 'write'] as const) {
    expect(await live.submit({ op, start, data })).toMatchObject({
      ok: false,
      error: { code: 'out-of-range', device: 'sda', start, size: 2048 },
    });
  }
});

test('a read-only disk changes nothing', async () => {
  const path = await image();
  const closed = await disk(path, 'read-only');
  const data = new Uint8Array(SECTOR).fill(1);
  expect(await closed.submit({ op: 'write', start: sectors(0), data })).toEqual({
    ok: false,
    error: { code: 'read-only', device: 'sda' },
  });
  expect(await closed.submit({ op: 'flush' })).toEqual({ ok: true });
  expect((await readFile(path)).every((byte) => byte === 0)).toBe(true);
});

test('an image that became shorter fails where it ends, not before', async () => {
  const path = await image();
  const live = await disk(path);
  await truncate(path, 10 * SECTOR + 100);
  const data = new Uint8Array(SECTOR);
  expect(await live.submit({ op: 'read', start: sectors(9), data })).toEqual({ ok: true });
  for (const start of [sectors(10), sectors(500)]) {
    const failed = await live.submit({ op: 'read', start, data });
    expect(failed).toMatchObject({
      ok: false,
      error: { code: 'io-failed', device: 'sda', op: 'read', start },
    });
    expect(JSON.stringify(failed)).toContain('the image ends at byte');
  }
});

test('only regular files are opened', async () => {
  const folder = await scratch();
  const real = join(folder, 'real.img');
  await writeFile(real, new Uint8Array(SECTOR));
  const link = join(folder, 'link.img');
  await symlink(real, link);
  const inner = join(folder, 'inner');
  await mkdir(inner);
  expect(await whyNot(link)).toBe('is a symbolic link, not a regular file');
  expect(await whyNot(inner)).toBe('is a directory, not a regular file');
  expect(await whyNot('/dev/zero', 'read-only')).toBe('is a device, not a regular file');
  expect(await whyNot(join(folder, 'gone.img'))).toBe('no such file or directory');
});

/** Calls that answer when the test says so. */
function manualCalls() {
  const waiting: (() => void)[] = [];
  let flushErrors = 0;
  const calls: FileCalls = {
    read: (_fd, _data, _offset, length, _position, done) => waiting.push(() => done(null, length)),
    write: (_fd, _data, _offset, length, _position, done) => waiting.push(() => done(null, length)),
    readv,
    writev,
    fdatasync: (_fd, done) => {
      const error = flushErrors-- > 0 ? Object.assign(new Error(), { code: 'EIO' }) : null;
      waiting.push(() => done(error));
    },
  };
  const answer = async (): Promise<void> => {
    // Requests go out at the end of the turn they came in.
    await Promise.resolve();
    for (const one of waiting.splice(0)) one();
  };
  const failFlushes = (count: number): void => {
    flushErrors = count;
  };
  return { calls, answer, failFlushes };
}

function manualDisk(close = () => Promise.resolve()) {
  const { calls, ...rest } = manualCalls();
  const handle = { fd: 3, close } as unknown as FileHandle;
  return { live: new FileDisk(handle, 'sda', sectors(2048), false, 0, calls), ...rest };
}

test('a flush that failed stays failed, and so does one that was under way with it', async () => {
  const { live, answer, failFlushes } = manualDisk();
  const failed = { ok: false, error: { code: 'io-failed', device: 'sda', op: 'flush' } };
  failFlushes(1);
  const both = [live.submit({ op: 'flush' }), live.submit({ op: 'flush' })];
  await answer();
  for (const one of both) expect(await one).toMatchObject(failed);
  expect(await live.submit({ op: 'flush' })).toMatchObject(failed);
  const data = new Uint8Array(SECTOR);
  const durable = live.submit({ op: 'write', start: sectors(0), data, fua: true });
  await answer();
  expect(await durable).toMatchObject({ ok: false, error: { op: 'write' } });
});

test('a durable write ends after its flush', async () => {
  const { live, answer } = manualDisk();
  let ended = false;
  const data = new Uint8Array(SECTOR);
  const write = live.submit({ op: 'write', start: sectors(0), data, fua: true });
  const watched = write.then(() => (ended = true));
  await answer();
  await Promise.resolve();
  expect(ended).toBe(false);
  await answer();
  await watched;
});

test('the file is closed once nothing is in flight', async () => {
  let closed = 0;
  const { live, answer } = manualDisk(() => {
    closed++;
    return Promise.resolve();
  });
  const read = live.submit({ op: 'read', start: sectors(0), data: new Uint8Array(SECTOR) });
  const closing = [live.close(), live.close()];
  await Promise.resolve();
  expect(closed).toBe(0);
  await answer();
  expect(await read).toEqual({ ok: true });
  await Promise.all(closing);
  expect(closed).toBe(1);
});

test('a closed disk refuses, and an absent one has no sectors', async () => {
  const live = await disk(await image());
  await live.close();
  await live.close();
  expect(await live.submit({ op: 'flush' })).toMatchObject({
    ok: false,
    error: { code: 'io-failed', why: 'the image is closed' },
  });
  const absent = absentDisk('sdb', 'no such file or directory');
  const data = new Uint8Array(SECTOR);
  expect(await absent.submit({ op: 'read', start: sectors(0), data })).toMatchObject({
    error: { code: 'out-of-range', size: 0 },
  });
  expect(await absent.submit({ op: 'flush' })).toMatchObject({ error: { code: 'io-failed' } });
});
