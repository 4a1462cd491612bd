/** Who writes to an image past its disk, and what the disk knows of it. */
import { openSync, closeSync, writeSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SECTOR, mib, sectors } from '../../../core/base/units.ts';
import type { Lent } from '../../../core/block/device.ts';
import { beginMarked, endMarked } from '../../../core/block/write-marks.ts';
import { openFileDisk, type FileDisk } from '../../../core/host/file-disk.ts';
import { createImage } from '../../../core/host/image-file.ts';
import { turn } from '../../support/sim.ts';
import { scratch } from './scratch.ts';

async function disk(mode: 'read-only' | 'live' = 'live') {
  const path = join(await scratch(), 'a.img');
  expect(await createImage(path, mib(64))).toEqual({ ok: true });
  const opened = await openFileDisk({ path, name: 'sda', mode });
  if (!opened.ok) throw new Error(opened.error.why);
  onTestFinished(() => opened.value.close());
  return { path, disk: opened.value };
}

const lent = (from: FileDisk, recall = (): void => undefined): Lent => {
  const loan = from.lend(recall);
  if (!loan) throw new Error('nothing was lent');
  return loan;
};

/** As another thread does it. */
function write({ file, marks }: Lent, start: number, count: number): void {
  if (!marks) throw new Error('it may only be read');
  beginMarked(marks, start, count);
  writeSync(file, new Uint8Array(count * SECTOR).fill(1), 0, count * SECTOR, start * SECTOR);
  endMarked(marks, start, count);
}

const kinds = async (from: FileDisk) =>
  (await from.allocation(sectors(0), from.size)).map(({ kind, count }) => `${kind} ${count}`);

test('what was written past the disk is no hole, before and after it is given back', async () => {
  const { disk: live } = await disk();
  expect(await kinds(live)).toEqual([`hole ${live.size}`]);
  const loan = lent(live);
  write(loan, 4096, 8);
  expect(await kinds(live)).toEqual(['hole 4096', 'data 512', `hole ${live.size - 4608}`]);
  write(loan, 8192, 512);
  loan.giveBack();
  const after = `hole ${live.size - 8704}`;
  expect(await kinds(live)).toEqual(['hole 4096', 'data 512', 'hole 3584', 'data 512', after]);
});

test('it is not taken for the work of another program', async () => {
  const { path, disk: live } = await disk();
  const loan = lent(live);
  expect(await live.watch?.check()).toBeUndefined();
  write(loan, 0, 8);
  expect(await live.watch?.check()).toBeUndefined();
  if (loan.marks) beginMarked(loan.marks, 0, 8);
  expect(await live.watch?.check()).toBeUndefined();
  writeSync(loan.file, new Uint8Array(SECTOR).fill(2), 0, SECTOR, 0);
  if (loan.marks) endMarked(loan.marks, 0, 8);
  expect(await live.watch?.check()).toBeUndefined();
  expect(await live.watch?.check()).toBeUndefined();
  write(loan, 4096, 8);
  await kinds(live);
  expect(await live.watch?.check()).toBeUndefined();
  write(loan, 4096, 8);
  loan.giveBack();
  expect(await live.watch?.check()).toBeUndefined();
  const stranger = openSync(path, 'r+');
  writeSync(stranger, new Uint8Array(SECTOR), 0, SECTOR, 0);
  closeSync(stranger);
  expect(await live.watch?.check()).toMatchObject({ kind: 'changed' });
});

test('a hole is punched, and the disk closed, when nobody writes past it', async () => {
  const { disk: live } = await disk();
  await live.submit({ op: 'write', start: sectors(0), data: new Uint8Array(2 ** 23).fill(1) });
  let recalls = 0;
  const loan = lent(live, () => recalls++);
  const count = sectors(2 ** 14);
  const punched = live.submit({ op: 'discard', start: sectors(0), count });
  await expect.poll(() => recalls).toBe(1);
  expect(live.lend(() => undefined)).toBeUndefined();
  write(loan, 0, 8);
  loan.giveBack();
  expect(await punched).toEqual({ ok: true });
  expect(await kinds(live)).toEqual([`hole ${live.size}`]);
  const last = lent(live, () => recalls++);
  let closed = false;
  const closing = live.close().then(() => (closed = true));
  await turn();
  expect([recalls, closed]).toEqual([2, false]);
  last.giveBack();
  await closing;
  expect(live.lend(() => undefined)).toBeUndefined();
});

test('an image that is lost is wanted back, and lent no more', async () => {
  const { path, disk: live } = await disk();
  let recalls = 0;
  const loan = lent(live, () => recalls++);
  await rename(path, `${path}.old`);
  expect(await live.watch?.check()).toMatchObject({ kind: 'lost' });
  expect(recalls).toBe(1);
  loan.giveBack();
  expect(live.lend(() => undefined)).toBeUndefined();
});

test('what is open to be read is lent to be read', async () => {
  const { disk: readOnly } = await disk('read-only');
  const loan = lent(readOnly);
  expect(loan.marks).toBeUndefined();
  loan.giveBack();
});
