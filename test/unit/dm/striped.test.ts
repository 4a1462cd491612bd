import { expect, test } from 'vitest';
import { answer, DmWorld } from '../../support/dm.ts';
import { read, write } from '../../support/sectors.ts';

test('chunk c goes to stripe c mod n, row c div n', async () => {
  const world = new DmWorld();
  const disks = world.ram(3);
  const volume = await world.device('vol', ['0 48 striped 3 4 8:0 100 8:16 200 8:32 300']);
  for (let chunk = 0; chunk < 12; chunk++) await write(volume, chunk * 4, chunk + 1, 4);
  const rows = (first: number): number[] =>
    [0, 3, 6, 9].flatMap((row) => Array<number>(4).fill(row + first));
  expect(await read(disks[0]!, 100, 16)).toEqual(rows(1));
  expect(await read(disks[1]!, 200, 16)).toEqual(rows(2));
  expect(await read(disks[2]!, 300, 16)).toEqual(rows(3));
});

test('one request is cut at every chunk and put together again', async () => {
  const world = new DmWorld();
  world.ram(2);
  const volume = await world.device('vol', ['0 60 striped 2 3 8:0 0 8:16 0']);
  await write(volume, 0, 9, 60);
  await write(volume, 7, 4, 20);
  expect(await read(volume, 6, 22)).toEqual([9, ...Array<number>(20).fill(4), 9]);
});

test('table and status as dmsetup prints them', async () => {
  const world = new DmWorld();
  world.ram(2);
  await world.device('vol', ['0 96 striped 2 8 /dev/sdb 100 /dev/sda 200']);
  expect(world.table('vol')).toEqual(['0 96 striped 2 8 8:16 100 8:0 200']);
  const [target] = world.state('vol').live ?? [];
  expect(target).toMatchObject({
    status: '2 8:16 8:0 1 AA',
    ranges: [
      { devno: '8:16', start: 100, count: 48 },
      { devno: '8:0', start: 200, count: 48 },
    ],
  });
  expect(world.state('vol').deps).toEqual(['8:0', '8:16']);
});

test.each([
  ['0 100 striped', 'EINVAL striped: Not enough arguments'],
  ['0 100 striped 2', 'EINVAL striped: Not enough arguments'],
  ['0 100 striped 0 8 8:0 0', 'EINVAL striped: Invalid stripe count'],
  ['0 100 striped a 8 8:0 0', 'EINVAL striped: Invalid stripe count'],
  ['0 100 striped 2 0 8:0 0 8:0 0', 'EINVAL striped: Invalid chunk_size'],
  [
    '0 99 striped 2 8 8:0 0 8:0 100',
    'EINVAL striped: Target length not divisible by number of stripes',
  ],
  ['0 100 striped 2 8 8:0 0 8:0 100', 'EINVAL striped: Target length not divisible by chunk size'],
  ['0 96 striped 2 8 8:0 0', 'EINVAL striped: Not enough destinations specified'],
  ['0 96 striped 2 8 8:0 0 8:0 100 3', 'EINVAL striped: Not enough destinations specified'],
  ['0 96 striped 2 8 8:0 0 8:0 x', "EINVAL striped: Couldn't parse stripe destination"],
  ['0 96 striped 2 8 8:0 0 9:7 0', "ENXIO striped: Couldn't parse stripe destination"],
  [
    '0 96 striped 2 8 8:0 0 8:0 4049',
    'EINVAL sda too small for target: start=4049, len=48, dev_size=4096',
  ],
  ['0 96 striped 2 3 8:0 0 8:0 100', 'done'],
  ['0 96 striped 1 3 8:0 0', 'done'],
])('%s: %s', (line, expected) => {
  const world = new DmWorld();
  world.ram(1);
  world.dm.create('vol', '');
  expect(answer(world.dm.load('vol', [line]))).toBe(expected);
  expect(world.dm.detachDisk('/dev/sda').ok).toBe(expected !== 'done');
});
