/** Devices drawn in boxes; the post's own pictures are in test/golden/seeds. */
import { expect, test } from 'vitest';
import type { DevNo } from '../../../core/contract/units.ts';
import { drawStage } from '../../../core/report/stage-drawing.ts';
import { DmWorld, DRAIN } from '../../support/dm.ts';
import { must } from '../../support/results.ts';

function draw(world: DmWorld, ...names: readonly string[]): string {
  const devices = world.dm.list();
  const tops = names.flatMap((name) => devices.filter((one) => one.name === name));
  const nameOf = (devno: DevNo): string => `PV${Number(devno.split(':')[1]) / 16 + 1}`;
  return drawStage(tops, devices, nameOf).join('\n');
}

test('a move as LVM2 makes it: the mirror is a device below the volume', async () => {
  const world = new DmWorld();
  world.ram(4);
  must(world.dm.throttle(0));
  await world.device('vg-pvmove0', ['0 900 mirror core 1 64 2 8:16 8 8:48 16']);
  await world.device('vg-lv', [
    '0 1000 linear 8:0 8',
    '1000 900 linear 253:0 0',
    '1900 800 linear 8:32 8',
  ]);
  expect(draw(world, 'vg-lv')).toMatchInlineSnapshot(`
    "+-----------------------------+
    |   PV1    | linear  |  PV3   | 253:1
    +----------+---------+--------+
                    |
                    |     destination of copy
                    |  +------------->--------+
                    \\/ |                      |
               +---------+       +------------+
               | mirror  | 253:0 |    PV4     |
               +---------+       +------------+
                    |
                    \\/
               +---------+
               |   PV2   |
               +---------+"
  `);
});

test('an atomic move: the mirror copies between devices, two segments lie on it', async () => {
  const world = new DmWorld();
  world.ram(3);
  must(world.dm.throttle(0));
  await world.device('from', ['0 300 linear 8:0 8']);
  await world.device('to', ['0 300 linear 8:16 8']);
  await world.device('vg-pvmove0', ['0 300 mirror core 1 64 2 253:0 0 253:1 0']);
  await world.device('vg-lv', [
    '0 100 linear 253:2 0',
    '100 200 linear 8:32 8',
    '300 200 linear 253:2 100',
  ]);
  expect(draw(world, 'vg-lv').split('\n')).toEqual([
    '+------------------------------------------+',
    '| Ident. |      PV3       |     linear     | 253:3',
    '+--------+----------------+----------------+',
    '    |',
    '    |             destination of copy',
    '    |          +------------------>-----------+',
    String.raw`    \/         |                              |`,
    '+------------------------+       +------------+',
    '|         mirror         | 253:2 |     to     |',
    '+------------------------+       +------------+',
    '            |',
    String.raw`            \/`,
    '+------------------------+',
    '|          PV1           | 253:0',
    '+------------------------+',
  ]);
});

test('a device that is drawn below another one is not drawn again', async () => {
  const world = new DmWorld();
  world.ram(2);
  await world.device('below', ['0 100 linear 8:0 0', '100 100 linear 8:16 0']);
  await world.device('above', ['0 200 linear 253:0 0']);
  expect(draw(world, 'above', 'below')).toBe(draw(world, 'above'));
  expect(draw(world, 'above')).toMatchInlineSnapshot(`
    "+----------------+
    |    Identity    | 253:1
    +----------------+
            |
            \\/
    +-----------------+
    |  PV1   |  PV2   | 253:0
    +--------+--------+"
  `);
});

test('what is longer is wider, up to a limit; names find room', async () => {
  const world = new DmWorld();
  world.ram(2);
  await world.device('vol', ['0 10 linear 8:0 0', '10 2000 striped 2 8 8:0 64 8:16 64']);
  must(await world.dm.suspend('vol', DRAIN));
  must(world.dm.load('vol', ['0 8 zero']));
  expect(draw(world, 'vol')).toMatchInlineSnapshot(`
    "+---------------------------------+
    |  PV1   |        striped         | 253:0 (suspended, new table loaded)
    +--------+------------------------+"
  `);
  const devices = world.dm.list();
  const drawn = drawStage(devices, devices, (devno) => `/dev/disk/${devno}`);
  expect(drawn.join('\n')).toMatchInlineSnapshot(`
    "+-----------------------------------------+
    | /dev/disk/8:0  |        striped         | 253:0 (suspended, new table loaded)
    +----------------+------------------------+"
  `);
});

test('a mirror with a log on a disk; without a table', async () => {
  const world = new DmWorld();
  world.ram(3);
  must(world.dm.throttle(0));
  await world.device('mir', ['0 512 mirror disk 2 8:32 64 2 8:0 0 8:16 0']);
  expect(draw(world, 'mir')).toMatchInlineSnapshot(`
    "      destination of copy
       +--------------->----------+
       |                          |
    +--------+       +------------+
    | mirror | 253:0 |    PV2     |
    +--------+       +------------+
        |
        \\/
    +--------+
    |  PV1   |
    +--------+"
  `);
  must(world.dm.create('empty', ''));
  expect(draw(world, 'empty')).toMatchInlineSnapshot(`
    "+----------+
    | no table | 253:1
    +----------+"
  `);
});
