/** Archives and backups as files of a lab. */
import { execFileSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Prng } from '../../../core/env/prng.ts';
import { LabBackups } from '../../../core/host/lab-backups.ts';

const NOW = 1_795_216_703;
let folder = '';
let store = new LabBackups('', { random: new Prng(1), wallClock: () => NOW });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstudio-backups-'));
  store = new LabBackups(folder, { random: new Prng(1), wallClock: () => NOW });
});
afterEach(() => rm(folder, { recursive: true }));

test('archives are numbered per group and listed oldest first', async () => {
  for (const [vg, text] of [
    ['vg', 'one'],
    ['vg_1', 'other'],
    ['vg', 'two'],
  ] as const) {
    expect((await store.addArchive(vg, text)).ok).toBe(true);
  }
  const found = await store.archives('vg');
  expect(found.ok && found.value.map(({ text }) => text)).toEqual(['one', 'two']);
  const names = (await readdir(join(folder, 'archive'))).sort();
  expect(names.map((name) => name.replace(/-\d+/, '-R'))).toEqual([
    'vg_00000-R.vg',
    'vg_00001-R.vg',
    'vg_1_00000-R.vg',
  ]);
  const [first = ''] = names;
  expect((await stat(join(folder, 'archive', first))).mode & 0o777).toBe(0o600);
});

test('there is nothing of a group that was never kept', async () => {
  expect(await store.archives('vg')).toEqual({ ok: true, value: [] });
  expect(await store.backup('vg')).toEqual({ ok: true, value: undefined });
  expect(await store.dropBackup('vg')).toEqual({ ok: true, value: undefined });
});

test('a backup is replaced, kept byte for byte, and dropped', async () => {
  await store.putBackup('vg', 'old');
  await store.putBackup('vg', 'ä\u00ff\n');
  const found = await store.backup('vg');
  expect(found.ok && found.value?.text).toBe('ä\u00ff\n');
  expect(await readdir(join(folder, 'backup'))).toEqual(['vg']);
  await store.dropBackup('vg');
  expect(await store.backup('vg')).toEqual({ ok: true, value: undefined });
});

test('only a text is replaced: no image, no folder, no pipe, and not the lab', async () => {
  const image = new Uint8Array(4096);
  image.set(Buffer.from('a file system'), 1024);
  await writeFile(join(folder, 'sda.img'), image);
  await writeFile(join(folder, 'lab.json'), '{}');
  await mkdir(join(folder, 'dir'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const refusals = { 'sda.img': 'not a text', 'lab.json': 'the lab itself', dir: '', pipe: '' };
  for (const [name, why] of Object.entries(refusals)) {
    const written = await store.write(name, 'text');
    const error = written.ok ? undefined : written.error;
    const clause = `it is ${why === '' ? 'not a regular file' : why}`;
    expect(error, name).toEqual({ code: 'backup-failed', path: name, why: clause });
  }
  expect(new Uint8Array(await readFile(join(folder, 'sda.img')))).toEqual(image);
  expect(await readFile(join(folder, 'lab.json'), 'utf8')).toBe('{}');
  for (const text of ['one', 'two']) expect((await store.write('kept', text)).ok).toBe(true);
  expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('two');
});

test('an archive goes when it is old and ten newer ones are there', async () => {
  for (let index = 0; index < 12; index++) await store.addArchive('vg', String(index));
  const archive = join(folder, 'archive');
  for (const name of await readdir(archive)) {
    const old = Number(/_(\d+)-/.exec(name)?.[1]) < 11 ? NOW - 40 * 86_400 : NOW;
    await utimes(join(archive, name), old, old);
  }
  await store.addArchive('vg', '12');
  const found = await store.archives('vg');
  const kept = Array.from({ length: 10 }, (_, index) => String(index + 3));
  expect(found.ok && found.value.map(({ text }) => text)).toEqual(kept);
});

test('what another program left half written goes; what this one writes stays', async () => {
  for (const kind of ['archive', 'backup']) {
    await mkdir(join(folder, kind));
    for (const name of ['.vg.1-7', '.vg_1.x.12345678-1', '.mine', '.vg.1-7.vg']) {
      await writeFile(join(folder, kind, name), 'half');
    }
  }
  const begun = await store.begin('backup', 'vg', 'whole');
  expect((await store.addArchive('vg', 'one')).ok).toBe(true);
  expect(await begun.keep()).toEqual({ ok: true, value: undefined });
  expect((await readdir(join(folder, 'backup'))).sort()).toEqual(['.mine', '.vg.1-7.vg', 'vg']);
  expect(await readdir(join(folder, 'archive'))).toHaveLength(3);
});

test('a file that was begun and cannot be kept leaves nothing', async () => {
  const large = 'x'.repeat(2 * 2 ** 20);
  await mkdir(join(folder, 'backup', 'vg'), { recursive: true });
  const begun = await store.begin('backup', 'vg', large);
  expect(await begun.keep()).toMatchObject({
    ok: false,
    error: { code: 'backup-failed', path: join('backup', 'vg') },
  });
  expect(await readdir(join(folder, 'backup'))).toEqual(['vg']);
});

test('of two that are begun the later is written when the first is kept, or it is', async () => {
  const [large, larger] = ['x'.repeat(2 * 2 ** 20), 'y'.repeat(3 * 2 ** 20)];
  const sizes = async (): Promise<readonly number[]> => {
    const path = join(folder, 'backup');
    const names = await readdir(path);
    return Promise.all(names.map(async (name) => (await stat(join(path, name))).size));
  };
  const archive = await store.begin('archive', 'vg', large);
  const waiting = await store.begin('backup', 'vg', larger);
  expect(await sizes()).toEqual([0]);
  expect((await archive.keep()).ok).toBe(true);
  await vi.waitUntil(async () => (await sizes())[0] === larger.length);
  expect((await waiting.keep()).ok).toBe(true);

  const dropped = await store.begin('archive', 'vg', large);
  const first = await store.begin('backup', 'vg', large);
  expect((await first.keep()).ok).toBe(true);
  expect(await sizes()).toEqual([large.length]);
  const never = await store.begin('backup', 'vg', larger);
  expect([await never.drop(), await dropped.drop()]).toEqual([true, true]);
  const found = await store.backup('vg');
  expect(found.ok && found.value?.text).toBe(large);
  expect(await readdir(join(folder, 'archive'))).toHaveLength(1);
});

test('whoever reads a backup while it is replaced reads the old one to its end', async () => {
  const [old, next] = ['x'.repeat(2 * 2 ** 20), 'y'.repeat(2 * 2 ** 20)];
  await store.putBackup('vg', old);
  const reader = await open(store.backupPath('vg'));
  await store.putBackup('vg', next);
  await store.putBackup('vg', 'small');
  expect(await reader.readFile('latin1')).toBe(old);
  await reader.close();
  expect(await readdir(join(folder, 'backup'))).toEqual(['vg']);
});

test('a file that cannot be written or read is named', async () => {
  await writeFile(join(folder, 'archive'), 'a file in the way');
  const done = await store.addArchive('vg', 'text');
  expect(done).toMatchObject({ ok: false, error: { code: 'backup-failed' } });
  expect(await readFile(join(folder, 'archive'), 'utf8')).toBe('a file in the way');
  expect(await store.read('nosuch.vg')).toEqual({
    ok: false,
    error: { code: 'backup-failed', path: 'nosuch.vg', why: 'no such file or directory' },
  });
});
