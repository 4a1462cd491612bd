/** What every store of archives and backups promises, checked on all of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ByteText } from '../../core/base/byte-text.ts';
import { bytesToByteString } from '../../core/base/bytes.ts';
import { ok } from '../../core/base/result.ts';
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

  test('shows nothing of a file that is begun until it is kept', async () => {
    const store = await make();
    await store.putBackup('vg', 'old');
    const [archive, backup] = [
      await store.begin('archive', 'vg', 'one'),
      await store.begin('backup', 'vg', 'new'),
    ];
    expect(await kept(store, 'vg')).toEqual([]);
    const before = await store.backup('vg');
    expect(before.ok && before.value?.text).toBe('old');
    const heads = await store.heads();
    expect(heads.ok && heads.value.length).toBe(1);
    expect([await archive.keep(), await backup.keep()]).toEqual([ok(), ok()]);
    expect(await kept(store, 'vg')).toEqual(['archive/vg_00000-R.vg one']);
    const after = await store.backup('vg');
    expect(after.ok && after.value?.text).toBe('new');
  });

  test('leaves nothing of a file that is begun and dropped', async () => {
    const store = await make();
    for (const kind of ['archive', 'backup'] as const) {
      await (await store.begin(kind, 'vg', 'x'.repeat(3 * 2 ** 20))).drop();
    }
    expect(await store.heads()).toEqual(ok([]));
  });

  test.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 4095])(
    'keeps %i bytes as they are, in however many pieces',
    async (size) => {
      const store = await make();
      const prng = new Prng(size);
      const whole = Uint8Array.from({ length: size }, () => prng.below(256));
      const cuts = Array.from({ length: 40 }, () => prng.below(size + 1)).sort((a, b) => a - b);
      const pieces = [0, ...cuts].map((from, index) => whole.subarray(from, cuts[index]));
      await store.putBackup('vg', 'old and longer than what comes then'.repeat(9));
      await store.putBackup('vg', ByteText.of(...pieces));
      await store.addArchive('vg', ByteText.of(...pieces));
      const [backup, archives] = [await store.backup('vg'), await store.archives('vg')];
      const text = bytesToByteString(whole);
      expect(backup.ok && backup.value?.text === text).toBe(true);
      expect(archives.ok && archives.value[0]?.text === text).toBe(true);
    },
  );

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
