/** Mirrors in the device tree and in the extent map: parts are told by role, state and colour. */
import { act } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import type { LabState } from '../../core/contract/state.ts';
import { useStudio } from '../../renderer/state/store.ts';
import { DeviceTreeView } from '../../renderer/views/DeviceTree.tsx';
import { ExtentMap } from '../../renderer/views/ExtentMap.tsx';
import { deviceCard } from '../../renderer/viz/device-cards.ts';
import { layoutDeviceTree } from '../../renderer/viz/layout-device-tree.ts';
import { noteText } from '../../renderer/viz/card-notes.ts';
import { failedLinks } from '../../renderer/viz/mirror-notes.ts';
import { belongsTo, partName, partsOf } from '../../renderer/viz/mirror-parts.ts';
import { mirrorTable, rolesOf } from '../../renderer/viz/mirror-table.ts';
import { ownerColours } from '../../renderer/viz/owner-colour.ts';
import type { Sectors } from '../../core/contract/units.ts';
import { FakeBridge } from './support/bridge.ts';
import { device, lab } from './support/lab.ts';
import {
  convertingLab,
  group,
  leg,
  mirror,
  mirrorDevice,
  mirrorLab,
  mirrorTarget,
  TWO_LEGS,
} from './support/mirror-lab.ts';
import { clear, one, show } from './support/screen.tsx';

afterEach(clear);

describe('the line of a table', () => {
  const table = (params: string) => mirrorTable(mirrorTarget(params, []));

  test.each([
    [TWO_LEGS, { legs: ['253:1', '253:2'], log: '253:0' }],
    ['core 1 1024 2 253:4 0 253:5 0 1 handle_errors', { legs: ['253:4', '253:5'] }],
    [
      'disk 3 253:9 1024 nosync 3 8:0 2048 8:16 2048 8:32 0',
      { legs: ['8:0', '8:16', '8:32'], log: '253:9' },
    ],
    ['core 1 4096 2 8:0 2048 8:32 2048', { legs: ['8:0', '8:32'] }],
  ])('%s', (params, read) => {
    expect(table(params)).toEqual(read);
  });

  test.each(['', 'core', 'core 1 1024 2 253:4 0', 'core 1 1024 0', 'disk x y'])(
    'what no mirror has is none: “%s”',
    (params) => {
      expect(table(params)).toBeUndefined();
    },
  );

  test('devices know what mirrors use them as, once', () => {
    const roles = rolesOf(convertingLab.devices);
    expect(roles.get('253:4')).toEqual([{ as: 'leg', index: 0, of: 'vg-mir' }]);
    expect(roles.get('253:0')).toEqual([{ as: 'log', index: 0, of: 'vg-mir_mimagetmp_2' }]);
    const moved = 'core 1 4096 2 8:0 2048 8:32 2048';
    const pieces = [0, 48].map((start) => ({
      ...mirrorTarget(moved, ['8:0', '8:32']),
      start: start as Sectors,
    }));
    const pvmove = { ...mirrorDevice('vg-pvmove0', 7, moved, ['8:0', '8:32']), live: pieces };
    expect(rolesOf([pvmove]).get('8:32')).toEqual([{ as: 'leg', index: 1, of: 'vg-pvmove0' }]);
  });
});

describe('cards', () => {
  /** What the notes of a device say, in order. */
  const said = (state: LabState, name: string): readonly string[] => {
    const { cards } = layoutDeviceTree(state.devices, state.disks, 1000);
    const card = cards.find(({ title }) => title === name);
    if (!card) throw new Error(`no card ${name}`);
    return card.notes.map((note) => {
      const { text, failed } = noteText(note, { name, devno: card.devno }, state);
      return failed ? `! ${text}` : text;
    });
  };
  const failing: LabState = {
    ...mirrorLab,
    mirrors: [
      mirror({
        cells: `${'c'.repeat(31)}n`,
        legs: [leg('253:1', { reads: 1 }), leg('253:2', { health: 'D', reads: 4 })],
        log: { kind: 'disk', devno: '253:0', health: 'F' },
        held: 3,
      }),
    ],
  };

  test('a mirror says how much is in sync, its parts which they are and how', () => {
    expect(said(mirrorLab, 'vg-mir')).toEqual(['100 % in sync, 32/32']);
    expect(said(mirrorLab, 'vg-mir_mimage_0')).toEqual(['leg 0 ★ · A alive · 0 reads']);
    expect(said(mirrorLab, 'vg-mir_mlog')).toEqual(['log · A alive']);
  });

  test('what failed is told by letter, word and sign, and that writes wait', () => {
    expect(said(failing, 'vg-mir')).toEqual(['! 96 % in sync, 31/32 · 3 held']);
    expect(said(failing, 'vg-mir_mimage_0')).toEqual(['leg 0 ★ · A alive · 1 read']);
    expect(said(failing, 'vg-mir_mimage_1')).toEqual(['! leg 1 · ✕ D write failed']);
    expect(said(failing, 'vg-mir_mlog')).toEqual(['! log · ✕ F flush failed']);
    expect([...failedLinks(failing.mirrors)]).toEqual(['vg-mir 253:2', 'vg-mir 253:0']);
  });

  test('a leg that the mirror dropped by itself', () => {
    const dropped = leg('253:2', { health: 'D', dropped: true });
    const state = { ...mirrorLab, mirrors: [mirror({ legs: [leg('253:1'), dropped] })] };
    expect(said(state, 'vg-mir_mimage_1')).toEqual(['! leg 1 · ✕ D write failed, dropped']);
  });

  test('the layer of a conversion is known as one', () => {
    expect(said(convertingLab, 'vg-mir_mimagetmp_2')).toEqual([
      'leg 0 ★ · A alive · 0 reads',
      'layer of a conversion',
      '100 % in sync, 32/32',
    ]);
    expect(said(convertingLab, 'vg-mir_mimage_2')).toEqual(['leg 1 · A alive · 0 reads']);
  });

  test('before the engine has told of a mirror, its table has', () => {
    const state = { ...mirrorLab, mirrors: [] };
    expect(said(state, 'vg-mir')).toEqual(['mirror']);
    expect(said(state, 'vg-mir_mimage_1')).toEqual(['leg 1 of vg-mir']);
  });

  test('a card is as high as what stands on it, and others are as they were', () => {
    const plain = device('x', 1, [['8:0', 0]]);
    const role = { as: 'leg', index: 0, of: 'm' } as const;
    expect(deviceCard(plain, [role]).height - deviceCard(plain).height).toBe(16);
    expect(deviceCard(plain).notes).toEqual([]);
  });

  test('on screen: the leg that failed, the link to it, the words for screen readers', async () => {
    await show(<DeviceTreeView />, new FakeBridge(failing));
    const ailing = [...document.querySelectorAll('.card.ailing title')];
    expect(ailing.map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('vg-mir (253:3)'),
      expect.stringMatching(/^vg-mir_mimage_1 .*; leg 1 · ✕ D write failed$/),
      expect.stringContaining('vg-mir_mlog'),
    ]);
    expect(document.querySelectorAll('.link.broken')).toHaveLength(2);
  });
});

describe('parts in the metadata', () => {
  test('legs, log and layer, with the volume that all of it is', () => {
    const [converting] = convertingLab.vgs;
    const parts = partsOf(converting ?? group);
    const names = [...parts].map(([name, part]) => `${name}: ${partName(part)} of ${part.of}`);
    expect(names.sort()).toEqual([
      'mir_mimage_0: layer leg 0 of mir_mimagetmp_2',
      'mir_mimage_1: layer leg 1 of mir_mimagetmp_2',
      'mir_mimage_2: leg 1 of mir',
      'mir_mimagetmp_2: layer of mir',
      'mir_mlog: log of mir',
    ]);
    expect([...parts.values()].every(({ top }) => top === 'mir')).toBe(true);
    expect(belongsTo(parts, 'mir_mimage_0', 'mir_mimagetmp_2')).toBe(true);
    expect(belongsTo(parts, 'mir_mimage_2', 'mir_mimagetmp_2')).toBe(false);
  });

  test('a volume that only looks like a log is none', () => {
    expect(partsOf({ lvs: lab.vgs.flatMap(({ lvs }) => lvs) }).size).toBe(0);
  });

  test('volumes that are made of each other, which cannot be, do not hang', () => {
    const [first, , ...others] = group.lvs;
    if (!first) throw new Error('no mirror');
    const [segment] = first.segments;
    const area = segment?.areas[0];
    if (!segment || !area) throw new Error('no leg');
    const loop = { ...first, segments: [{ ...segment, areas: [{ ...area, device: 'mir' }] }] };
    expect(partsOf({ lvs: [loop, ...others] }).get('mir')?.of).toBe('mir');
  });

  test('all parts of a mirror have its colour', () => {
    const colours = ownerColours(group);
    expect(new Set(colours.values())).toEqual(new Set([colours.get('mir')]));
  });
});

test('in the extent map a leg is named, and the mirror selected with all of it', async () => {
  await show(<ExtentMap />, new FakeBridge(mirrorLab));
  expect(one('slider', 'Extents of /dev/sdb').getAttribute('aria-valuetext')).toMatch(
    /^mir_mimage_1, leg 1 of mir: PE 0-3 of/,
  );
  const types = [...document.querySelectorAll('.runs tbody tr td:last-child')];
  expect(types.map(({ textContent }) => textContent).filter(Boolean)).toEqual([
    'linear, leg 0 of mir',
    'linear, leg 1 of mir',
    'linear, log of mir',
  ]);
  act(() => {
    useStudio.getState().select({ kind: 'lv', id: 'vg/mir' });
  });
  expect(document.querySelectorAll('.runs .selected')).toHaveLength(3);
});
