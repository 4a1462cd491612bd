import { expect, test } from 'vitest';
import { Patience } from '../../../../core/nbd/thread/patience.ts';

const SLOW = 5000;
const QUICK = 10;

function waited(patience: Patience, micros: number, times: number): void {
  for (let count = 0; count < times; count++) patience.waited(micros, 4096);
}

/** Transfers until one may be waited for again. */
function rest(patience: Patience): number {
  let count = 0;
  for (; patience.isOver; count++) patience.spared();
  return count;
}

test('quick ones are always waited for, large ones may take longer', () => {
  const patience = new Patience();
  waited(patience, QUICK, 1000);
  for (let count = 0; count < 100; count++) patience.waited(1000, 2 ** 20);
  expect(patience.isOver).toBe(false);
});

test('a slow one now and then changes nothing', () => {
  const patience = new Patience();
  for (let count = 0; count < 100; count++) {
    waited(patience, SLOW, 1);
    waited(patience, QUICK, 1);
    expect(patience.isOver).toBe(false);
  }
});

test('many slow ones are too many, and the rest becomes longer each time, up to a bound', () => {
  const patience = new Patience();
  waited(patience, SLOW, 7);
  expect(rest(patience)).toBe(0);
  waited(patience, SLOW, 1);
  const rests: number[] = [];
  for (let count = 0; count < 8; count++) {
    rests.push(rest(patience));
    waited(patience, SLOW, 2);
  }
  expect(rests).toEqual([32, 64, 128, 256, 512, 1024, 1024, 1024]);
});

test('once they are quick again it begins anew', () => {
  const patience = new Patience();
  waited(patience, SLOW, 8);
  expect(rest(patience)).toBe(32);
  waited(patience, QUICK, 20);
  waited(patience, SLOW, 8);
  expect(rest(patience)).toBe(32);
});
