import { expect, test } from 'vitest';
import { answer, DmWorld } from '../../support/dm.ts';
import { at, flush, read, stamped, write } from '../../support/sectors.ts';

test('error fails reads and writes, names itself, and has nothing to flush', async () => {
  const world = new DmWorld();
  const volume = await world.device('vol', ['0 100 error']);
  const data = stamped(3, 2);
  for (const op of ['read', 'write'] as const) {
    const failed = { code: 'io-failed', device: 'vol', op, start: 7, why: 'error target' };
    expect(await volume.submit({ op, start: at(7), data })).toEqual({ ok: false, error: failed });
  }
  expect(await flush(volume)).toEqual({ ok: true });
  expect(world.table('vol')).toEqual(['0 100 error ']);
  expect(world.state('vol')).toMatchObject({ deps: [], live: [{ status: '', ranges: [] }] });
});

test('a request that meets an error target fails, the parts beside it may be done', async () => {
  const world = new DmWorld();
  const [sda] = world.ram(1);
  const volume = await world.device('vol', ['0 8 linear 8:0 0', '8 8 error', '16 8 linear 8:0 16']);
  expect(await write(volume, 6, 1, 12)).toMatchObject({ error: { start: 8, why: 'error target' } });
  expect(await write(volume, 16, 2, 8)).toEqual({ ok: true });
  expect(await read(volume, 0, 24)).toBe('io-failed');
  expect(await read(sda!, 16, 8)).toEqual(Array(8).fill(2));
});

test('zero reads as zeroes and swallows writes', async () => {
  const world = new DmWorld();
  const volume = await world.device('vol', ['0 100 zero']);
  expect(await write(volume, 0, 5, 100)).toEqual({ ok: true });
  expect(await read(volume, 0, 100)).toEqual(Array(100).fill(0));
  expect(await flush(volume)).toEqual({ ok: true });
  expect(world.table('vol')).toEqual(['0 100 zero ']);
});

test('zero takes no arguments, error looks at none', () => {
  const world = new DmWorld();
  world.ram(1);
  world.dm.create('vol', '');
  const refused = 'EINVAL zero: No arguments required';
  expect(answer(world.dm.load('vol', ['0 100 zero 8:0']))).toBe(refused);
  expect(answer(world.dm.load('vol', ['0 100 error 8:0']))).toBe('done');
  expect(world.table('vol', 'inactive')).toEqual(['0 100 error ']);
});
