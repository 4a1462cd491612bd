/** What every store of archives and backups promises, checked on all of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  archiveIndex,
  HEAD_BYTES,
  MemoryBackups,
  type BackupStore,
} from '../../core/engine/backup-store.ts';
import { Prng } from '../../core/env/prng.ts';
import { LabBackups } from '../../core/host/lab-backups.ts';

const STORES: Record<string, () => BackupStore | Promise<BackupStore>> = {
  'in memory': () => new MemoryBackups(),
  'in the folder of a lab': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lvstudio-stores-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return new LabBackups(folder, { random: new Prng(1), wallClock: () => 1_795_216_703 });
  },
};

/** Without what is random in a name. */
const plain = (path: string): string => path.replaceAll('\\', '/').replace(/-\d+\.vg$/, '-R.vg');

describe.each(Object.entries(STORES))('a store %s', (_, make) => {
  async function kept(store: BackupStore, vg: string): Promise<readonly string[]> {
    const found = await store.archives(vg);
    if (!found.ok) throw new Error(found.error.code);
    return found.value.map(({ path, text }) => `${plain(path)} ${text}`);
  }

  test('numbers the archives of each group by itself, oldest first', async () => {
    const store = await make();
    for (const text of ['one', 'two']) await store.addArchive('vg', text);
    await store.putBackup('vg', 'now');
    await store.addArchive('home', 'other');
    expect(await kept(store, 'vg')).toEqual([
      'archive/vg_00000-R.vg one',
      'archive/vg_00001-R.vg two',
    ]);
    expect(await kept(store, 'home')).toEqual(['archive/home_00000-R.vg other']);
    expect(await kept(store, 'nosuch')).toEqual([]);
  });

  test('does not take the archives of vg_1 or vg_00001-7.vg for those of vg', async () => {
    const store = await make();
    const names = ['vg', 'vg_1', 'vg_', 'vg_00001-7.vg', 'v', 'vg.vg'];
    for (const vg of names) await store.addArchive(vg, `of ${vg}`);
    for (const vg of names) {
      expect(await kept(store, vg)).toEqual([`archive/${vg}_00000-R.vg of ${vg}`]);
    }
  });

  test('reads every archive by the path that it lists it under', async () => {
    const store = await make();
    await store.addArchive('vg', 'text ä\u00ff\n');
    const found = await store.archives('vg');
    const [one] = found.ok ? found.value : [];
    expect(await store.read(one?.path ?? '')).toEqual({ ok: true, value: 'text ä\u00ff\n' });
  });

  test('keeps one backup of a group until it is dropped', async () => {
    const store = await make();
    await store.putBackup('vg', 'old');
    await store.putBackup('vg', 'new');
    await store.putBackup('vg_1', 'other');
    const found = await store.backup('vg');
    expect(found.ok && found.value?.text).toBe('new');
    await store.dropBackup('vg');
    await store.dropBackup('vg');
    expect(await store.backup('vg')).toEqual({ ok: true, value: undefined });
    const other = await store.backup('vg_1');
    expect(other.ok && other.value?.text).toBe('other');
  });

  test('lists the head of every file, also of groups that are gone', async () => {
    const store = await make();
    await store.addArchive('vg', 'one');
    await store.addArchive('vg_1', 'x'.repeat(HEAD_BYTES + 5));
    await store.putBackup('vg', 'now');
    await store.write('mine.vg', 'not of the store');
    const found = await store.heads();
    if (!found.ok) throw new Error(found.error.code);
    expect(
      found.value.map(({ path, kind, vg, size, head }) => [plain(path), kind, vg, size, head]),
    ).toEqual([
      ['archive/vg_00000-R.vg', 'archive', 'vg', 3, 'one'],
      ['archive/vg_1_00000-R.vg', 'archive', 'vg_1', HEAD_BYTES + 5, 'x'.repeat(HEAD_BYTES)],
      ['backup/vg', 'backup', 'vg', 3, 'now'],
    ]);
  });

  test('says which file is not there', async () => {
    const store = await make();
    const error = { code: 'backup-failed', path: 'nosuch.vg', why: 'no such file or directory' };
    expect(await store.read('nosuch.vg')).toEqual({ ok: false, error });
  });

  test('writes a file that an operator names, to be read again', async () => {
    const store = await make();
    expect(await store.write('mine.vg', 'text')).toEqual({ ok: true, value: undefined });
    expect(await store.read('mine.vg')).toEqual({ ok: true, value: 'text' });
    expect(await kept(store, 'mine')).toEqual([]);
  });
});

test.each([
  ['vg_00000-0.vg', 0],
  ['vg_123456-99.vg', 123456],
  ['vg_4294967295-1.vg', 4294967295],
  ['vg_4294967296-1.vg', undefined],
  [`vg_${'9'.repeat(40)}-1.vg`, undefined],
  ['vg_0000-0.vg', undefined],
  ['vg_00000-0.vg~', undefined],
  ['vg_00000.vg', undefined],
  ['vg', undefined],
])('the name %s has the number %s', (name, index) => {
  expect(archiveIndex(name, 'vg')).toBe(index);
});
