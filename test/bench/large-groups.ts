/** lvcreate in groups of many volumes: what it costs, and how that grows. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { mib, sectorsToBytes } from '../../core/base/units.ts';
import { createEngine } from '../../core/cli/create-engine.ts';
import type { EngineApi } from '../../core/contract/api.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { nodeEnv } from '../../core/host/node-env.ts';
import { exportBackup } from '../../core/lvm/format/backup.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import type { VolumeGroup } from '../../core/lvm/format/model.ts';
import { newLvmId } from '../../core/base/ids.ts';
import { extents } from '../../core/base/units.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { median, millis } from './measure.ts';

const ROUNDS = 5;

export interface Growth {
  readonly lvs: number;
  /** Milliseconds from opening the image to every report ready. */
  readonly open: number;
  /** Milliseconds of one lvcreate with its commit, in this process. */
  readonly lvcreate: number;
  /** Bytes of the metadata text. */
  readonly text: number;
}

export async function largeGroups(directory: string, counts: readonly number[]) {
  const out: Growth[] = [];
  for (const lvs of counts) out.push(await oneGroup(join(directory, `vg-${lvs}.img`), lvs));
  return out;
}

async function oneGroup(path: string, lvs: number): Promise<Growth> {
  const file = await open(path, 'w+');
  await file.truncate(sectorsToBytes(mib(64 * 1024)));
  await file.close();
  const backups = new MemoryBackups();
  await withLab(path, backups, async (api) => {
    await say(api, ['pvcreate', '--metadatasize', '64m', '/dev/sda']);
    await say(api, ['vgcreate', '-s', '1m', 'vg', '/dev/sda']);
    const backup = await backups.backup('vg');
    const read = backup.ok ? parseMetadata(backup.value?.text ?? '', 'vg') : undefined;
    if (!read?.ok) throw new Error('no backup');
    const full = withLvs(read.value.vg, lvs);
    const header = { ...read.value.header, generator: 'bench', hostDescription: '' };
    await backups.write('full.vg', exportBackup(full, header));
    await say(api, ['vgcfgrestore', '-f', 'full.vg', 'vg']);
  });
  let opened = 0;
  const times: number[] = [];
  let text = 0;
  await withLab(path, backups, async (api, began) => {
    await api.state();
    opened = performance.now() - began;
    for (let round = 0; round < ROUNDS; round++) {
      const line = ['lvcreate', '-an', '-Zn', '-l', '1', '-n', `new${round}`, 'vg'];
      times.push(await millis(() => say(api, line)));
    }
    const backup = await backups.backup('vg');
    text = backup.ok ? (backup.value?.text.length ?? 0) : 0;
  });
  return { lvs, open: opened, lvcreate: median(times), text };
}

/** Volumes of one extent each that do not come up by themselves. */
function withLvs(vg: VolumeGroup, count: number): VolumeGroup {
  let seed = 1;
  const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const [pv] = vg.pvs;
  if (!pv) throw new Error('no PV');
  const lvs = Array.from({ length: count }, (_, index) => ({
    name: `lv${index}`,
    id: newLvmId(random),
    status: ['READ', 'WRITE', 'VISIBLE'],
    flags: ['NOAUTOACTIVATE'],
    tags: [],
    creationTime: 1_795_216_703n,
    creationHost: 'lvmhost',
    segments: [
      {
        kind: 'striped' as const,
        start: extents(0),
        count: extents(1),
        tags: [],
        stripeSize: mib(0),
        areas: [{ on: 'pv' as const, pvId: pv.id, start: extents(index) }],
        extra: [],
      },
    ],
    extra: [],
  }));
  return { ...vg, lvs };
}

async function withLab(
  path: string,
  backups: MemoryBackups,
  work: (api: EngineApi, began: number) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const env = nodeEnv();
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const device = { path: '/dev/sda', devno: '8:0' as const, device: disk.value };
  const disks = [{ ...device, mode: 'live' as const, image: 'sda' }];
  const { api, close } = await createEngine({
    env,
    lab: { name: 'b', directory: '/' },
    disks,
    backups,
  });
  await work(api, began);
  await close();
  await disk.value.close();
  env.scheduler.stop();
}

async function say(api: EngineApi, argv: readonly string[]): Promise<void> {
  const { status, output } = await api.command(argv);
  if (status === 0) return;
  throw new Error(`${argv.join(' ')}: ${output.map(({ text }) => text).join(' ')}`);
}
