/** What dmsetup asks of devices beyond what volumes need. */
import { describe, expect, test } from 'vitest';
import { fateOf } from '../../support/sim.ts';
import { answer, DmWorld, must } from '../../support/dm.ts';

async function stacked(): Promise<DmWorld> {
  const world = new DmWorld();
  world.ram(1);
  (await world.device('base', ['0 100 linear /dev/sda 0'])).close();
  (await world.device('top', ['0 50 linear base 0'])).close();
  world.happened();
  return world;
}

describe('deferred removal', () => {
  test('the last that closes the device removes it, be it a table or a program', async () => {
    const world = await stacked();
    const { dm } = world;
    expect(answer(dm.remove('base'))).toMatch(/^EBUSY/);
    expect(answer(dm.remove('base', true))).toBe('done');
    expect(world.state('base')).toMatchObject({ removeOnClose: true, openCount: 1 });
    const reader = must(dm.open('base'));
    expect(answer(dm.remove('top'))).toBe('done');
    expect(world.state('base').openCount).toBe(1);
    reader.close();
    expect(dm.list()).toEqual([]);
    expect(world.happened()).toContain('removed base');
  });

  test('it can be called off, and one that nothing has open goes at once', async () => {
    const world = await stacked();
    const { dm } = world;
    must(dm.remove('base', true));
    expect(answer(dm.message('base', 0, '@cancel_deferred_remove'))).toBe('done');
    expect(world.state('base')).not.toHaveProperty('removeOnClose');
    must(dm.remove('top', true));
    expect(dm.list().map(({ name }) => name)).toEqual(['base']);
  });

  test('one in the middle of a change goes when the change has ended', async () => {
    const world = await stacked();
    const { dm } = world;
    const reader = must(dm.open('base'));
    must(dm.remove('top'));
    must(dm.remove('base', true));
    const suspending = dm.suspend('base', { inFlight: 'drain', freeze: false });
    reader.close();
    must(await suspending);
    expect(dm.list()).toEqual([]);
  });
});

test('a UUID is given once, to one device', async () => {
  const world = await stacked();
  const { dm } = world;
  expect(answer(dm.setUuid('top', 'U-1'))).toBe('done');
  expect(dm.byUuid('U-1')?.name).toBe('top');
  expect(answer(dm.setUuid('base', 'U-1'))).toBe('EBUSY U-1 is in use');
  expect(answer(dm.setUuid('top', 'U-2'))).toBe('EINVAL uuid is already set to U-1');
  expect(answer(dm.setUuid('nosuch', 'U-2'))).toMatch(/^ENXIO/);
  expect(answer(dm.setUuid('base', 'u'.repeat(129)))).toMatch(/^EINVAL/);
  must(dm.remove('top'));
  expect(answer(dm.setUuid('base', 'U-1'))).toBe('done');
});

test('messages: none is known to a target, and the core knows one', async () => {
  const { dm } = await stacked();
  expect(answer(dm.message('top', 0, 'hi'))).toBe('EINVAL Target type does not support messages');
  expect(answer(dm.message('top', 50, 'hi'))).toBe('EINVAL Target message sector outside device.');
  expect(answer(dm.message('top', 0, '  '))).toBe('EINVAL Empty message received.');
  expect(answer(dm.message('top', 0, '@frob'))).toBe(
    'EINVAL Unsupported message sent to DM core: @frob',
  );
  expect(answer(dm.message('top', 0, '@cancel_deferred_remove x'))).toMatch(/^EINVAL/);
  expect(answer(dm.message('nosuch', 0, 'hi'))).toMatch(/^ENXIO/);
});

describe('waiting for an event', () => {
  test('ends when the number is another one; a rename is an event', async () => {
    const { dm } = await stacked();
    expect(answer(await dm.waitForEvent('top', 5))).toBe('done');
    const waiting = dm.waitForEvent('top', 0);
    expect(await fateOf(waiting)).toBe('pending');
    must(dm.rename('top', 'new'));
    expect(answer(await waiting)).toBe('done');
    expect(answer(await dm.waitForEvent('top', 0))).toMatch(/^ENXIO/);
  });

  test('fails when the device goes away, or nobody may wait any more', async () => {
    const { dm } = await stacked();
    const waiting = dm.waitForEvent('top', 0);
    const other = dm.waitForEvent('base', 0);
    must(dm.remove('top'));
    expect(answer(await waiting)).toBe('ENXIO the device was removed');
    dm.wake();
    expect(answer(await other)).toBe('EINTR interrupted');
    expect(answer(await dm.waitForEvent('base', 0))).toBe('EINTR interrupted');
  });
});

test('a loop is refused, through whatever table it would close', async () => {
  const world = await stacked();
  const { dm } = world;
  expect(answer(dm.load('base', ['0 100 linear base 0']))).toMatch(/^EINVAL.*lies above base$/);
  expect(answer(dm.load('base', ['0 50 linear 253:1 0']))).toMatch(/^EINVAL.*top lies above base$/);
  expect(answer(dm.load('base', ['0 50 linear /dev/mapper/nosuch 0']))).toMatch(/^ENODEV/);
  expect(answer(dm.load('base', ['0 50 linear 253:9 0']))).toMatch(/^ENXIO/);
  expect(world.state('base').inactive).toBeUndefined();
});
