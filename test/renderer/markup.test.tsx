/** Names and tags that disks bring along are text: no view makes an element of them. */
import { act, type ReactElement } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import type { LabState } from '../../core/contract/state.ts';
import { useStudio, type Subject } from '../../renderer/state/store.ts';
import { Console } from '../../renderer/views/Console.tsx';
import { DeviceTreeView } from '../../renderer/views/DeviceTree.tsx';
import { EventLog } from '../../renderer/views/EventLog.tsx';
import { Explorer } from '../../renderer/views/Explorer.tsx';
import { ExtentMap } from '../../renderer/views/ExtentMap.tsx';
import { Inspector } from '../../renderer/views/Inspector.tsx';
import { FakeBridge } from './support/bridge.ts';
import { area, device, lab, lv, segment, vg } from './support/lab.ts';
import { clear, settle, show } from './support/screen.tsx';

afterEach(clear);

const IMAGE = '<img src=x onerror="window.owned=1">';
const SCRIPT = '</script><script>window.owned=1</script>';
const NAMES = ['__proto__', 'constructor', IMAGE, SCRIPT];

const hostile: LabState = {
  ...lab,
  lab: { name: IMAGE, directory: SCRIPT },
  vgs: [
    {
      ...vg,
      name: IMAGE,
      tags: [SCRIPT, '__proto__'],
      problems: [SCRIPT],
      lvs: NAMES.map((name, at) => ({
        ...lv(name, [segment(0, SCRIPT, [area('a', at, 1)])]),
        vg: IMAGE,
        layout: IMAGE,
        tags: [IMAGE],
      })),
      pvs: vg.pvs.map((pv) => ({ ...pv, vg: IMAGE, device: IMAGE + pv.device, tags: [SCRIPT] })),
    },
  ],
  devices: [device(IMAGE, 0, [['8:0', 2048]]), device('constructor', 1, [['8:16', 2048]])],
};

const VIEWS: readonly (readonly [string, () => ReactElement])[] = [
  ['explorer', () => <Explorer />],
  ['extent map', () => <ExtentMap />],
  ['device tree', () => <DeviceTreeView />],
  ['event log', () => <EventLog />],
  ['inspector', () => <Inspector />],
  ['console', () => <Console />],
];

/** Elements that none of the views makes by itself. */
const MADE =
  'img, script, iframe, object, embed, [onerror], [onload], [src], a[href^="javascript"]';

describe.each(VIEWS)('the %s', (_, view) => {
  test('shows markup as text', async () => {
    const bridge = new FakeBridge(hostile);
    await show(view(), bridge);
    const subjects: readonly Subject[] = [
      { kind: 'vg', id: IMAGE },
      { kind: 'lv', id: `${IMAGE}/${SCRIPT}` },
      { kind: 'pv', id: `${IMAGE}/dev/sda` },
    ];
    for (const [index, subject] of subjects.entries()) {
      act(() => {
        useStudio.getState().select(subject);
      });
      act(() => {
        bridge.tell({
          seq: (useStudio.getState().lab?.seq ?? 0) + index,
          timeMicros: 0,
          body: {
            kind: 'command',
            line: IMAGE,
            status: 5,
            output: [{ stream: 'stderr', text: SCRIPT }],
          },
        });
      });
      await settle();
      expect([...document.querySelectorAll(MADE)].map(({ outerHTML }) => outerHTML)).toEqual([]);
      expect('owned' in window).toBe(false);
    }
    // What is not shown at all proves nothing.
    expect(document.body.textContent.length).toBeGreaterThan(0);
  });
});

test('a name with markup can be read where groups are listed', async () => {
  await show(<Explorer />, new FakeBridge(hostile));
  for (const name of NAMES) expect(document.body.textContent).toContain(name);
});
