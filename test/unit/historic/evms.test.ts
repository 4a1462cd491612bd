/** EVMS's snapshot where something is refused, fails, or has an odd size. */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { view } from '../../../core/base/bytes.ts';
import { headerBytes, layoutOf, type Header } from '../../../core/historic/evms/layout.ts';
import { EvmsSnapshot } from '../../../core/historic/evms/snapshot.ts';
import { BusyDisk } from '../../support/busy-disk.ts';
import { TestDisk } from '../../support/ram.ts';
import { must } from '../../support/results.ts';
import { discard, flush, read, write, zero } from '../../support/sectors.ts';
import { fateOf } from '../../support/sim.ts';

const CHUNK = 4;
/** The last chunk of the original has one sector. */
const SIZE = 41;
const DATA_START = 4;

async function open(asynchronous: boolean, storeSize = 60) {
  const [original, store] = [new TestDisk('sda', SIZE), new TestDisk('sdb', storeSize)];
  for (let at = 0; at < SIZE; at++) must(await write(original, at, 100 + at));
  const busy = new BusyDisk(store);
  const options = { chunkSize: sectors(CHUNK), asynchronous };
  const made = must(await EvmsSnapshot.create(original, busy, options));
  const again = (policy: 'disabled' | 'opened all the same' = 'disabled') =>
    EvmsSnapshot.open(original, store, policy);
  return { original, store, busy, made, again };
}

const counted = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => first + at);

describe.each([true, false])('asynchronous: %s', (asynchronous) => {
  test('writes over several chunks, zeros, discards, the short last chunk', async () => {
    const { made } = await open(asynchronous);
    must(await write(made.original, 2, 1, 8));
    must(await zero(made.original, 20, 2));
    must(await discard(made.original, 30, 3));
    must(await write(made.original, 40, 2));
    must(await flush(made.original));
    expect(made.exceptions).toBe(3 + 1 + 2 + 1);
    expect(await read(made.snapshot, 0, SIZE)).toEqual(counted(100, SIZE));
    expect(await read(made.original, 0, 12)).toEqual([
      100,
      101,
      ...new Array<number>(8).fill(1),
      110,
      111,
    ]);
    expect(await read(made.original, 40)).toEqual([2]);
  });

  test('a chunk is copied once', async () => {
    const { store, made } = await open(asynchronous);
    await Promise.all([write(made.original, 0, 1), write(made.original, 1, 2)]);
    must(await write(made.original, 2, 3));
    const copies = store.log.filter((line) => line.startsWith(`write ${DATA_START}+`));
    expect(copies).toEqual([`write ${DATA_START}+4`]);
  });

  test('a copy that cannot be written ends the snapshot, and the original goes on', async () => {
    const { store, made, again } = await open(asynchronous);
    store.bad.add(DATA_START + 1);
    must(await write(made.original, 0, 1));
    must(await write(made.original, 4, 2));
    expect(await read(made.snapshot, 8)).toBe('io-failed');
    expect(await read(made.original, 0, 5)).toEqual([1, 101, 102, 103, 2]);
    must(await made.shutDown());
    expect(await again()).toEqual({ ok: false, error: { code: 'full' } });
  });

  test('a chunk that cannot be read', async () => {
    const { original, made } = await open(asynchronous);
    original.bad.add(1);
    must(await write(made.original, 2, 1));
    expect(await read(made.snapshot, 20)).toBe('io-failed');
  });

  test('a full store', async () => {
    const { made, again } = await open(asynchronous, 12);
    must(await write(made.original, 0, 1));
    must(await write(made.original, 4, 1));
    expect(await read(made.snapshot, 0)).toEqual([100]);
    must(await write(made.original, 8, 1));
    must(await write(made.original, 12, 1));
    expect(await read(made.snapshot, 0)).toBe('io-failed');
    expect(await again()).toEqual({ ok: false, error: { code: 'full' } });
  });

  test('the snapshot is read, no more', async () => {
    const { made } = await open(asynchronous);
    expect(await write(made.snapshot, 0, 1)).toMatchObject({ error: { code: 'read-only' } });
    expect(await read(made.snapshot, SIZE)).toBe('out-of-range');
    must(await flush(made.snapshot));
  });

  test('removed: nothing is copied any more', async () => {
    const { made, again } = await open(asynchronous);
    must(await made.remove());
    must(await write(made.original, 0, 1));
    expect(made.exceptions).toBe(0);
    expect(await again('opened all the same')).toEqual({
      ok: false,
      error: { code: 'none-there' },
    });
  });

  test('a shutdown waits for copies on their way, and nothing is written after it', async () => {
    const { busy, made, again } = await open(asynchronous);
    busy.hold('write');
    const written = write(made.original, 0, 1);
    expect(await fateOf(written)).toEqual(asynchronous ? { ok: true } : 'pending');
    const down = made.shutDown();
    await busy.letGo();
    must(await written);
    must(await down);
    expect(await write(made.original, 0, 2)).toMatchObject({ error: { why: 'shut down' } });
    const { snapshot } = must(await again());
    expect(await read(snapshot, 0, SIZE)).toEqual(counted(100, SIZE));
  });
});

test('a sector of the table that cannot be written', async () => {
  const { store, made } = await open(false);
  store.bad.add(1);
  must(await write(made.original, 0, 1));
  expect(await read(made.snapshot, 0)).toBe('io-failed');
  const aside = await open(true);
  aside.store.bad.add(1);
  must(await write(aside.made.original, 0, 1));
  expect(await aside.made.shutDown()).toMatchObject({ error: { code: 'io-failed' } });
  expect(await aside.again()).toEqual({ ok: false, error: { code: 'crashed' } });
});

describe('a store that is none', () => {
  const header = (change: Partial<Header> = {}): Uint8Array =>
    headerBytes({
      chunkSize: sectors(CHUNK),
      originalSize: sectors(SIZE),
      asynchronous: false,
      state: 'in use',
      ...change,
    });

  async function openedWith(first: Uint8Array, table: readonly bigint[] = []) {
    const { store, again } = await open(false);
    store.data.set(first);
    for (const [at, entry] of table.entries()) {
      view(store.data).setBigUint64(512 + at * 8, entry, true);
    }
    const found = await again();
    return found.ok ? found.value.exceptions : found.error;
  }

  test('no header, a damaged one, one that speaks of something else', async () => {
    expect(await openedWith(header())).toBe(0);
    expect(await openedWith(new Uint8Array(512))).toEqual({ code: 'none-there' });
    const damaged = header();
    damaged[9] = 1;
    expect(await openedWith(damaged)).toEqual({ code: 'none-there' });
    expect(await openedWith(header({ chunkSize: sectors(64) }))).toEqual({ code: 'none-there' });
    expect(await openedWith(header({ chunkSize: sectors(0) }))).toEqual({ code: 'none-there' });
    expect(await openedWith(header({ originalSize: sectors(40) }))).toEqual({
      code: 'other-original',
      size: 40,
    });
    expect(await openedWith(header({ asynchronous: true }))).toEqual({ code: 'crashed' });
  });

  test('a table that cannot be', async () => {
    expect(await openedWith(header(), [1n, 0n, 11n])).toBe(3);
    expect(await openedWith(header(), [1n, 12n])).toEqual({ code: 'bad-table', index: 1 });
    expect(await openedWith(header(), [0n, 3n, 3n])).toEqual({ code: 'bad-table', index: 2 });
    expect(await openedWith(header(), [2n ** 64n - 1n])).toEqual({ code: 'bad-table', index: 0 });
    const beyond = [...new Array<bigint>(14).fill(0n), 1n];
    expect(await openedWith(header(), beyond)).toEqual({ code: 'bad-table', index: 14 });
  });

  test('too small', async () => {
    const [original, store] = [new TestDisk('sda', SIZE), new TestDisk('sdb', 7)];
    const options = { chunkSize: sectors(CHUNK), asynchronous: false };
    const found = await EvmsSnapshot.create(original, store, options);
    expect(found).toEqual({ ok: false, error: { code: 'store-too-small' } });
  });
});

test('header, table and copies fill a store', () => {
  expect(layoutOf(sectors(60), sectors(4))).toMatchObject({ chunks: 14, dataStart: 4 });
  // 65 copies need two sectors of the table.
  expect(layoutOf(sectors(1 + 1 + 64), sectors(1))).toMatchObject({ chunks: 63, dataStart: 3 });
  expect(layoutOf(sectors(1 + 2 + 65), sectors(1))).toMatchObject({ chunks: 65, tableSectors: 2 });
  expect(layoutOf(sectors(2), sectors(1))).toBeUndefined();
});
