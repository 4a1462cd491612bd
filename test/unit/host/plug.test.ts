import { expect, test } from 'vitest';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import { FileAccess, type FileCalls } from '../../../core/host/file-access.ts';
import { Plug } from '../../../core/host/plug.ts';

/** A file of sectors, one byte each, that says what was called; `bad` sectors fail. */
function recorded(bad: readonly number[] = []) {
  const called: string[] = [];
  const file = new Map<number, number>();
  const move = (op: string, parts: readonly Uint8Array[], at: number) => {
    const count = parts.reduce((sum, { length }) => sum + length / SECTOR, 0);
    called.push(`${op} ${at}+${count}${parts.length > 1 ? ` in ${parts.length}` : ''}`);
    let sector = at;
    for (const part of parts) {
      for (let offset = 0; offset < part.length; offset += SECTOR, sector++) {
        if (bad.includes(sector)) return Object.assign(new Error(), { code: 'EIO' });
        if (op === 'read') part.fill(file.get(sector) ?? 0, offset, offset + SECTOR);
        else file.set(sector, part[offset] ?? 0);
      }
    }
    return null;
  };
  const single =
    (op: string): FileCalls['read'] & FileCalls['write'] =>
    (_fd, data, _offset, _length, position, done) =>
      done(move(op, [data], Number(position) / SECTOR), data.length);
  const vector =
    (op: string): FileCalls['readv'] =>
    (_fd, parts, position, done) => {
      const error = move(op, parts, position / SECTOR);
      done(error, error ? 0 : parts.reduce((sum, { length }) => sum + length, 0));
    };
  const calls: FileCalls = {
    read: single('read'),
    write: single('write'),
    readv: vector('read'),
    writev: vector('write'),
    fdatasync: (_fd, done) => done(null),
  };
  const plug = new Plug(new FileAccess(3, calls));
  const add = (op: 'read' | 'write', start: number, data: Uint8Array) =>
    new Promise<string>((resolve) => {
      plug.add(op, data, sectors(start), (why) => resolve(why ?? 'done'));
    });
  return { called, add };
}

const stamp = (value: number, count = 1): Uint8Array => new Uint8Array(count * SECTOR).fill(value);

test('what lies end to end is one call, on two legs at once as well', async () => {
  const { called, add } = recorded();
  const chunks = [0, 100, 2, 102, 4, 104];
  await Promise.all(chunks.map((start, index) => add('write', start, stamp(index + 1, 2))));
  expect(called.splice(0)).toEqual(['write 0+6 in 3', 'write 100+6 in 3']);
  const back = chunks.map(() => stamp(99, 2));
  await Promise.all(chunks.map((start, index) => add('read', start, back[index] ?? stamp(0))));
  expect(called).toEqual(['read 0+6 in 3', 'read 100+6 in 3']);
  expect(back.map((data) => [data[0], data[SECTOR]])).toEqual(
    chunks.map((_, index) => [index + 1, index + 1]),
  );
});

test('reads and writes, gaps, other turns and what is large stay apart', async () => {
  const { called, add } = recorded();
  const first = [add('write', 0, stamp(1)), add('read', 1, stamp(0)), add('write', 2, stamp(1))];
  await Promise.resolve();
  await Promise.all([...first, add('write', 3, stamp(1))]);
  expect(called.splice(0)).toEqual(['write 0+1', 'read 1+1', 'write 2+1', 'write 3+1']);
  const large = 2 ** 20 / SECTOR / 2;
  await Promise.all([0, 1, 2].map((index) => add('write', index * large, stamp(1, large))));
  expect(called).toEqual([`write 0+${2 * large} in 2`, `write ${2 * large}+${large}`]);
});

test('one bad sector fails the request it belongs to, and no other', async () => {
  const { called, add } = recorded([5]);
  const requests = [0, 2, 4, 6].map((start) => add('write', start, stamp(1, 2)));
  expect(await Promise.all(requests)).toEqual(['done', 'done', 'i/o error', 'done']);
  expect(called).toEqual(['write 0+8 in 4', 'write 0+2', 'write 2+2', 'write 4+2', 'write 6+2']);
});

test('what ends far behind the reach of a number is not joined', async () => {
  const { called, add } = recorded();
  const start = 2 ** 44 - 2;
  await Promise.all([add('read', start, stamp(0)), add('read', start + 1, stamp(0, 2))]);
  expect(called).toEqual([`read ${start}+1`, `read ${start + 1}+2`]);
});
