import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ProgressLine, progressText } from '../../../core/host/progress.ts';

const MIB = 2 ** 20;

test.each([
  [[0, 64 * MIB, undefined], '  0 B of 64.0 MiB   0 %'],
  [[12.5 * MIB, 64 * MIB, 120.4 * MIB], '  12.5 MiB of 64.0 MiB   19 %   120.4 MiB/s'],
  [[64 * MIB - 1, 64 * MIB, 0], '  64.0 MiB of 64.0 MiB   99 %   0 B/s'],
  [[64 * MIB, 64 * MIB, undefined], '  64.0 MiB of 64.0 MiB   100 %'],
  [[5000, undefined, 1023], '  4.9 KiB   1023 B/s'],
  [[5000, Infinity, undefined], '  4.9 KiB'],
] as const)('%j', ([done, total, rate], text) => {
  expect(progressText(done, total, rate)).toBe(text);
});

function screen(isTTY: boolean): { stream: Writable; said: string[] } {
  const said: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said.push(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), said };
}

test('it is drawn ten times a second at most, over itself, and taken away', () => {
  const { stream, said } = screen(true);
  let now = 0;
  const line = new ProgressLine(stream, 100 * MIB, () => now);
  for (; now < 1000; now += 10) line.at(now * 100_000);
  line.end();
  expect(said).toHaveLength(11);
  expect(said[1]).toBe('\r  9.5 MiB of 100.0 MiB   9 %   95.4 MiB/s');
  expect(said.at(-1)).toMatch(/^\r +\r$/);
  const widths = said.map(({ length }) => length);
  expect(widths.slice(1, -1)).toEqual(widths.slice(1, -1).toSorted((a, b) => a - b));
});

test('the rate is that of the last seconds', () => {
  const { stream, said } = screen(true);
  let now = 0;
  const line = new ProgressLine(stream, undefined, () => now);
  for (; now <= 2000; now += 100) line.at(0);
  for (; now <= 10_000; now += 100) line.at((now - 2000) * MIB);
  expect(said.at(-1)).toContain('1000.0 MiB/s');
});

test('nothing is drawn where nobody looks', () => {
  const { stream, said } = screen(false);
  const line = new ProgressLine(stream, 10);
  line.at(5);
  line.end();
  expect(said).toEqual([]);
});
