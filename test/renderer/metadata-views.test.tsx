/** Metadata and kept versions on the page. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BackupFile, PvMetadata, VgMetadata } from '../../core/contract/metadata.ts';
import { ActionDialog } from '../../renderer/actions/ActionDialog.tsx';
import { useStudio, type Subject } from '../../renderer/state/store.ts';
import { Archives } from '../../renderer/views/Archives.tsx';
import { Metadata } from '../../renderer/views/Metadata.tsx';
import { FakeBridge } from './support/bridge.ts';
import { lab, pv, vg } from './support/lab.ts';
import { byRole, clear, click, one, settle, show, type } from './support/screen.tsx';

const TEXT = 'vg {\nid = "<b>"\nlogical_volumes {\n\nhome {\nid = "h"\n}\n}\n}\n';
const vgMetadata: VgMetadata = {
  vg: 'vg',
  seqno: 7,
  text: TEXT,
  asBackup: TEXT.replace('home', 'db'),
  device: '/dev/sda',
  offset: 4608,
};
const pvMetadata: PvMetadata = {
  device: '/dev/sda',
  deviceSize: 1e6,
  structures: [
    {
      kind: 'label',
      fields: [
        { name: 'id', offset: 512, size: 8, hex: '4c 41', value: 'LABELONE' },
        { name: 'crc', offset: 528, size: 4, hex: '00', value: '0x0', fault: 'the sector has 0x1' },
      ],
    },
  ],
  areas: [
    {
      start: 4096,
      size: 1044480,
      ignored: true,
      searched: 1044480,
      texts: [
        { kind: 'older', offset: 512, size: 900, checksum: 'none', whole: false, seqno: 6 },
        { kind: 'committed', offset: 1536, size: 1000, checksum: 'wrong', whole: false, seqno: 7 },
      ],
      problem: 'The checksum does not fit the committed text.',
    },
  ],
};
const files: readonly BackupFile[] = [
  {
    path: 'archive/vg_00003-17.vg',
    kind: 'archive',
    vg: 'vg',
    size: 900,
    seqno: 6,
    time: 1795216703,
    description: "Created *before* executing 'lvremove vg/home'",
  },
  { path: 'archive/old_00000-1.vg', kind: 'archive', vg: 'old', size: 10 },
];
const ok = <T,>(value: T) => ({ ok: true, value });

/** Timers, because several events are one question. */
async function answered(): Promise<void> {
  await act(async () => {
    await new Promise((done) => setTimeout(done, 80));
  });
  await settle();
}

const select = async (selected: Subject | undefined): Promise<void> => {
  act(() => {
    useStudio.setState({ selected });
  });
  await answered();
};

beforeEach(() => {
  // A page without a layout has no height to fill.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
});
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

describe('metadata', () => {
  const bridge = () =>
    new FakeBridge(lab, {
      vgMetadata: () => ok(vgMetadata),
      pvMetadata: () => ok(pvMetadata),
    });
  const text = (): string => one('region', 'Metadata text of vg').textContent;

  test('of a group is its text, searched in any case', async () => {
    await show(<Metadata />, bridge());
    await answered();
    expect(text()).toContain('id = "<b>"');
    expect(document.querySelector('.about')?.textContent).toBe(
      'seqno 7 · 57 bytes · read from /dev/sda at byte 4608',
    );
    const search = document.querySelector<HTMLInputElement>('.metadata-text input');
    if (!search) throw new Error('no search');
    await type(search, 'ID');
    expect(document.querySelector('.count')?.textContent).toBe('1 of 2');
    act(() => {
      search.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    });
    await settle();
    expect(document.querySelector('.count')?.textContent).toBe('2 of 2');
    expect(document.querySelector('.code.current')?.textContent).toBe('id = "h"');
  });

  test('Ctrl+F leads into its search', async () => {
    await show(<Metadata />, bridge());
    await answered();
    act(() => {
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true }));
    });
    expect(document.activeElement?.getAttribute('placeholder')).toBe('Search');
  });

  test('of a PV says what is wrong, where, and what there is', async () => {
    await show(<Metadata />, bridge());
    await select({ kind: 'pv', id: '/dev/sda' });
    const page = one('region', 'Metadata of /dev/sda').textContent;
    expect(page).toContain('ignored: it holds no valid text');
    expect(page).toContain('The checksum does not fit the committed text.');
    expect(page).toContain('✗ the sector has 0x1');
    const rows = [...document.querySelectorAll('.texts tbody tr')].map((row) => row.textContent);
    expect(rows).toEqual([
      '7committed: valid now15361000✗ does not fit ',
      '6older, in part written over512900– ',
    ]);
    expect(one('img').getAttribute('aria-label')).toMatch(/^Buffer of metadata area 1/);
  });

  test('of a PV without a disk there is none; it is not asked for', async () => {
    const lost = { ...pv('b', 50, 30), device: '[unknown]', missing: true };
    const asked = new FakeBridge({ ...lab, vgs: [{ ...vg, pvs: [pv('a', 100, 60), lost] }] });
    await show(<Metadata />, asked);
    await select({ kind: 'pv', id: lost.id });
    expect(document.querySelector('.empty')?.textContent).toMatch(/^No disk carries this PV/);
    expect(asked.calls('pvMetadata')).toEqual([]);
  });

  test('is asked for again when it has changed', async () => {
    const asked = bridge();
    await show(<Metadata />, asked);
    await answered();
    expect(asked.calls('vgMetadata')).toEqual([['vg']]);
    act(() => {
      for (const seq of [11, 12, 13]) {
        asked.tell({ seq, timeMicros: 0, body: { kind: 'vg', vg: { ...vg, seqno: seq } } });
      }
    });
    await answered();
    expect(asked.calls('vgMetadata')).toEqual([['vg'], ['vg']]);
  });
});

describe('kept versions', () => {
  const bridge = () =>
    new FakeBridge(lab, {
      backupFiles: () => ok(files),
      backupText: () => ok(TEXT),
      vgMetadata: () => ok(vgMetadata),
      preview: () => ok({ commandLine: 'vgcfgrestore', plans: [], questions: [], warnings: [] }),
      command: () => ({ status: 0, output: [{ stream: 'stdout', text: 'Restored.' }] }),
    });

  test('one is chosen, compared with now, and restored', async () => {
    const asked = bridge();
    await show(
      <>
        <Archives />
        <ActionDialog />
      </>,
      asked,
    );
    await answered();
    expect(byRole('option').map((option) => option.textContent)).toEqual([
      expect.stringMatching(/^without a description/),
      expect.stringMatching(/^before lvremove vg\/home seqno 6/),
    ]);
    await select({ kind: 'backup', id: files[0]?.path ?? '' });
    expect(document.querySelector('.summary')?.textContent).toBe(
      'Restoring it changes 2 lines of vg.',
    );
    expect(document.querySelector('.restored')?.textContent).toBe('Come backhomeGodb');
    expect(one('region', 'Difference of vg from now').textContent).toContain('+     home {');
    await click(one('button', 'Restore…'));
    await answered();
    expect(asked.calls('preview').at(-1)).toEqual([
      ['vgcfgrestore', '-f', 'archive/vg_00003-17.vg', 'vg'],
    ]);
    await click(one('button', 'Restore'));
    expect(asked.calls('command')).toHaveLength(1);
    expect(useStudio.getState().selected).toEqual({ kind: 'vg', id: 'vg' });
  });

  test('of a group that is gone: all of it comes back; no text of now is asked for', async () => {
    const asked = bridge();
    await show(<Archives />, asked);
    await select({ kind: 'backup', id: 'archive/old_00000-1.vg' });
    expect(document.querySelector('.summary')?.textContent).toBe(
      'old is gone: restoring brings all of it back.',
    );
    expect(asked.calls('vgMetadata')).toEqual([]);
  });

  test('why there are none is said', async () => {
    const failing = new FakeBridge(lab, {
      backupFiles: () => ({
        ok: false,
        error: {
          error: { code: 'backup-failed', path: 'archive', why: 'permission denied' },
          messages: ['archive: permission denied'],
        },
      }),
    });
    await show(<Archives />, failing);
    await answered();
    expect(one('alert').textContent).toBe('archive: permission denied');
  });
});
