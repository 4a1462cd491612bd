/** Files that are begun while the disks are written are those that would be written then. */
import { expect, test } from 'vitest';
import { err, ok } from '../../core/base/result.ts';
import { MemoryBackups, type BackupStore, type Draft } from '../../core/engine/backup-store.ts';
import { BackupWriter } from '../../core/engine/perform-backup.ts';
import { scanDisks } from '../../core/lvm/scan.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { FreeSpace, FullDisk } from '../support/full-disk.ts';
import { copyOf, DISK_SIZE, openLab, prepared } from '../support/lab.ts';
import { CASES, openCase, platterOf, SEED, type Case } from './commands.ts';

/** Counts what becomes of drafts. */
class Counting extends MemoryBackups {
  kept = 0;
  dropped = 0;
  asked = 0;

  override begin(...what: Parameters<BackupStore['begin']>): Promise<Draft> {
    const draft = super.begin(...what);
    return draft.then(({ keep, drop }) => ({
      keep: () => {
        this.kept++;
        return keep();
      },
      drop: () => {
        this.dropped++;
        return drop();
      },
    }));
  }

  override addArchive(...what: Parameters<BackupStore['addArchive']>) {
    this.asked++;
    return super.addArchive(...what);
  }

  override putBackup(...what: Parameters<BackupStore['putBackup']>) {
    this.asked++;
    return super.putBackup(...what);
  }
}

/** Every draft fails: each file is written in its own step. */
class LongWay extends MemoryBackups {
  override begin(): Promise<Draft> {
    const why = 'no space left on device';
    const keep = () => Promise.resolve(err({ code: 'backup-failed', path: '', why } as const));
    return Promise.resolve({ keep, drop: () => Promise.resolve(false) });
  }
}

async function filesAfter<T extends BackupStore>(one: Case, store: T): Promise<T> {
  const lab = await openCase(one, copyOf(await platterOf(one)), undefined, SEED, store);
  expect((await lab.run(one.command)).status).toBe(0);
  await lab.close();
  return store;
}

async function contents(store: BackupStore): Promise<Record<string, string>> {
  const found = await store.heads();
  if (!found.ok) throw new Error(found.error.code);
  const texts = found.value.map(async ({ path }) => [path, await store.read(path)] as const);
  return Object.fromEntries(
    (await Promise.all(texts)).map(([path, text]) => [path, text.ok ? text.value : '?']),
  );
}

const seen = { kept: 0, dropped: 0, asked: 0 };

test.each(CASES)('$name: the same files, begun ahead or not', async (one) => {
  const ahead = await filesAfter(one, new Counting());
  expect(await contents(ahead)).toEqual(await contents(await filesAfter(one, new LongWay())));
  seen.kept += ahead.kept;
  seen.dropped += ahead.dropped;
  seen.asked += ahead.asked;
});

test('most files were begun ahead', () => {
  expect(seen.kept).toBeGreaterThan(CASES.length);
  // Each draft that is kept asks the store once.
  expect(seen.asked - seen.kept).toBeLessThan(seen.kept / 4);
  expect(seen.dropped).toBeLessThan(seen.kept / 4);
});

test('the clock moved on: the file says when it was written', async () => {
  const platters = await prepared(['vgcreate vg /dev/sda']);
  const disks = platters.map((store, index) => ({
    path: `/dev/sd${'abcd'.charAt(index)}`,
    device: new RamDisk('sd', DISK_SIZE, store),
  }));
  const scan = await scanDisks(disks);
  let creationTime = 1_795_216_703;
  const header = (description: string) => ({
    description,
    creationHost: 'lvmhost',
    hostDescription: '',
    creationTime,
    generator: 'test',
  });
  const store = new Counting();
  const writer = new BackupWriter(store, () => scan, header);
  const action = { kind: 'archive-metadata', vg: 'vg', description: 'before' } as const;
  const undo = { kind: 'none', because: '' } as const;
  const steps = [{ what: '', why: '', action, undo }];
  const plan = { title: '', steps, commitAt: 0, warnings: [], questions: [], done: [] };
  for (const later of [0, 1]) {
    await writer.begin(plan);
    creationTime += later;
    expect(await writer.archive('vg', 'before')).toEqual(ok());
    expect(await writer.end()).toBe(false);
    expect(store.kept).toBe(1);
    expect(store.dropped).toBe(later);
  }
  const archives = await store.archives('vg');
  const times = archives.ok ? archives.value.map(({ text }) => /time = (\d+)/.exec(text)?.[1]) : [];
  expect(times).toEqual(['1795216703', '1795216704']);
});

test('a file that was begun gives its room back when the disks need it', async () => {
  const platters = await prepared(['vgcreate vg /dev/sda']);
  const space = new FreeSpace(0);
  let given = 0;
  class Greedy extends MemoryBackups {
    override async begin(...what: Parameters<BackupStore['begin']>): Promise<Draft> {
      const draft = await super.begin(...what);
      const drop = (): Promise<boolean> => {
        given++;
        space.blocks = 100;
        return Promise.resolve(true);
      };
      return { ...draft, drop };
    }
  }
  const store = new Greedy();
  const lab = await openLab(platters, (disk) => new FullDisk(disk, space), 2, store);
  expect((await lab.run('vgchange --addtag one vg')).status).toBe(0);
  expect([space.refused, given]).toEqual([1, 1]);
  const backup = await store.backup('vg');
  expect(backup.ok && backup.value?.text).toContain('tags = ["one"]');
  await lab.close();
});
