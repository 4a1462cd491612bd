/** One active user per log. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import { sharedLogs } from '../../../core/dm/one-log-user.ts';
import { DmWorld, HOLD } from '../../support/dm.ts';
import { must } from '../../support/results.ts';

const MIRROR = ['0 64 mirror disk 2 log 16 2 8:0 0 8:16 0'];
const CORE = ['0 64 mirror core 1 16 2 8:0 0 8:16 0'];

async function layers() {
  const dm = new DeviceMapper(() => undefined);
  for (const [at, name] of ['sda', 'sdb', 'sdc'].entries()) {
    must(dm.attachDisk(`/dev/${name}`, `8:${at * 16}`, new RamDisk(name, sectors(64))));
  }
  const make = async (name: string, table: readonly string[]): Promise<void> => {
    must(dm.create(name, ''));
    must(dm.load(name, table));
    must(await dm.resume(name));
  };
  await make('log', ['0 8 linear 8:32 0']);
  await make('layer', MIRROR);
  return { dm, make };
}

test('a layer that keeps its table beside the mirror that took its place is seen', async () => {
  const { dm, make } = await layers();
  expect(sharedLogs(dm.list())).toEqual([]);
  must(await dm.suspend('layer', HOLD));
  await make('vol', MIRROR);
  // As long as it is suspended it does nothing.
  expect(sharedLogs(dm.list())).toEqual([]);
  must(await dm.resume('layer'));
  expect(sharedLogs(dm.list())).toEqual([{ log: '253:0', users: ['layer', 'vol'] }]);
  must(dm.load('layer', ['0 64 error']));
  must(await dm.resume('layer'));
  expect(sharedLogs(dm.list())).toEqual([]);
});

test('mirrors without a log on disk share nothing', async () => {
  const { dm, make } = await layers();
  await make('one', CORE);
  await make('two', CORE);
  expect(sharedLogs(dm.list())).toEqual([]);
});

test('every stack of the tests is held to it', async () => {
  const world = new DmWorld();
  world.ram(3);
  await world.device('log', ['0 8 linear 8:32 0']);
  await world.device('layer', MIRROR);
  await expect(world.device('vol', MIRROR)).rejects.toThrow('layer and vol on 253:0');
});
