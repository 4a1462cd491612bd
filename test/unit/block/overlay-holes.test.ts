/** Zeros and discards of a sandbox: what they keep out of its file, and what stays in it. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { overlaySize } from '../../../core/block/overlay/format.ts';
import { Journal } from '../../../core/block/overlay/journal.ts';
import { Overlay } from '../../../core/block/overlay/overlay.ts';
import { discard, flush, holes, read, write, zero } from '../../support/sectors.ts';

const SIZE = sectors(128 * 1000);

async function sandbox() {
  const image = new RamDisk('image', SIZE);
  const store = new RamDisk('store', overlaySize(SIZE));
  await Journal.create(store, SIZE, '');
  const open = async (): Promise<Overlay> => {
    const opened = await Overlay.open(image, store);
    if (!opened.ok) throw new Error(opened.error.code);
    return opened.value;
  };
  return { image, store, open };
}

test('a blank image is zeroed for nothing, and only what it holds is noted', async () => {
  const { image, store, open } = await sandbox();
  await write(image, 128 * 50 + 3, 7, 2);
  await write(image, 128 * 900, 8, 128);
  const before = store.store.allocated;
  const overlay = await open();
  expect(await zero(overlay, 64, SIZE - 100)).toEqual({ ok: true });
  expect(overlay.changed).toBe(2 * 128);
  expect(await holes(overlay, 0, SIZE)).toBe(SIZE);
  expect(await read(overlay, 128 * 50, 8)).toEqual(Array(8).fill(0));
  await flush(overlay);
  expect(store.store.allocated - before).toBeLessThanOrEqual(65_536);
  const again = await open();
  expect(again.changed).toBe(2 * 128);
  expect(await read(again, 128 * 900, 2)).toEqual([0, 0]);
  expect(await read(image, 128 * 900, 2)).toEqual([8, 8]);
});

test('what is zeroed here takes no room in the image it is applied to', async () => {
  const { image, open } = await sandbox();
  await write(image, 0, 7, 128 * 40);
  const overlay = await open();
  await zero(overlay, 128 * 2, 128 * 32);
  await write(overlay, 128 * 20, 9, 3);
  expect(await overlay.apply(image)).toEqual({ ok: true });
  expect(image.store.allocated).toBeLessThanOrEqual(24 * 65_536);
  expect(await read(image, 128 * 2 - 1, 2)).toEqual([7, 0]);
  expect(await read(image, 128 * 20 - 1, 5)).toEqual([0, 9, 9, 9, 0]);
  expect(await read(image, 128 * 34 - 1, 2)).toEqual([0, 7]);
});

test('a discard never brings back what the image held', async () => {
  const { image, open } = await sandbox();
  await write(image, 0, 7, 128 * 4);
  const overlay = await open();
  await write(overlay, 0, 9, 128 * 2);
  await discard(overlay, 0, 128 * 4);
  await flush(overlay);
  for (const one of [overlay, await open()]) {
    const first = (await read(one, 0, 128 * 2)) as number[];
    const last = await read(one, 128 * 2, 128 * 2);
    expect([9, 0]).toContain(first[0]);
    expect(new Set(first)).not.toContain(7);
    expect(last).toEqual(Array(256).fill(7));
  }
});

test('writes that come while a part of their chunk is zeroed are not lost', async () => {
  const { image, open } = await sandbox();
  await write(image, 0, 7, 128 * 4);
  const overlay = await open();
  await Promise.all([
    zero(overlay, 10, 128),
    ...Array.from({ length: 10 }, (_, index) => write(overlay, index, index + 1)),
    zero(overlay, 300, 40),
    write(overlay, 290, 5, 10),
    write(overlay, 340, 6, 10),
  ]);
  expect(await read(overlay, 0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0]);
  expect(await read(overlay, 137, 2)).toEqual([0, 7]);
  expect(await read(overlay, 289, 2)).toEqual([7, 5]);
  expect(await read(overlay, 299, 42)).toEqual([5, ...Array<number>(40).fill(0), 6]);
});
