import { describe, expect, test } from 'vitest';
import type { EventBody, EngineEvent } from '../../core/contract/events.ts';
import type { LabState } from '../../core/contract/state.ts';
import { isGap, project } from '../../renderer/state/project.ts';
import { device, disk, lab, pv, vg } from './support/lab.ts';

const event = (seq: number, body: EventBody): EngineEvent => ({ seq, timeMicros: 0, body });
const after = (...bodies: EventBody[]): LabState =>
  bodies.reduce((state, body) => project(state, event(state.seq + 1, body)), lab);

describe('every event leaves what the engine would answer', () => {
  test('a device is put in its place by name, or replaced', () => {
    const added = after({ kind: 'device', device: device('vg-a', 5, []) });
    expect(added.devices.map(({ name }) => name)).toEqual(['vg-a', 'vg-db', 'vg-home']);
    const changed = { ...device('vg-home', 0, []), suspended: true };
    const replaced = after({ kind: 'device', device: changed });
    expect(replaced.devices.map(({ name }) => name)).toEqual(['vg-db', 'vg-home']);
    expect(replaced.devices[1]).toBe(changed);
  });

  test('names are ordered by code unit', () => {
    const names = ['vg-B', 'vg-_', 'vg-\u00e4'];
    const bodies = names.map((name): EventBody => ({
      kind: 'device',
      device: device(name, 9, []),
    }));
    expect(after(...bodies).devices.map(({ name }) => name)).toEqual([
      'vg-B',
      'vg-_',
      'vg-db',
      'vg-home',
      'vg-\u00e4',
    ]);
  });

  test('groups likewise', () => {
    const state = after(
      { kind: 'vg', vg: { ...vg, name: 'data', id: 'data' } },
      { kind: 'vg', vg: { ...vg, seqno: 8 } },
    );
    expect(state.vgs.map(({ name, seqno }) => [name, seqno])).toEqual([
      ['data', 7],
      ['vg', 8],
    ]);
    expect(after({ kind: 'vg-removed', vg: 'vg', id: 'vg-id' }).vgs).toEqual([]);
  });

  test('what is removed is gone, the rest is untouched', () => {
    const state = after({ kind: 'device-removed', name: 'vg-db' });
    expect(state.devices).toEqual([lab.devices[1]]);
    expect(state.vgs).toBe(lab.vgs);
  });

  test('orphans are given whole; disks stay in the order attached', () => {
    const orphan = pv('c', 0, 0);
    expect(after({ kind: 'orphans', pvs: [orphan] }).orphans).toEqual([orphan]);
    const attached = after({ kind: 'disk', disk: disk('A', 32) });
    expect(attached.disks.map(({ path }) => path)).toEqual(['/dev/sda', '/dev/sdb', '/dev/sdA']);
    expect(after({ kind: 'disk-detached', path: '/dev/sda' }).disks).toEqual([disk('b', 16)]);
  });
});

describe('the order of events', () => {
  const body: EventBody = { kind: 'device-removed', name: 'vg-db' };

  test('what the state contains already changes nothing', () => {
    expect(project(lab, event(10, body))).toBe(lab);
  });

  test('the next one is no gap, the one after it is', () => {
    expect([9, 10, 11, 12].map((seq) => isGap(lab, event(seq, body)))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('an event that changes nothing on the screen still counts', () => {
    const said: EventBody = { kind: 'command', line: 'lvs', status: 0, output: [] };
    expect(after(said)).toEqual({ ...lab, seq: 11 });
  });
});
