/** What the status line of a mirror says, and the percentages that LVM makes of it. */
import { describe, expect, test } from 'vitest';
import { extents, sectors } from '../../../core/base/units.ts';
import type { DmDeviceState, TargetState } from '../../../core/contract/state.ts';
import type { DevNo } from '../../../core/contract/units.ts';
import {
  isInSync,
  parseMirrorStatus,
  syncPercent,
} from '../../../core/lvm/activate/mirror-status.ts';
import { monitorWord } from '../../../core/report/monitor-word.ts';
import { dmUuid } from '../../../core/lvm/activate/names.ts';
import { lv, mirror, onLv, sampleGroup, striped } from '../format/samples.ts';

test('legs, regions and log are read', () => {
  expect(parseMirrorStatus('2 253:4 253:5 7/32 1 AD 3 disk 253:3 F')).toEqual({
    legs: [
      { devno: '253:4', health: 'A' },
      { devno: '253:5', health: 'D' },
    ],
    inSync: 7,
    regions: 32,
    log: { devno: '253:3', health: 'F' },
  });
  expect(parseMirrorStatus('1 253:4 1/1 1 ? 1 core')).toEqual({
    legs: [{ devno: '253:4', health: 'U' }],
    inSync: 1,
    regions: 1,
  });
});

test.each(['', '2 253:4 253:5', '2 253:4 253:5 x/2 1 AA 1 core', '2 253:4 253:5 1/0 1 AA 1 core'])(
  '%j is no status of a mirror',
  (text) => {
    expect(parseMirrorStatus(text)).toBeUndefined();
  },
);

function running(...statuses: string[]): DmDeviceState {
  const live = statuses.map((status): TargetState => {
    const none = { start: sectors(0), length: sectors(8), params: '', ranges: [] };
    return { ...none, type: 'mirror', status };
  });
  const counts = { openCount: 0, eventNumber: 0, inFlight: 0, queued: 0 };
  const [name, uuid, devno] = ['vg-m', dmUuid(GROUP.id, M.id), '253:1' as DevNo];
  return { name, uuid, devno, suspended: false, readOnly: false, live, deps: [], ...counts };
}

const GROUP = sampleGroup();
const M = lv('m', mirror(8, onLv('a', 0), onLv('b', 0)));
const at = (inSync: number, regions: number): string =>
  `2 1:1 1:2 ${inSync}/${regions} 1 AA 1 core`;

describe('a percentage', () => {
  test.each([
    [0, 32, 0],
    [3, 32, 0],
    // Whole extents count: two of eight.
    [9, 32, 25],
    [31, 32, 87.5],
    [32, 32, 100],
  ])('of %i of %i regions is %f', (inSync, regions, percent) => {
    expect(syncPercent(M, running(at(inSync, regions)))).toBe(percent);
  });

  test('is never all or nothing by rounding', () => {
    const large = lv('m', mirror(1_000_000, onLv('a', 0), onLv('b', 0)));
    expect(syncPercent(large, running(at(1, 1_000_000)))).toBe(0.01);
    expect(syncPercent(large, running(at(999_999, 1_000_000)))).toBe(99.99);
  });

  test('is that of all segments: what is no mirror counts as a whole', () => {
    const tail = { ...striped(0, 8, onLv('pvmove0', 0)), start: extents(8) };
    const moved = lv('pvmove0', ...M.segments, tail);
    expect(syncPercent(moved, running(at(1, 2)))).toBe(75);
  });

  test('is not known of what does not run a mirror', () => {
    expect(syncPercent(M, undefined)).toBeUndefined();
    expect(syncPercent(M, running())).toBeUndefined();
    expect(syncPercent(lv('l', striped(0, 1, onLv('a', 0))), running(at(1, 1)))).toBeUndefined();
    expect(isInSync(running())).toBe(false);
    expect(isInSync(running(at(2, 2), at(1, 2)))).toBe(false);
    expect(isInSync(running(at(2, 2)))).toBe(true);
  });
});

test('the monitor is asked of mirrors that are up', () => {
  const source = { scan: {}, disks: [], now: 0 } as never;
  const [segment] = M.segments;
  const word = (devices: readonly DmDeviceState[], monitored?: ReadonlySet<string>): string => {
    const asked = { ...(source as object), devices, ...(monitored && { monitored }) } as never;
    return monitorWord(asked, { vg: GROUP } as never, M, segment!);
  };
  const device = running(at(1, 1));
  expect(word([device])).toBe('');
  expect(word([], new Set())).toBe('');
  expect(word([device], new Set())).toBe('not monitored');
  expect(word([device], new Set([device.uuid]))).toBe('monitored');
});
