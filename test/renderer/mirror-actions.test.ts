/** Forms about mirrors: what they ask, the lines they make, and why they are not to be had. */
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../renderer/actions/index.ts';
import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../../renderer/state/store.ts';
import { lab } from './support/lab.ts';
import { convertingLab, mirror, mirrorLab } from './support/mirror-lab.ts';

const mir: Subject = { kind: 'lv', id: 'vg/mir' };
const home: Subject = { kind: 'lv', id: 'vg/home' };

const find = (id: string) => {
  const action = ACTIONS.find((one) => one.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
};

/** The line of a form with these fields filled in, all of which it asks for. */
function line(
  id: string,
  typed: Record<string, string>,
  selected = mir,
  state: LabState = mirrorLab,
) {
  const action = find(id);
  const asked = action.fields(state, selected).map((field) => field.id);
  expect(asked).toEqual(expect.arrayContaining(Object.keys(typed)));
  return action.words({ ...action.initial(state, selected), ...typed }, selected)?.join(' ');
}

describe('lines', () => {
  test('a mirror with a log on disk and LVM’s own region size is the default', () => {
    expect(line('create-mirror', {})).toBe('lvcreate --type mirror -m 1 -L 12m vg');
    expect(line('create-mirror', { log: 'mirrored', alloc: 'anywhere', size: '4 PE' })).toBe(
      'lvcreate --type mirror -m 1 --mirrorlog mirrored --alloc anywhere -l 4 vg',
    );
    expect(line('create-mirror', { copies: '' })).toBeUndefined();
    expect(line('create-mirror', { size: 'much' })).toBeUndefined();
  });

  test('legs of a mirror go up, down, and to a number', () => {
    expect(line('change-legs', {})).toBe('lvconvert -m +1 -b vg/mir');
    expect(line('change-legs', { wait: 'yes', pvs: '/dev/sdd' })).toBe(
      'lvconvert -m +1 vg/mir /dev/sdd',
    );
    expect(line('change-legs', { how: 'remove', pvs: '/dev/sda' })).toBe(
      'lvconvert -m -1 vg/mir /dev/sda',
    );
    expect(line('change-legs', { how: 'set the number of copies', count: '0' })).toBe(
      'lvconvert -m 0 -b vg/mir',
    );
    expect(line('change-legs', { count: '' })).toBeUndefined();
  });

  test('a volume that is no mirror becomes one, of that type', () => {
    expect(line('change-legs', { log: 'core' }, home, lab)).toBe(
      'lvconvert --type mirror -m 1 --mirrorlog core -b vg/home',
    );
  });

  test('a leg that is split off needs a name', () => {
    expect(line('split-legs', { name: ' ' })).toBeUndefined();
    expect(find('split-legs').then?.({ name: 'copy' }, mir)).toEqual({ kind: 'lv', id: 'vg/copy' });
  });

  test('a repair replaces, takes out, or does what the policies say', () => {
    const [field] = find('repair-mirror').fields(mirrorLab, mir);
    expect(field?.options?.map((parts) => line('repair-mirror', { parts }))).toEqual([
      'lvconvert --repair vg/mir',
      'lvconvert --repair -f vg/mir',
      'lvconvert --repair --use-policies vg/mir',
    ]);
  });

  test('the log moves to where it is wanted', () => {
    expect(line('change-log', { log: 'disk', pvs: '/dev/sdd' })).toBe(
      'lvconvert --mirrorlog disk vg/mir /dev/sdd',
    );
  });
});

describe('what the lab says of mirrors', () => {
  const set: LabState = {
    ...mirrorLab,
    settings: { lvm: { 'activation/mirror_image_fault_policy': 'allocate' }, copyLimit: 4 },
  };

  test('a form shows what holds now, and what a policy means', () => {
    expect(find('leg-policy').initial(set, undefined)).toEqual({ policy: 'allocate' });
    expect(find('log-policy').initial(set, undefined)).toEqual({ policy: 'as LVM: allocate' });
    for (const id of ['leg-policy', 'log-policy']) {
      const [field] = find(id).fields(set, undefined);
      expect(field?.options?.map((one) => field.meanings?.[one])).not.toContain(undefined);
    }
    expect(find('change-setting').fields(set, undefined)[0]?.hint).toContain(
      'set now: activation/mirror_image_fault_policy=allocate',
    );
    expect(find('change-setting').words({ path: ' ', value: '1' }, undefined)).toBeUndefined();
  });

  test('a throttle of its own is shown, the general one is not one', () => {
    const limited = (limit: number): LabState => ({ ...set, mirrors: [mirror({ limit })] });
    expect(find('throttle-all').initial(set, undefined)).toEqual({ rate: '4' });
    expect(find('throttle-mirror').initial(limited(4), mir)).toEqual({ rate: '' });
    expect(find('throttle-mirror').initial(limited(0), mir)).toEqual({ rate: '0' });
    expect(line('throttle-mirror', { rate: '' }, mir, set)).toBe('throttle off vg/mir');
    expect(line('throttle-all', { rate: '' })).toBe('throttle off');
  });

  test('whether it is monitored is asked for the other way round', () => {
    const [vg] = mirrorLab.vgs;
    if (!vg) throw new Error('no group');
    const lvs = vg.lvs.map((lv) => (lv.name === 'mir' ? { ...lv, monitored: true } : lv));
    const watched = { ...mirrorLab, vgs: [{ ...vg, lvs }] };
    expect(line('monitor-volume', {}, mir, watched)).toBe('lvchange --monitor n vg/mir');
    expect(line('monitor-volume', {})).toBe('lvchange --monitor y vg/mir');
    expect(find('monitor-group').unavailable(lab, { kind: 'vg', id: 'vg' })).toBe(
      'No mirror is active.',
    );
  });

  test('a mirror is told to drop failed legs, or not to any more, where its log lasts', () => {
    expect(line('drop-failed-legs', {})).toBe('drop-failed-legs y vg/mir');
    const params = 'disk 2 253:0 1024 2 253:1 0 253:2 0 2 handle_errors drop_failed_legs';
    const [device, ...others] = mirrorLab.devices;
    const [target] = device?.live ?? [];
    if (!device || !target) throw new Error('no device');
    const told = { ...device, live: [{ ...target, params }] };
    const state = { ...mirrorLab, devices: [told, ...others] };
    expect(line('drop-failed-legs', {}, mir, state)).toBe('drop-failed-legs n vg/mir');
    const inMemory = { ...mirrorLab, mirrors: [mirror({ log: { kind: 'core' } })] };
    expect(find('drop-failed-legs').unavailable(inMemory, mir)).toContain('Its log is in memory');
  });

  test('a conversion goes on, or back to the legs that there were', () => {
    expect(line('go-on-converting', {}, mir, convertingLab)).toBe('lvchange --poll y vg/mir');
    expect(line('take-back-conversion', {}, mir, convertingLab)).toBe('lvconvert -m 1 vg/mir');
    for (const id of ['go-on-converting', 'take-back-conversion']) {
      expect(find(id).unavailable(convertingLab, mir)).toBeUndefined();
      expect(find(id).unavailable(mirrorLab, mir)).toBe('It is not being converted.');
      expect(find(id).unavailable(lab, home)).toBe('It is no mirror.');
    }
  });
});

const OF_MIRRORS = [
  ...['change-log', 'split-legs', 'repair-mirror', 'resync-mirror'],
  ...['throttle-mirror', 'monitor-volume'],
];

describe('a reason on what cannot be done', () => {
  test.each(OF_MIRRORS)('%s needs a mirror', (id) => {
    const { unavailable } = find(id);
    expect(unavailable(mirrorLab, mir)).toBeUndefined();
    expect(unavailable(lab, home)).toBe('It is no mirror.');
    expect(unavailable(lab, undefined)).toBe('Select a logical volume first.');
  });

  test.each([...OF_MIRRORS, 'change-legs'])('%s is not done to a part of one', (id) => {
    const part = (name: string) =>
      find(id).unavailable(convertingLab, { kind: 'lv', id: `vg/${name}` });
    const reason = 'It is a part of vg/mir: select that.';
    const names = ['mir_mimage_0', 'mir_mimage_2', 'mir_mlog', 'mir_mimagetmp_2'];
    expect(names.map(part)).toEqual(names.map(() => reason));
  });

  test('a mirror is made where there is a group', () => {
    expect(find('create-mirror').unavailable({ ...lab, vgs: [] }, undefined)).toBe(
      'There is no volume group yet.',
    );
  });

  test('PVs that are missing take no leg', () => {
    const [group] = mirrorLab.vgs;
    if (!group) throw new Error('no group');
    const pvs = group.pvs.map((pv, at) => ({ ...pv, missing: at === 1 }));
    const state = { ...mirrorLab, vgs: [{ ...group, pvs }] };
    const field = find('change-legs').fields(state, mir).at(-1);
    expect(field?.options).toEqual(['/dev/sda', '/dev/sdc', '/dev/sdd']);
  });
});
