/** How disks are open, where it is seen. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LabState } from '../../core/contract/state.ts';
import type { Sectors } from '../../core/contract/units.ts';
import { project } from '../../renderer/state/project.ts';
import { useStudio } from '../../renderer/state/store.ts';
import { Explorer } from '../../renderer/views/Explorer.tsx';
import { Inspector } from '../../renderer/views/Inspector.tsx';
import { FakeBridge } from './support/bridge.ts';
import { disk, lab } from './support/lab.ts';
import { byRole, clear, settle, show } from './support/screen.tsx';

const modes: LabState = {
  ...lab,
  disks: [
    {
      ...disk('a', 0),
      mode: 'sandbox',
      sandbox: { changed: 256 as Sectors, applying: false },
      note: 'sda.img: was changed by another program',
    },
    { ...disk('b', 16), mode: 'read-only' },
    { ...disk('c', 32), mode: 'live', problem: 'sdc.img: no such file or directory' },
  ],
};

beforeEach(() => {
  useStudio.setState({ selected: undefined });
});
afterEach(clear);

test('the explorer says it beside the name', async () => {
  await show(<Explorer />, new FakeBridge(modes));
  const rows = byRole('row').map(({ textContent }) => textContent);
  expect(rows).toContainEqual(expect.stringContaining('/dev/sda (sandbox, 128.00 KiB changed)'));
  expect(rows).toContainEqual(expect.stringContaining('/dev/sdb (read-only)'));
  expect(rows).toContainEqual(expect.stringContaining('/dev/sdc (no PV, unusable)'));
});

test('the inspector says it of the lab, and all of a disk that is selected', async () => {
  await show(<Inspector />, new FakeBridge(modes));
  expect(document.body.textContent).toContain('1 live, 1 sandbox, 1 read-only');
  act(() => {
    useStudio.getState().select({ kind: 'pv', id: '/dev/sda' });
  });
  await settle();
  expect(document.body.textContent).toContain('sandbox, 128.00 KiB changed');
  expect(document.body.textContent).toContain('was changed by another program');
  const buttons = byRole('button').map(({ textContent }) => textContent);
  expect(buttons).toEqual(
    expect.arrayContaining(['Change mode of disk…', 'Apply sandbox to image…', 'Discard sandbox…']),
  );
});

test('a disk behind an export shows its address, and what happens while it is away', async () => {
  const address = 'nbd+unix:///vm?socket=/run/q.sock';
  const problem = `${address}: cannot be reached: connection refused`;
  const away = { ...disk('a', 0), image: address, onLoss: 'fail' as const, problem };
  const bridge = new FakeBridge({ ...lab, disks: [away] });
  await show(<Explorer />, bridge);
  expect(byRole('row').map(({ textContent }) => textContent)).toContainEqual(
    expect.stringContaining('away'),
  );
  clear();
  await show(<Inspector />, bridge);
  act(() => {
    useStudio.getState().select({ kind: 'disk', id: '/dev/sda' });
  });
  await settle();
  const { textContent } = document.body;
  for (const words of [`Export${address}`, 'I/O fails at once', problem]) {
    expect(textContent).toContain(words);
  }
  expect(textContent).not.toContain('Image');
});

test('what is broken on a disk stands beside its name, and in full in the inspector', async () => {
  const faults = [
    { kind: 'errors', on: 'reads', range: { start: 2048 as Sectors, count: 8 as Sectors } },
    { kind: 'slow', millis: 5 },
  ] as const;
  const disks = [
    { ...disk('a', 0), faults },
    { ...disk('b', 16), faults: [{ kind: 'gone' }] as const },
    { ...disk('c', 32), faults: [{ kind: 'drops-writes' }, ...faults] as const },
  ];
  const bridge = new FakeBridge({ ...lab, disks });
  await show(<Explorer />, bridge);
  const rows = byRole('row').map(({ textContent }) => textContent);
  const words = 'reads fail in sectors 2048:8, slow (5 ms a request)';
  expect(rows).toContainEqual(expect.stringContaining(`/dev/sda (${words})`));
  expect(rows).toContainEqual(expect.stringContaining('/dev/sdb (gone)'));
  expect(rows).toContainEqual(expect.stringContaining(`/dev/sdc (loses writes, ${words})`));
  clear();
  await show(<Inspector />, bridge);
  act(() => {
    useStudio.getState().select({ kind: 'disk', id: '/dev/sdc' });
  });
  await settle();
  expect(document.body.textContent).toContain(`Brokenloses writes, ${words}`);
  expect(byRole('button').map(({ textContent }) => textContent)).toEqual(
    expect.arrayContaining(['Break disk…', 'Mend disk…']),
  );
  act(() => {
    useStudio.getState().select({ kind: 'disk', id: '/dev/sdb' });
  });
  await settle();
  expect(document.body.textContent).toContain('It is gone: mend it first.');
});

test('a disk that is opened in another way keeps its place', () => {
  const change = { ...disk('a', 0), mode: 'live' as const };
  const next = project(modes, {
    seq: modes.seq + 1,
    timeMicros: 0,
    body: { kind: 'disk', disk: change },
  });
  expect(next.disks.map(({ path, mode }) => [path, mode])).toEqual([
    ['/dev/sda', 'live'],
    ['/dev/sdb', 'read-only'],
    ['/dev/sdc', 'live'],
  ]);
});
