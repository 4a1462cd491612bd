import { expect, test } from 'vitest';
import { answer, DmWorld } from '../../support/dm.ts';
import { read, write } from '../../support/sectors.ts';

test('a sector s of the target goes to offset + s', async () => {
  const world = new DmWorld();
  const [sda] = world.ram(1);
  const volume = await world.device('vol', ['0 100 linear 8:0 384', '100 28 linear 8:0 8']);
  await write(volume, 98, 5, 4);
  expect(await read(sda!, 481, 4)).toEqual([0, 5, 5, 0]);
  expect(await read(sda!, 7, 4)).toEqual([0, 5, 5, 0]);
  expect(volume.size).toBe(128);
});

test('is shown by number, whatever name was given', async () => {
  const world = new DmWorld();
  world.ram(2);
  await world.device('low', ['0 64 linear /dev/sdb 007']);
  await world.device('vol', [
    '0 8 linear low 0',
    '8 8 linear /dev/mapper/low 8',
    '16 8 linear 8:0 1',
  ]);
  expect(world.table('low')).toEqual(['0 64 linear 8:16 7']);
  expect(world.table('vol')).toEqual([
    '0 8 linear 253:0 0',
    '8 8 linear 253:0 8',
    '16 8 linear 8:0 1',
  ]);
  expect(world.state('vol').live?.[1]).toEqual({
    start: 8,
    length: 8,
    type: 'linear',
    params: '253:0 8',
    status: '',
    ranges: [{ devno: '253:0', start: 8, count: 8 }],
  });
});

test.each([
  ['linear 8:0', 'EINVAL linear: Invalid argument count'],
  ['linear 8:0 0 1', 'EINVAL linear: Invalid argument count'],
  ['linear 8:0 abc', 'EINVAL linear: Invalid device sector'],
  ['linear 8:0 -1', 'EINVAL linear: Invalid device sector'],
  ['linear 8:0 +5', 'EINVAL linear: Invalid device sector'],
  ['linear 8:0 0x10', 'EINVAL linear: Invalid device sector'],
  ['linear 8:0 18446744073709551616', 'EINVAL linear: Invalid device sector'],
  ['linear 9:77 0', 'ENXIO linear: Device lookup failed'],
  ['linear /dev/nope 0', 'ENODEV linear: Device lookup failed'],
  ['linear nope 0', 'ENODEV linear: Device lookup failed'],
  ['linear 8:0 4000', 'EINVAL sda too small for target: start=4000, len=100, dev_size=4096'],
  ['linear 8:0 40000', 'EINVAL sda too small for target: start=40000, len=100, dev_size=4096'],
])('%s is refused: %s', (target, expected) => {
  const world = new DmWorld();
  world.ram(1);
  world.dm.create('vol', '');
  expect(answer(world.dm.load('vol', [`0 100 ${target}`]))).toBe(expected);
  expect(world.state('vol').inactive).toBeUndefined();
  expect(answer(world.dm.detachDisk('/dev/sda'))).toBe('done');
});
