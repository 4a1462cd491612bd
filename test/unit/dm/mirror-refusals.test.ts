/** Tables of mirrors as Linux 6.1 took and refused them, by dmsetup on disks of 16384 sectors. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { DmWorld } from '../../support/dm.ts';

const A = '8:0';
const B = '8:16';
const C = '8:32';

function load(args: string) {
  const world = new DmWorld();
  for (const name of ['sda', 'sdb', 'sdc']) world.disk(new RamDisk(name, sectors(16_384)));
  world.dm.create('vol', '');
  const done = world.dm.load('vol', [`0 2048 mirror ${args}`.trim()]);
  return { done, table: world.table('vol', 'inactive')?.[0] };
}

const LOG = 'Error creating mirror dirty log';
const REFUSED: readonly (readonly [string, string])[] = [
  ['', 'Insufficient mirror log arguments'],
  ['core', 'Insufficient mirror log arguments'],
  ['core 1', 'Insufficient mirror log arguments'],
  [`core x 1024 2 ${A} 0 ${B} 0`, 'Invalid mirror log argument count'],
  [`core 0 2 ${A} 0 ${B} 0`, LOG],
  ['core 1 1024', 'Invalid number of mirrors'],
  [`core 1 1024 2 ${A} 0`, 'Too few mirror arguments'],
  [`core 1 1024 2 ${A} 0 ${B}`, 'Too few mirror arguments'],
  [`core 1 1024 2 ${A} 0 ${B} 0 junk`, 'Invalid number of features'],
  [`core 1 1024 2 ${A} 0 ${B} 0 1`, 'Not enough arguments to support feature count'],
  [`core 1 1024 2 ${A} 0 ${B} 0 1 handle_errors junk`, 'Too many mirror arguments'],
  [`core 1 1024 2 ${A} 0 ${B} 0 1 junk`, 'Unrecognised feature requested'],
  [`core 1 1024 2 ${A} 0 ${B} 0 1 keep_log`, 'keep_log feature requires the handle_errors feature'],
  [`core 1 1024 2 ${A} 0 ${B} 0 3 handle_errors keep_log x`, 'Unrecognised feature requested'],
  ...['1000', '1', '4096', 'x', '0', '1024x'].map(
    (size) => [`core 1 ${size} 2 ${A} 0 ${B} 0`, LOG] as const,
  ),
  [`core 2 1024 bogus 2 ${A} 0 ${B} 0`, LOG],
  [`core 3 1024 block_on_error nosync 2 ${A} 0 ${B} 0`, LOG],
  [`core 4 1024 nosync sync block_on_error 2 ${A} 0 ${B} 0`, LOG],
  [`core 1 1024 1 ${A} 0`, 'Invalid number of mirrors'],
  ['core 1 1024 0', 'Invalid number of mirrors'],
  [`core 1 1024 x ${A} 0`, 'Invalid number of mirrors'],
  [`core 1 1024 10${` ${A} 0`.repeat(10)}`, 'Invalid number of mirrors'],
  [`core 1 1024 2 ${A} x ${B} 0`, 'Invalid offset'],
  [`core 1 1024 2 ${A} 0x ${B} 0`, 'Invalid offset'],
  [`disk 1 ${C} 2 ${A} 0 ${B} 0`, LOG],
  [`disk 0 2 ${A} 0 ${B} 0`, LOG],
  [`disk 2 ${C} 1000 2 ${A} 0 ${B} 0`, LOG],
  [`disk 5 ${C} 1024 nosync block_on_error x 2 ${A} 0 ${B} 0`, LOG],
  [`disk 3 ${C} 1024 foo 2 ${A} 0 ${B} 0`, LOG],
  [`bogus 1 1024 2 ${A} 0 ${B} 0`, LOG],
  [`core 99 1024 2 ${A} 0 ${B} 0`, 'Insufficient mirror log arguments'],
  // What is ours alone.
  [
    `core 1 1024 2 ${A} 0 ${B} 0 2 handle_errors drop_failed_legs`,
    'drop_failed_legs feature requires a disk log',
  ],
  [
    `disk 2 ${C} 1024 2 ${A} 0 ${B} 0 3 handle_errors keep_log drop_failed_legs`,
    'drop_failed_legs feature excludes the keep_log feature',
  ],
];

test.each(REFUSED)('mirror %s', (args, why) => {
  const { done } = load(args);
  expect(done).toMatchObject({ ok: false, error: { errno: 'EINVAL', reason: `mirror: ${why}` } });
});

test('devices that are not there, or too small', () => {
  const refusal = (args: string) => {
    const { done } = load(args);
    return done.ok ? undefined : `${done.error.errno} ${done.error.reason}`;
  };
  expect(refusal(`core 1 1024 2 nope 0 ${B} 0`)).toBe('ENODEV mirror: Device lookup failure');
  expect(refusal(`disk 2 nope 1024 2 ${A} 0 ${B} 0`)).toBe(`ENODEV mirror: ${LOG}`);
  expect(refusal(`core 1 1024 2 ${A} 16000 ${B} 0`)).toBe(
    'EINVAL sda too small for target: start=16000, len=2048, dev_size=16384',
  );
});

const TAKEN: readonly (readonly [string, string?])[] = [
  [`core 1 1024 2 ${A} 0 ${B} 0`],
  [`core 1 1024 2 ${A} 0 ${B} 0 0`, `core 1 1024 2 ${A} 0 ${B} 0`],
  [`core 1 1024 2 ${A} 0 ${B} 0 1 handle_errors`],
  [
    `core 1 1024 2 ${A} 0 ${B} 0 2 keep_log handle_errors`,
    `core 1 1024 2 ${A} 0 ${B} 0 2 handle_errors keep_log`,
  ],
  [
    `core 1 1024 2 ${A} 0 ${B} 0 2 handle_errors handle_errors`,
    `core 1 1024 2 ${A} 0 ${B} 0 1 handle_errors`,
  ],
  [`core 1 2 2 ${A} 0 ${B} 0`],
  [`core 1 2048 2 ${A} 0 ${B} 0`],
  [`core 2 1024 sync 2 ${A} 0 ${B} 0`],
  [`core 1 1024 9 ${[A, B, C].map((leg) => `${leg} 0 ${leg} 2048 ${leg} 4096`).join(' ')}`],
  [`disk 2 ${C} 1024 2 ${A} 0 ${B} 0`],
  [`disk 3 ${C} 1024 nosync 2 ${A} 0 ${B} 0 1 handle_errors`],
];

const PRINTED = TAKEN.map(([args, printed = args]) => [args, printed] as const);

test.each(PRINTED)('mirror %s is taken', (args, printed) => {
  const { done, table } = load(args);
  expect(done).toEqual({ ok: true });
  expect(table).toBe(`0 2048 mirror ${printed}`);
});

test('a log device has room for the header and every bit', () => {
  const world = new DmWorld();
  for (const size of [4096, 4096, 2]) world.disk(new RamDisk('sd', sectors(size)));
  world.dm.create('vol', '');
  const table = ['0 2048 mirror disk 2 8:32 1024 2 8:0 0 8:16 0'];
  expect(world.dm.load('vol', table)).toMatchObject({ error: { reason: `mirror: ${LOG}` } });
  world.disk(new RamDisk('sd', sectors(3)));
  expect(
    world.dm.load(
      'vol',
      table.map((line) => line.replace('8:32', '8:48')),
    ),
  ).toEqual({ ok: true });
});
