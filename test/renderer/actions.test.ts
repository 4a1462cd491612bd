/** The command line that every action makes of its form, and why it is not to be had. */
import { describe, expect, test } from 'vitest';
import { CHANGE_COMMANDS } from '../../core/cli/commands/index.ts';
import { ACTIONS } from '../../renderer/actions/index.ts';
import type { DiskFault } from '../../core/contract/faults.ts';
import type { VgState } from '../../core/contract/state.ts';
import type { Sectors } from '../../core/contract/units.ts';
import type { Subject } from '../../renderer/state/store.ts';
import { lab, lv, pv, vg } from './support/lab.ts';

const home: Subject = { kind: 'lv', id: 'vg/home' };
const group: Subject = { kind: 'vg', id: 'vg' };
const disk: Subject = { kind: 'pv', id: '/dev/sda' };
const blank: Subject = { kind: 'disk', id: '/dev/sdc' };
const kept: Subject = { kind: 'backup', id: 'archive/vg_00003-17.vg' };

const LINES: readonly (readonly [string, Subject | undefined, Record<string, string>, string])[] = [
  ['create-volume', undefined, { name: 'x', size: '4m' }, 'lvcreate -n x -L 4m vg'],
  [
    'create-mirror',
    undefined,
    { name: 'm', copies: '2', log: 'core', region: '1m', sync: 'no', pvs: '/dev/sda' },
    'lvcreate --type mirror -m 2 --mirrorlog core -R 1m --nosync -n m -L 12m vg /dev/sda',
  ],
  [
    'create-group',
    undefined,
    { name: 'g', pvs: '/dev/sdc', copies: '2', vgCopies: '3' },
    'vgcreate -s 4m --pvmetadatacopies 2 --vgmetadatacopies 3 g /dev/sdc',
  ],
  [
    'take-snapshot',
    home,
    { name: 's', size: '20%ORIGIN', chunk: '64k', access: 'read only', pvs: '/dev/sda' },
    'lvcreate -s -n s -l 20%ORIGIN -c 64k -p r vg/home /dev/sda',
  ],
  ['extend-volume', home, { size: '100%FREE' }, 'lvextend -l +100%FREE vg/home'],
  ['reduce-volume', home, { size: '2 PE' }, 'lvreduce -l -2 vg/home'],
  ['resize-volume', home, { size: '64m' }, 'lvresize -L 64m vg/home'],
  ['rename-volume', home, { to: 'haus' }, 'lvrename vg home haus'],
  [
    'change-volume',
    home,
    { permission: 'r', addtag: 'a', readAhead: 'none', skip: 'y', auto: 'n' },
    'lvchange -p r --addtag a -r none -k y --setautoactivation n vg/home',
  ],
  ['number-volume', home, { minor: '0' }, 'lvchange -M y --minor 0 vg/home'],
  ['refresh-volume', home, {}, 'lvchange --refresh vg/home'],
  [
    'change-legs',
    home,
    { count: '2', log: 'mirrored', region: '1m', pvs: '/dev/sdb' },
    'lvconvert --type mirror -m 2 --mirrorlog mirrored -R 1m -b vg/home /dev/sdb',
  ],
  ['change-log', home, { log: 'core' }, 'lvconvert --mirrorlog core vg/home'],
  [
    'split-legs',
    home,
    { name: 'copy', pvs: '/dev/sda' },
    'lvconvert --splitmirrors 1 -n copy vg/home /dev/sda',
  ],
  ['go-on-converting', home, {}, 'lvchange --poll y vg/home'],
  ['take-back-conversion', home, {}, 'lvconvert -m 0 vg/home'],
  ['repair-mirror', home, {}, 'lvconvert --repair vg/home'],
  ['resync-mirror', home, {}, 'lvchange --resync vg/home'],
  ['throttle-mirror', home, { rate: '0' }, 'throttle 0 vg/home'],
  ['extend-store', home, { size: '20%ORIGIN' }, 'lvextend -l +20%ORIGIN vg/home'],
  ['merge-snapshot', home, { wait: 'no' }, 'lvconvert --merge -b vg/home'],
  ['split-snapshot', home, {}, 'lvconvert --splitsnapshot vg/home'],
  [
    'attach-store',
    home,
    { origin: 'vg/root', content: 'as it is: what was split off comes back', chunk: '8k' },
    'lvconvert -s -Zn -c 8k vg/root vg/home',
  ],
  ['monitor-volume', home, { monitor: 'n' }, 'lvchange --monitor n vg/home'],
  ['drop-failed-legs', home, {}, 'drop-failed-legs y vg/home'],
  ['activate-volume', home, {}, 'lvchange -ay -K vg/home'],
  ['deactivate-volume', home, {}, 'lvchange -an vg/home'],
  [
    'export-volume',
    home,
    { place: 'a port', port: '10809', access: 'read-only' },
    'export vg/home --read-only --port 10809',
  ],
  ['end-export', home, {}, 'export vg/home --end'],
  ['extract-volume', home, { file: '/tmp/x' }, 'extract vg/home /tmp/x --background'],
  ['remove-volume', home, {}, 'lvremove vg/home'],
  [
    'extend-group',
    group,
    { pvs: '/dev/sdc /dev/sdd', copies: '2', aside: 'yes' },
    'vgextend --pvmetadatacopies 2 --metadataignore y vg /dev/sdc /dev/sdd',
  ],
  ['rename-group', group, { to: 'data' }, 'vgrename vg data'],
  [
    'change-group',
    group,
    { extent: '8m', maxLv: '9', vgCopies: 'all', auto: 'n' },
    'vgchange -s 8m -l 9 --vgmetadatacopies all --setautoactivation n vg',
  ],
  ['activate-group', group, {}, 'vgchange -ay vg'],
  ['deactivate-group', group, {}, 'vgchange -an vg'],
  ['back-up-group', group, {}, 'vgcfgbackup vg'],
  [
    'split-group',
    group,
    { to: 'v2', pvs: '/dev/sdb', vgCopies: '1' },
    'vgsplit --vgmetadatacopies 1 vg v2 /dev/sdb',
  ],
  ['merge-group', group, { to: 'v2' }, 'vgmerge v2 vg'],
  ['import-clone', undefined, { pvs: '/dev/sdc', name: 'copy' }, 'vgimportclone -n copy /dev/sdc'],
  ['monitor-group', group, {}, 'vgchange --monitor y vg'],
  ['export-group', group, {}, 'vgexport vg'],
  ['import-group', group, {}, 'vgimport vg'],
  ['check-group', group, {}, 'vgck --updatemetadata vg'],
  ['restore-group', kept, {}, 'vgcfgrestore -f archive/vg_00003-17.vg vg'],
  ['remove-missing', group, {}, 'vgreduce --removemissing vg'],
  ['remove-group', group, {}, 'vgremove vg'],
  [
    'create-pv',
    blank,
    { copies: '2', aside: 'yes' },
    'pvcreate --pvmetadatacopies 2 --metadataignore y /dev/sdc',
  ],
  [
    'change-pv',
    disk,
    { allocatable: 'no', areas: 'set aside' },
    'pvchange -x n --metadataignore y /dev/sda',
  ],
  ['resize-pv', disk, {}, 'pvresize /dev/sda'],
  ['restore-pv', disk, {}, 'vgextend --restoremissing vg /dev/sda'],
  ['give-up-pv', disk, {}, 'vgreduce --removemissing vg'],
  ['resume-move', disk, {}, 'pvmove -b /dev/sda'],
  ['abort-move', disk, {}, 'pvmove --abort /dev/sda'],
  ['leave-group', disk, {}, 'vgreduce vg /dev/sda'],
  ['remove-pv', disk, {}, 'pvremove /dev/sda'],
  ['change-mode', disk, { mode: 'sandbox' }, 'lab mode /dev/sda sandbox'],
  ['apply-sandbox', disk, {}, 'lab apply /dev/sda'],
  ['discard-sandbox', disk, {}, 'lab discard /dev/sda'],
  [
    'attach-image',
    undefined,
    { file: '/vm/a.img', mode: 'sandbox' },
    'lab attach --mode sandbox -- /vm/a.img',
  ],
  ['break-disk', blank, {}, 'lab break --gone /dev/sdc'],
  ['mend-disk', disk, {}, 'lab mend /dev/sda'],
  ['detach-disk', disk, {}, 'lab detach /dev/sda'],
  ['repair-disk', disk, { file: 'backup/vg' }, 'pvck --repair -f backup/vg /dev/sda'],
  ['throttle-all', undefined, { rate: ' 12' }, 'throttle 12'],
  ['pause-copy', undefined, { job: '3 Move extents of /dev/sda' }, 'job pause 3'],
  ['resume-copy', undefined, { job: '3 Move extents of /dev/sda' }, 'job resume 3'],
  [
    'leg-policy',
    undefined,
    { policy: 'allocate_anywhere' },
    'lab set activation/mirror_image_fault_policy allocate_anywhere',
  ],
  ['log-policy', undefined, {}, 'lab unset activation/mirror_log_fault_policy'],
  ['change-setting', undefined, { value: '0' }, 'lab set activation/monitoring 0'],
  ['power-cut', undefined, {}, 'power-cut'],
];

const find = (id: string) => {
  const action = ACTIONS.find((one) => one.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
};

test.each(LINES)('%s', (id, selected, typed, line) => {
  const action = find(id);
  const values = { ...action.initial(lab, selected), ...typed };
  expect(action.words(values, selected)?.join(' ')).toBe(line);
  const fields = action.fields(lab, selected).map((field) => field.id);
  expect(fields).toEqual(expect.arrayContaining(Object.keys(typed)));
});

test('an export is attached with what happens to I/O while its server is away', () => {
  const values = { file: ' nbd+unix:///vm?socket=/q.sock ', mode: 'live', onLoss: 'fail' };
  expect(find('attach-image').words(values, undefined)?.join(' ')).toBe(
    'lab attach --mode live --on-loss fail -- nbd+unix:///vm?socket=/q.sock',
  );
});

test.each([
  [
    { faults: 'failing-reads lost-writes', range: '2048:8', slow: '20' },
    'lab break --error-reads 2048:8 --drop-writes --slow 20 /dev/sdc',
  ],
  [{ faults: 'failing-writes failing-reads' }, 'lab break --errors all /dev/sdc'],
  [{ faults: 'gone failing-writes', range: ' ' }, 'lab break --gone --error-writes all /dev/sdc'],
  [{ faults: '', slow: '5' }, 'lab break --slow 5 /dev/sdc'],
  [{ faults: '' }, undefined],
])('what goes wrong with a disk: %j', (typed, line) => {
  const { words, initial } = find('break-disk');
  expect(words({ ...initial(lab, blank), ...typed }, blank)?.join(' ')).toBe(line);
});

test('what is broken on a disk is mended all at once, or what is chosen of it', () => {
  const faults: readonly DiskFault[] = [
    { kind: 'gone' },
    { kind: 'slow', millis: 5 },
    { kind: 'errors', on: 'both', range: { start: 2048 as Sectors, count: 8 as Sectors } },
    { kind: 'errors', on: 'writes' },
    { kind: 'drops-writes' },
  ];
  const [any] = lab.disks;
  if (!any) throw new Error('a lab without disks');
  const broken = { ...lab, disks: [{ ...any, path: blank.id, faults }] };
  const { words, initial, fields, then } = find('mend-disk');
  const all = initial(broken, blank);
  const line = '--gone --slow --errors 2048:8 --error-writes all --drop-writes';
  expect(words(all, blank)?.join(' ')).toBe(`lab mend ${line} /dev/sdc`);
  expect(fields(broken, blank)[0]?.options?.join(' ')).toBe(all['faults']);
  expect(words({ faults: 'slow' }, blank)?.join(' ')).toBe('lab mend --slow /dev/sdc');
  expect(then?.({}, { kind: 'pv', id: '/dev/sdc' })).toEqual(blank);
});

test('every command that changes something is the command of an action', () => {
  const made = new Set(LINES.map(([, , , line]) => line.split(' ')[0]));
  const missing = CHANGE_COMMANDS.map(({ name }) => name).filter((name) => !made.has(name));
  expect(missing).toEqual([]);
});

test('a volume without extents needs neither stripes nor disks', () => {
  const action = find('create-volume');
  const values = { ...action.initial(lab, group), type: 'zero', size: '4 PE', stripes: '2' };
  expect(action.words(values, group)?.join(' ')).toBe('lvcreate --type zero -l 4 vg');
});

test('a fixed minor number is given, and taken back', () => {
  const { words } = find('number-volume');
  expect(words({ fixed: 'y', minor: '' }, home)).toBeUndefined();
  expect(words({ fixed: 'n', minor: '7' }, home)?.join(' ')).toBe('lvchange -M n vg/home');
});

test('no action is left out', () => {
  const [own, proposing] = [false, true].map((wanted) =>
    ACTIONS.filter(({ Form }) => (Form !== undefined) === wanted).map(({ id }) => id),
  );
  expect(LINES.map(([id]) => id)).toEqual(own);
  expect(proposing).toEqual(['move-of-volume', 'move-of-pv', 'move-marked']);
});

describe('a reason on what cannot be done', () => {
  const reason = (id: string, selected: Subject | undefined, state = lab) =>
    find(id).unavailable(state, selected);

  test('nothing or something else is selected', () => {
    expect(reason('remove-volume', undefined)).toBe('Select a logical volume first.');
    expect(reason('rename-group', home)).toBe('Select a volume group first.');
    expect(reason('resize-pv', group)).toBe('Select a physical volume first.');
  });

  test('the state forbids it', () => {
    const open = { ...lv('home', []), openCount: 2 };
    const busy = { ...lab, vgs: [{ ...vg, lvs: [open] }] };
    expect(reason('deactivate-volume', home, busy)).toBe('It is open 2 times.');
    expect(reason('remove-group', group, busy)).toBe('home is open.');
    expect(reason('activate-group', group)).toBe('Every volume is active.');
    expect(reason('export-group', group)).toBe('It has active volumes.');
    expect(reason('leave-group', disk)).toBe('40 of its extents are in use.');
    expect(reason('remove-pv', disk)).toBe('It is in vg.');
    expect(reason('mend-disk', disk)).toBe('Nothing is broken on it.');
    expect(reason('break-disk', disk)).toBeUndefined();
    expect(reason('split-group', group)).toMatch('deactivate what is to move');
    expect(reason('merge-group', group)).toBe('It has active volumes.');
    const quiet = { ...vg, lvs: vg.lvs.map((one) => ({ ...one, active: false })) };
    const two = (other: Partial<VgState>) => ({
      ...lab,
      vgs: [quiet, { ...quiet, name: 'v2', lvs: [], ...other }],
    });
    expect(reason('split-group', group, { ...lab, vgs: [quiet] })).toBeUndefined();
    expect(reason('merge-group', group, { ...lab, vgs: [quiet] })).toBe(
      'There is no other volume group.',
    );
    expect(reason('merge-group', group, two({}))).toBeUndefined();
    expect(reason('merge-group', group, two({ lvs: quiet.lvs }))).toMatch('No other group');
    const away = { ...lab, vgs: [{ ...vg, attr: 'wzx-n-' }] };
    expect(reason('extend-group', group, { ...away, disks: [] })).toBe(
      'Every disk is in a volume group.',
    );
    expect(reason('change-group', group, away)).toBe('It is exported.');
    expect(reason('import-group', group, away)).toBeUndefined();
  });

  test('a missing PV: given up or taken back, and what lies on it is named', () => {
    const away = { ...pv('a', 100, 60), missing: true };
    const lost = { ...pv('b', 50, 30), device: '[unknown]', missing: true };
    const state = { ...lab, vgs: [{ ...vg, pvs: [away, lost] }] };
    const gone: Subject = { kind: 'pv', id: lost.id };
    expect(reason('restore-pv', disk, state)).toBeUndefined();
    expect(reason('restore-pv', gone, state)).toBe('No disk carries it.');
    expect(reason('give-up-pv', gone, state)).toBeUndefined();
    expect(reason('leave-group', gone, state)).toBe('It is missing: give it up, or take it back.');
    const fields = find('give-up-pv').fields(state, gone);
    expect(fields.at(-1)?.hint).toBe('on them: vg/home, vg/db, vg/log');
    const lines = fields
      .at(-1)
      ?.options?.map((lvs) => find('give-up-pv').words({ vg: 'vg', lvs }, gone)?.join(' '));
    expect(lines).toEqual([
      'vgreduce --removemissing vg',
      'vgreduce --removemissing --force vg',
      'vgreduce --removemissing --mirrorsonly --force vg',
    ]);
  });

  test('how volumes come up is asked where something is missing', () => {
    const lost = { ...pv('b', 50, 30), device: '[unknown]', missing: true };
    const state = { ...lab, vgs: [{ ...vg, pvs: [pv('a', 100, 60), lost] }] };
    for (const [id, subject] of [
      ['activate-volume', home],
      ['activate-group', group],
    ] as const) {
      expect(find(id).fields(lab, subject)).toEqual([]);
      const [field] = find(id).fields(state, subject);
      const lines = field?.options?.map((mode) => find(id).words({ mode }, subject)?.join(' '));
      const end = subject.id;
      const start = id === 'activate-volume' ? 'lvchange -ay -K' : 'vgchange -ay';
      expect(lines).toEqual([
        `${start} ${end}`,
        `${start} --activationmode complete ${end}`,
        `${start} --activationmode partial ${end}`,
      ]);
    }
  });

  test('only a file of the archive or backup folder is restored', () => {
    expect(reason('restore-group', { kind: 'backup', id: 'backup/vg' })).toBeUndefined();
    expect(reason('restore-group', { kind: 'backup', id: '../vg' })).toMatch(/^Select/);
    expect(reason('restore-group', home)).toMatch(/^Select/);
  });

  test('a disk is in no sandbox, or in one that is empty or half applied', () => {
    expect(reason('apply-sandbox', disk)).toBe('It is in no sandbox.');
    expect(reason('discard-sandbox', group)).toBe('Select a disk first.');
    const held = (changed: number, applying = false) => {
      const sandbox = { changed: changed as Sectors, applying };
      const [first, ...others] = lab.disks;
      return { ...lab, disks: [{ ...first!, mode: 'sandbox' as const, sandbox }, ...others] };
    };
    expect(reason('discard-sandbox', disk, held(0))).toBe('Its sandbox is empty.');
    expect(reason('discard-sandbox', disk, held(128))).toBeUndefined();
    expect(reason('apply-sandbox', { ...disk, kind: 'disk' }, held(128))).toBeUndefined();
    expect(reason('apply-sandbox', disk, held(128, true))).toBeUndefined();
    expect(reason('discard-sandbox', disk, held(128, true))).toBe(
      'A part of it is in the image: apply it to the end.',
    );
  });

  test('an orphan can be removed, a member cannot', () => {
    const { vg: _group, ...orphan } = pv('c', 0, 0);
    const state = { ...lab, orphans: [orphan] };
    const selected: Subject = { kind: 'pv', id: '/dev/sdc' };
    expect(reason('remove-pv', selected, state)).toBeUndefined();
    expect(reason('change-pv', selected, state)).toBe('It is in no volume group.');
  });
});
