import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { ioSectors, type BlockDevice, type Io, type IoResult } from '../../../core/block/device.ts';
import type { TargetType } from '../../../core/dm/target.ts';
import { ALL_TARGETS } from '../../../core/dm/targets/index.ts';
import { DRAIN, DmWorld, must } from '../../support/dm.ts';
import { read, write } from '../../support/sectors.ts';

/** A disk whose requests end when the test says so. */
class ManualDisk implements BlockDevice {
  readonly name = 'sda';
  readonly readOnly = false;
  readonly places: string[] = [];
  private waiting: (() => void)[] = [];

  constructor(readonly size = sectors(2 ** 50)) {}

  submit(io: Io): Promise<IoResult> {
    this.places.push(io.op === 'flush' ? 'flush' : `${io.op} ${io.start}+${ioSectors(io)}`);
    return new Promise((resolve) => {
      this.waiting.push(() => resolve({ ok: true, value: undefined }));
    });
  }

  finish(): void {
    for (const one of this.waiting.splice(0)) one();
  }
}

/** Tables from the lowest device up, `d0`, `d1`, ... on the disk 8:0. */
async function stack(tables: readonly (readonly string[])[], fastPath = true) {
  const asked: string[] = [];
  const spied = ALL_TARGETS.map((type): TargetType => {
    const construct: TargetType['construct'] = (args, host) => {
      const built = type.construct(args, host);
      if (!built.ok) return built;
      const { map } = built.value;
      const spy: typeof map = (io) => {
        asked.push(type.name);
        return map(io);
      };
      return { ok: true, value: { ...built.value, map: spy } };
    };
    return { ...type, construct };
  });
  const world = new DmWorld({ targets: spied, fastPath });
  const disk = new ManualDisk();
  world.disk(disk);
  for (const [index, table] of tables.entries()) await world.device(`d${index}`, table);
  const top = must(world.dm.open(`d${tables.length - 1}`));
  const inFlight = () => tables.map((_, index) => world.state(`d${index}`).inFlight);
  return { world, disk, top, asked, inFlight };
}

const THREE = [['0 64 linear 8:0 1000'], ['0 64 linear d0 0'], ['0 32 linear d1 8']];

test('no target is asked, and every device on the way counts the request to its end', async () => {
  const { disk, top, asked, inFlight } = await stack(THREE);
  const pending = write(top, 3, 7, 4);
  expect(disk.places).toEqual(['write 1011+4']);
  expect(inFlight()).toEqual([1, 1, 1]);
  disk.finish();
  expect(await pending).toEqual({ ok: true });
  expect(inFlight()).toEqual([0, 0, 0]);
  expect(asked).toEqual([]);
});

test('a device in the middle waits for it before it is suspended', async () => {
  const { world, disk, top } = await stack(THREE);
  const pending = read(top, 0);
  let suspended = false;
  const suspending = world.dm.suspend('d1', DRAIN).then(() => (suspended = true));
  await Promise.resolve();
  expect(suspended).toBe(false);
  disk.finish();
  await Promise.all([pending, suspending]);
  expect(world.state('d1').suspended).toBe(true);
});

test('what comes while a lower device is suspended waits there', async () => {
  const { world, disk, top, asked, inFlight } = await stack(THREE);
  must(await world.dm.suspend('d0', DRAIN));
  const waits = read(top, 0);
  expect([inFlight(), world.state('d0').queued, disk.places]).toEqual([[0, 1, 1], 1, []]);
  expect(asked).toEqual(['linear', 'linear']);
  must(await world.dm.resume('d0'));
  disk.finish();
  await waits;
  asked.length = 0;
  const pending = read(top, 0);
  disk.finish();
  await pending;
  expect([asked, disk.places]).toEqual([[], ['read 1008+1', 'read 1008+1']]);
});

test('a new table below leads the next request elsewhere', async () => {
  const { world, disk, top } = await stack(THREE);
  const first = read(top, 0);
  disk.finish();
  await first;
  await world.swap('d0', ['0 64 linear 8:0 5000']);
  const second = read(top, 0);
  disk.finish();
  await second;
  expect(disk.places).toEqual(['read 1008+1', 'read 5008+1']);
});

test('places beyond 8 PiB are exact', async () => {
  const far = 2 ** 49 - 1;
  const { disk, top } = await stack([[`0 2048 linear 8:0 ${far}`], ['0 2048 striped 1 2048 d0 0']]);
  const pending = write(top, 17, 1);
  expect(disk.places).toEqual([`write ${far + 17}+1`]);
  disk.finish();
  await pending;
});

test.each([
  ['a request inside one chunk', 5, 3, ['write 205+3'], []],
  [
    'one that crosses chunks',
    6,
    4,
    ['write 206+2', 'write 300+2'],
    ['linear', 'striped', 'striped'],
  ],
  ['one that crosses targets', 30, 4, ['write 314+2', 'write 400+2'], ['linear', 'linear']],
  ['one in front of a target that has to see it', 40, 1, ['write 500+1'], ['flakey', 'linear']],
])('%s', async (_name, start, count, places, mapped) => {
  const { disk, top, asked } = await stack([
    ['0 32 striped 2 8 8:0 200 8:0 300', '32 8 linear 8:0 400', '40 8 flakey 8:0 500 1 0'],
    ['0 32 linear d0 0', '32 16 linear d0 32'],
  ]);
  const pending = write(top, start, 1, count);
  disk.finish();
  await pending;
  expect([disk.places, asked.toSorted()]).toEqual([places, mapped]);
});

test('without it every target is asked', async () => {
  const { disk, top, asked, inFlight } = await stack(THREE, false);
  const pending = write(top, 3, 7, 4);
  expect([disk.places, inFlight()]).toEqual([['write 1011+4'], [1, 1, 1]]);
  disk.finish();
  await pending;
  expect(asked).toEqual(['linear', 'linear', 'linear']);
});
