import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { answer, DmWorld, DRAIN } from '../../support/dm.ts';
import { flush, read, write } from '../../support/sectors.ts';

describe('create', () => {
  test('takes the lowest free minor number, or the one given', () => {
    const { dm } = new DmWorld();
    expect(['a', 'b', 'c'].map((name) => dm.create(name, '').ok)).toEqual([true, true, true]);
    dm.remove('b');
    expect(dm.create('d', '')).toEqual({ ok: true, value: '253:1' });
    expect(dm.create('e', '', 7)).toEqual({ ok: true, value: '253:7' });
    expect(dm.create('f', '')).toEqual({ ok: true, value: '253:3' });
    expect(answer(dm.create('g', '', 7))).toBe('ENXIO minor number in use');
    expect(answer(dm.create('g', '', 2 ** 20))).toMatch(/^EINVAL/);
    expect(new DmWorld({ major: 254 }).dm.create('a', '')).toMatchObject({ value: '254:0' });
  });

  test('refuses a name or uuid in use, and names Linux refuses', () => {
    const { dm } = new DmWorld();
    dm.create('one', 'LVM-1');
    expect(answer(dm.create('one', ''))).toBe('EBUSY name or uuid in use');
    expect(answer(dm.create('two', 'LVM-1'))).toBe('EBUSY name or uuid in use');
    expect(answer(dm.create('two', ''))).toBe('done');
    expect(answer(dm.create('three', ''))).toBe('done');
    expect(answer(dm.create('a/b', ''))).toMatch(/^EINVAL/);
    expect(answer(dm.create('', ''))).toMatch(/^EINVAL/);
    expect(answer(dm.create('n'.repeat(127), 'u'.repeat(128)))).toBe('done');
    expect(answer(dm.create('n'.repeat(128), ''))).toMatch(/^EINVAL/);
    expect(answer(dm.create('long', 'u'.repeat(129)))).toMatch(/^EINVAL/);
    expect(dm.byUuid('LVM-1')?.name).toBe('one');
    expect(dm.byUuid('LVM-2')).toBeUndefined();
  });

  test('makes a device of size 0 whose I/O fails, also after a resume', async () => {
    const { dm } = new DmWorld();
    dm.create('vol', '');
    expect(dm.state('vol')).toEqual({
      name: 'vol',
      uuid: '',
      devno: '253:0',
      suspended: false,
      readOnly: false,
      deps: [],
      openCount: 0,
      eventNumber: 0,
      inFlight: 0,
      queued: 0,
    });
    const volume = dm.open('vol');
    if (!volume.ok) throw new Error('not opened');
    expect(await read(volume.value, 0)).toBe('io-failed');
    expect(answer(await dm.resume('vol'))).toBe('done');
    expect(volume.value.size).toBe(0);
    expect(await flush(volume.value)).toMatchObject({ error: { why: 'no table' } });
  });
});

describe('load', () => {
  test.each([
    [[], 'EINVAL no targets specified'],
    [['0 0 error'], 'EINVAL zero-length target'],
    [['0 100 nosuch'], 'EINVAL nosuch: unknown target type'],
    [['10 100 error'], 'EINVAL error: Gap in table'],
    [['0 100 error', '200 100 zero'], 'EINVAL zero: Gap in table'],
    [['0 100 error', '50 100 error'], 'EINVAL error: Gap in table'],
    [['200 100 error', '0 200 error'], 'EINVAL error: Gap in table'],
    [['0 9007199254740991 zero', '9007199254740991 9 zero'], 'EINVAL too large device'],
    [['0 100'], 'EINVAL Invalid format of table line: 0 100'],
    [['0 abc error'], 'EINVAL Invalid format of table line: 0 abc error'],
    [['0 -5 error'], 'EINVAL Invalid format of table line: 0 -5 error'],
    [[''], 'EINVAL Invalid format of table line: '],
  ])('%j: %s', (table, expected) => {
    const { dm } = new DmWorld();
    dm.create('vol', '');
    expect(answer(dm.load('vol', table))).toBe(expected);
  });

  test('fills the inactive slot, again and again, and leaves the live one alone', async () => {
    const world = new DmWorld();
    world.ram(2);
    const volume = await world.device('vol', ['0 100 linear 8:0 0']);
    await write(volume, 0, 1);
    expect(answer(world.dm.load('vol', ['0 200 error']))).toBe('done');
    expect(answer(world.dm.load('vol', ['0 300 linear 8:16 0']))).toBe('done');
    expect(world.table('vol')).toEqual(['0 100 linear 8:0 0']);
    expect(world.table('vol', 'inactive')).toEqual(['0 300 linear 8:16 0']);
    expect(world.state('vol').deps).toEqual(['8:0']);
    expect(volume.size).toBe(100);
    expect(await read(volume, 0)).toEqual([1]);
    expect(answer(world.dm.load('vol', ['0 300 linear 8:16 x']))).toMatch(/^EINVAL/);
    expect(world.table('vol', 'inactive')).toEqual(['0 300 linear 8:16 0']);
    expect(answer(await world.dm.resume('vol'))).toBe('done');
    expect(world.state('vol').inactive).toBeUndefined();
    expect(volume.size).toBe(300);
    expect(await read(volume, 0)).toEqual([0]);
  });

  test('opens the devices below once per access mode, whichever table uses them', async () => {
    const world = new DmWorld();
    world.ram(1);
    await world.device('low', ['0 1000 linear 8:0 0']).then((low) => low.close());
    await world.device('up', ['0 100 linear low 0', '100 100 linear low 500']);
    expect(world.openCount('low')).toBe(1);
    world.dm.load('up', ['0 500 linear low 0']);
    expect(world.openCount('low')).toBe(1);
    world.dm.load('up', ['0 500 linear low 0'], true);
    expect(world.openCount('low')).toBe(2);
    expect(answer(world.dm.remove('low'))).toBe('EBUSY open 2 times');
    world.dm.clear('up');
    expect(world.openCount('low')).toBe(1);
    await world.swap('up', ['0 500 error']);
    expect(world.openCount('low')).toBe(0);
    expect(answer(world.dm.remove('low'))).toBe('done');
  });

  test('refuses a device above itself, through any table of any device between', async () => {
    const world = new DmWorld();
    world.ram(1);
    await world.device('a', ['0 100 linear 8:0 0']);
    await world.device('b', ['0 100 linear a 0']);
    await world.device('c', ['0 100 error']);
    expect(answer(world.dm.load('a', ['0 100 linear 253:0 0']))).toMatch(/^EINVAL linear: Device/);
    expect(answer(world.dm.load('a', ['0 100 linear b 0']))).toMatch(/b lies above a$/);
    expect(answer(world.dm.load('c', ['0 100 linear b 0']))).toBe('done');
    expect(answer(world.dm.load('a', ['0 100 linear c 0']))).toMatch(/c lies above a$/);
    world.dm.clear('c');
    expect(answer(world.dm.load('a', ['0 100 linear c 0']))).toBe('done');
  });

  test('goes on a suspended device, not on one without a live table', async () => {
    const world = new DmWorld();
    world.ram(1);
    await world.device('low', ['0 100 linear 8:0 0']);
    world.dm.create('up', '');
    await world.dm.suspend('low', DRAIN);
    expect(answer(world.dm.load('up', ['0 100 linear low 0']))).toBe('done');
    world.dm.create('empty', '');
    const expected = 'ENODEV linear: Device lookup failed';
    expect(answer(world.dm.load('up', ['0 100 linear empty 0']))).toBe(expected);
    world.dm.load('empty', ['0 100 zero']);
    expect(answer(world.dm.load('up', ['0 100 linear empty 0']))).toBe(expected);
  });

  test('fixes read-only for when the table goes live', async () => {
    const world = new DmWorld();
    world.ram(1);
    const volume = await world.device('vol', ['0 100 linear 8:0 0']);
    world.dm.load('vol', ['0 100 linear 8:0 0'], true);
    expect(world.state('vol').readOnly).toBe(false);
    expect(await write(volume, 0, 1)).toEqual({ ok: true });
    await world.dm.resume('vol');
    expect(volume.readOnly).toBe(true);
    expect(world.state('vol').readOnly).toBe(true);
    expect(await write(volume, 0, 2)).toMatchObject({
      error: { code: 'read-only', device: 'vol' },
    });
    expect(await read(volume, 0)).toEqual([1]);
  });
});

describe('resume', () => {
  test('refuses a table that the devices below have become too small for', async () => {
    const world = new DmWorld();
    world.ram(1);
    await world.device('low', ['0 1000 linear 8:0 0']);
    const up = await world.device('up', ['0 10 linear low 0']);
    world.dm.load('up', ['0 1000 linear low 0']);
    await world.swap('low', ['0 500 linear 8:0 0']);
    world.happened();
    const refused = await world.dm.resume('up');
    expect(refused).toEqual({
      ok: false,
      error: {
        code: 'dm',
        op: 'resume',
        device: 'up',
        devno: '253:1',
        errno: 'EINVAL',
        reason: 'dm-0 too small for target: start=0, len=1000, dev_size=500',
      },
    });
    expect(world.state('up')).toMatchObject({ suspended: false });
    expect(world.state('up').inactive).toBeUndefined();
    expect(world.happened()).toEqual(['device up']);
    expect(await write(up, 9, 1)).toEqual({ ok: true });
  });

  test('leaves a suspended device suspended on refusal; the next runs the old table', async () => {
    const world = new DmWorld();
    world.ram(1);
    await world.device('low', ['0 1000 linear 8:0 0']);
    const up = await world.device('up', ['0 10 linear low 0']);
    world.dm.load('up', ['0 1000 linear low 0']);
    await world.dm.suspend('up', DRAIN);
    await world.swap('low', ['0 500 linear 8:0 0']);
    expect(answer(await world.dm.resume('up'))).toMatch(/^EINVAL dm-0 too small/);
    expect(world.state('up').suspended).toBe(true);
    expect(answer(await world.dm.resume('up'))).toBe('done');
    expect(world.table('up')).toEqual(['0 10 linear 253:0 0']);
    expect(await write(up, 9, 1)).toEqual({ ok: true });
  });
});

describe('rename and remove', () => {
  test('a renamed device keeps number, tables, handles, users, and counts an event', async () => {
    const world = new DmWorld();
    world.ram(1);
    const volume = await world.device('old', ['0 100 linear 8:0 0']);
    await world.device('up', ['0 10 linear old 0']);
    world.happened();
    expect(answer(world.dm.rename('old', 'new'))).toBe('done');
    expect(world.happened()).toEqual(['removed old', 'device new']);
    expect(world.dm.state('old')).toBeUndefined();
    expect(world.state('new')).toMatchObject({ devno: '253:0', openCount: 2, eventNumber: 1 });
    expect(volume.name).toBe('new');
    expect(await write(volume, 0, 1)).toEqual({ ok: true });
    expect(answer(world.dm.rename('up', 'new'))).toBe('EBUSY new is in use');
    expect(answer(world.dm.rename('up', 'a/b'))).toBe('EINVAL invalid name');
    expect(answer(world.dm.rename('old', 'x'))).toMatch(/^ENXIO/);
  });

  test('a device in use is not removed, one that is not gives its devices back', async () => {
    const world = new DmWorld();
    world.ram(1);
    const volume = await world.device('vol', ['0 100 linear 8:0 0']);
    expect(answer(world.dm.remove('vol'))).toBe('EBUSY open 1 times');
    volume.close();
    volume.close();
    expect(answer(world.dm.detachDisk('/dev/sda'))).toBe('EBUSY a table uses it');
    world.happened();
    expect(answer(world.dm.remove('vol'))).toBe('done');
    expect(world.happened()).toEqual(['removed vol']);
    expect(answer(world.dm.remove('vol'))).toBe('ENXIO Device does not exist.');
    expect(answer(world.dm.detachDisk('/dev/sda'))).toBe('done');
    expect(answer(world.dm.detachDisk('/dev/sda'))).toBe('ENXIO no such disk');
  });

  test('what still waits in a removed device fails', async () => {
    const world = new DmWorld();
    world.ram(1);
    const volume = await world.device('vol', ['0 100 linear 8:0 0']);
    await world.dm.suspend('vol', DRAIN);
    const waiting = Promise.all([write(volume, 0, 1), flush(volume)]);
    volume.close();
    expect(answer(world.dm.remove('vol'))).toBe('done');
    expect(await waiting).toMatchObject([
      { error: { code: 'io-failed', why: 'the device was removed' } },
      { error: { code: 'io-failed', op: 'flush' } },
    ]);
  });
});

test('list is sorted by bytes, and unknown names are ENXIO everywhere', async () => {
  const { dm } = new DmWorld();
  for (const name of ['vg-b', 'vg-B', 'vg-a1', 'vg-a-real', 'vg-a']) dm.create(name, '');
  const names = dm.list().map(({ name }) => name);
  expect(names).toEqual(['vg-B', 'vg-a', 'vg-a-real', 'vg-a1', 'vg-b']);
  const answers = [
    dm.load('x', ['0 1 zero']),
    dm.clear('x'),
    await dm.suspend('x', DRAIN),
    await dm.resume('x'),
    dm.rename('x', 'y'),
    dm.remove('x'),
    dm.open('x'),
  ];
  expect(answers.map(answer)).toEqual(Array(7).fill('ENXIO Device does not exist.'));
  expect(dm.state('x')).toBeUndefined();
});

test('a disk is attached under one path and one number', () => {
  const { dm } = new DmWorld();
  const disk = new RamDisk('sda', sectors(8));
  expect(answer(dm.attachDisk('/dev/sda', '8:0', disk))).toBe('done');
  expect(answer(dm.attachDisk('/dev/sda', '8:16', disk))).toMatch(/^EEXIST/);
  expect(answer(dm.attachDisk('/dev/sdb', '8:0', disk))).toMatch(/^EEXIST/);
});

test('every step is announced once it took effect, and only then', async () => {
  const world = new DmWorld();
  world.ram(1);
  const { dm } = world;
  const seen: string[] = [];
  const step = async (what: () => unknown) => {
    await what();
    seen.push(world.happened().join());
  };
  await step(() => dm.create('vol', ''));
  await step(() => dm.load('vol', ['0 100 linear 8:0 0']));
  await step(() => dm.resume('vol'));
  await step(() => dm.resume('vol'));
  await step(() => dm.suspend('vol', DRAIN));
  await step(() => dm.suspend('vol', DRAIN));
  await step(() => dm.load('vol', ['0 100 linear 8:0 x']));
  await step(() => dm.clear('vol'));
  await step(() => dm.resume('vol'));
  await step(() => dm.remove('vol'));
  expect(seen.join(' | ')).toBe(
    'device vol | device vol | device vol |  | device vol |  |  |  | device vol | removed vol',
  );
});

test('a disk that fails is announced, with the request that failed', async () => {
  const world = new DmWorld();
  world.disk(new FaultyDevice(new RamDisk('a', sectors(100)), new FaultPlan({ ops: ['write'] })));
  const volume = await world.device('vol', ['0 50 linear 8:0 10']);
  world.happened();
  expect(await write(volume, 3, 1)).toMatchObject({ error: { device: 'a', start: 13 } });
  expect(await read(volume, 3)).toEqual([0]);
  expect(world.changes).toEqual([
    {
      kind: 'io-error',
      device: '/dev/sda',
      op: 'write',
      error: { code: 'io-failed', device: 'a', op: 'write', start: 13, why: 'injected fault' },
    },
  ]);
});
