/** The devices of origins and snapshots, and the order in which they change (reference 15.2). */
import { expect, test } from 'vitest';
import { must } from '../../../core/base/assert.ts';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { Kernel } from '../../../core/lvm/activate/kernel.ts';
import { dmName } from '../../../core/lvm/activate/names.ts';
import { activateSteps, deactivateSteps, reloadSteps } from '../../../core/lvm/activate/steps.ts';
import {
  bottomUp,
  deviceTree,
  type DeviceNode,
  type Surroundings,
} from '../../../core/lvm/activate/tree.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../../../core/lvm/format/model.ts';
import type { Step } from '../../../core/contract/plan.ts';
import { openDevices } from '../../support/device-lab.ts';
import { group, lv, mirror, onLv, onPv, pv, snapshot, striped } from '../format/samples.ts';

const [A, B] = [pv(0), pv(1)];
const ORIGIN = lv('org', striped(0, 4, onPv(A, 0)));
const store = (name: string, start: number): LogicalVolume => ({
  ...lv(name, striped(0, 2, onPv(B, start))),
  status: ['READ', 'WRITE'],
});
const [SNAP, TWO] = [store('snap', 0), store('two', 2)];
const link = (name: string, index: number, merging = false) =>
  lv(`snapshot${index}`, snapshot(4, 'org', name, merging));

const PLAIN = group({ pvs: [A, B], lvs: [ORIGIN] });
const withLinks = (...lvs: VolumeGroup['lvs']): VolumeGroup => ({ ...PLAIN, lvs });
const ONE = withLinks(ORIGIN, SNAP, link('snap', 0));
const BOTH = withLinks(ORIGIN, SNAP, TWO, link('snap', 0), link('two', 1));
const MERGING = withLinks(ORIGIN, SNAP, TWO, link('snap', 0, true), link('two', 1));

const around = (merges = true): Surroundings => ({
  devNoOf: (id) => (id === A.id ? '8:0' : '8:16'),
  passesThrough: () => false,
  merges: () => merges,
});

function tree(vg: VolumeGroup, name: string, merges?: boolean): DeviceNode {
  const built = deviceTree(vg, must(findLv(vg, name), name), around(merges));
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  return built.value;
}

const tables = (root: DeviceNode): readonly string[] =>
  bottomUp(root).map(({ name, table }) => `${name}: ${table.join('; ')}`);

/** What a log would show of it. */
const words = (steps: readonly Step[]): readonly string[] =>
  steps.map(({ what }) => what.replace('load the new table of', 'load'));

const nothing = (): Kernel => new Kernel({ byUuid: () => undefined, byNumber: () => undefined });

/** With all of a group's devices up. */
function running(vg: VolumeGroup): Kernel {
  const kernel = nothing();
  activateSteps(tree(vg, 'org'), kernel);
  return kernel;
}

test('an origin, its own below, and a snapshot above that and its store', () => {
  expect(tables(tree(ONE, 'org'))).toEqual([
    'vg-org-real: 0 32768 linear 8:0 2048',
    'vg-org: 0 32768 snapshot-origin vg-org-real',
    'vg-snap-cow: 0 16384 linear 8:16 2048',
    'vg-snap: 0 32768 snapshot vg-org-real vg-snap-cow P 8',
  ]);
  expect(tree(ONE, 'snap')).toEqual(tree(ONE, 'org'));
});

test('a snapshot that merges gives its store to the origin', () => {
  expect(tables(tree(MERGING, 'two'))).toEqual([
    'vg-org-real: 0 32768 linear 8:0 2048',
    'vg-snap-cow: 0 16384 linear 8:16 2048',
    'vg-org: 0 32768 snapshot-merge vg-org-real vg-snap-cow P 8',
    'vg-snap: 0 32768 error',
    'vg-two-cow: 0 16384 linear 8:16 18432',
    'vg-two: 0 32768 snapshot vg-org-real vg-two-cow P 8',
  ]);
  expect(tables(tree(MERGING, 'org', false))).toEqual(tables(tree(BOTH, 'org')));
});

test('a read-only snapshot writes to its store; below a read-only origin all is read-only', () => {
  const readOnly = (name: string) => (one: LogicalVolume) =>
    one.name === name ? { ...one, status: ['READ', 'VISIBLE'] } : one;
  const modes = (vg: VolumeGroup) =>
    bottomUp(tree(vg, 'org')).map((one) => `${one.name} ${one.readOnly ? 'r' : 'w'}`);
  expect(modes({ ...ONE, lvs: ONE.lvs.map(readOnly('snap')) })).toEqual([
    'vg-org-real w',
    'vg-org w',
    'vg-snap-cow w',
    'vg-snap r',
  ]);
  expect(modes({ ...ONE, lvs: ONE.lvs.map(readOnly('org')) })).toEqual([
    'vg-org-real r',
    'vg-org r',
    'vg-snap-cow w',
    'vg-snap w',
  ]);
});

test('snapshots go on before their origin', () => {
  expect(words(activateSteps(tree(ONE, 'org'), nothing()))).toEqual([
    'create device vg-org-real',
    'load vg-org-real',
    'create device vg-org',
    'load vg-org',
    'create device vg-snap-cow',
    'load vg-snap-cow',
    'resume vg-snap-cow',
    'create device vg-snap',
    'load vg-snap',
    'resume vg-org-real',
    'resume vg-snap',
    'resume vg-org',
  ]);
});

test('the first snapshot of a volume in use', () => {
  const kernel = nothing();
  activateSteps(tree(PLAIN, 'org'), kernel);
  const before = tree(PLAIN, 'org');
  const { preload, suspend, resume } = reloadSteps(tree(ONE, 'org'), kernel, { before });
  expect(words(preload)).toEqual([
    'create device vg-org-real',
    'load vg-org-real',
    'load vg-org',
    'create device vg-snap-cow',
    'load vg-snap-cow',
    'resume vg-snap-cow',
    'create device vg-snap',
    'load vg-snap',
  ]);
  expect(words(suspend)).toEqual(['suspend vg-org', 'suspend vg-org-real']);
  expect(suspend.every(({ action }) => action.kind === 'suspend' && action.freeze)).toBe(true);
  expect(words(resume)).toEqual([
    'compare the table of vg-snap-cow',
    'resume vg-org-real',
    'resume vg-snap',
    'resume vg-org',
  ]);
});

test('a merge that begins stops the snapshot first and lets its device go last', () => {
  const kernel = running(BOTH);
  const before = tree(BOTH, 'org');
  const { suspend, resume } = reloadSteps(tree(MERGING, 'org'), kernel, { before });
  expect(words(suspend)).toEqual([
    'suspend vg-org',
    'suspend vg-snap',
    'suspend vg-two',
    'suspend vg-org-real',
    'suspend vg-snap-cow',
    'suspend vg-two-cow',
  ]);
  expect(words(resume).filter((word) => word.startsWith('resume'))).toEqual([
    'resume vg-org-real',
    'resume vg-snap-cow',
    'resume vg-two-cow',
    'resume vg-two',
    'resume vg-org',
    'resume vg-snap',
  ]);
});

test('the last snapshot leaves a plain volume behind', () => {
  const kernel = running(ONE);
  const before = tree(ONE, 'org');
  const released = deviceTree(withLinks(ORIGIN, SNAP), SNAP, around());
  if (!released.ok) throw new Error('no tree');
  const next = tree(PLAIN, 'org');
  const reload = reloadSteps(next, kernel, { before, released: released.value });
  expect(words(reload.preload)).toEqual(['load vg-org', 'load vg-snap']);
  expect(words(reload.suspend)).toEqual([
    'suspend vg-org',
    'suspend vg-snap',
    'suspend vg-org-real',
    'suspend vg-snap-cow',
  ]);
  expect(reload.suspend.some(({ action }) => action.kind === 'suspend' && action.freeze)).toBe(
    false,
  );
  expect(words(reload.resume)).toEqual([
    'resume vg-snap-cow',
    'resume vg-org-real',
    'resume vg-snap',
    'resume vg-org',
    'remove device vg-org-real',
  ]);
  expect(words(deactivateSteps(released.value, kernel))).toEqual([
    'remove device vg-snap',
    'remove device vg-snap-cow',
  ]);
});

test('all of them go down together', () => {
  expect(words(deactivateSteps(tree(BOTH, 'org'), running(BOTH)))).toEqual([
    'remove device vg-org',
    'remove device vg-snap',
    'remove device vg-snap-cow',
    'remove device vg-two',
    'remove device vg-two-cow',
    'remove device vg-org-real',
  ]);
});

test.each([
  ['a snapshot of itself', withLinks(ORIGIN, lv('snapshot0', snapshot(4, 'org', 'org')))],
  [
    'a snapshot of a snapshot',
    withLinks(ORIGIN, SNAP, TWO, link('snap', 0), lv('snapshot1', snapshot(2, 'snap', 'two'))),
  ],
  [
    'a part of a mirror',
    withLinks(lv('top', mirror(4, onLv('org', 0), onPv(B, 9))), ORIGIN, SNAP, link('snap', 0)),
  ],
])('%s has no devices', (_what, vg) => {
  const root = must(vg.lvs[0], 'a volume');
  const built = deviceTree(vg, root, around());
  expect(!built.ok && built.error.code).toBe('metadata-invalid');
  expect(dmName(vg.name, root.name)).toMatch(/^vg-/);
});

test('a mirror without its last snapshot leaves nothing that writes its log', async () => {
  const lab = await openDevices(
    ['sda', 'sdb', 'sdc'].map((disk) => new RamDisk(disk, mib(32), new SectorStore())),
  );
  // The lab throws where two running devices use one log.
  for (const line of [
    'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
    'lvcreate --type mirror -m1 -l 4 -n m vg',
    'lvcreate -s -l 2 -n s vg/m',
    'lvremove -y vg/s',
    'lvcreate -s -l 2 -n s vg/m',
    'lvchange -an vg/m',
    'lvremove -y vg/m',
  ]) {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    const said = output.map(({ text }) => text);
    expect([line, status, said]).toEqual([line, 0, expect.anything()]);
  }
  await lab.close();
});
