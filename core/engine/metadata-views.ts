/** Metadata laid open on demand: of a group, of a disk, and the kept versions. */
import { bytesToByteString } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { BackupFile, PvMetadata, VgMetadata } from '../contract/metadata.ts';
import { readText } from '../lvm/area-io.ts';
import { readBackupHead } from '../lvm/format/backup-head.ts';
import { readMetadata, type ReasonOf } from '../lvm/read-metadata.ts';
import type { ScanDisk, ScannedVg } from '../lvm/scan-types.ts';
import type { ReportSource } from '../report/source.ts';
import type { BackupStore } from './backup-store.ts';
import type { CommandEngine } from './types.ts';

type Answer<T> = Promise<Result<T, VolumeError>>;

/** The newest copy of the group's text that can be read, from the first disk that has it. */
export async function vgMetadata(
  { scan }: ReportSource,
  name: string,
  engine: Pick<CommandEngine, 'backupText'>,
): Answer<VgMetadata> {
  const found = scan.vgs.find(({ vg }) => vg.name === name);
  if (!found) return err({ code: 'vg-not-found', vg: name });
  const asBackup = engine.backupText(name, '');
  if (!asBackup.ok) return asBackup;
  const { seqno } = found.vg;
  let failure: VolumeError | undefined;
  for (const { disk, area } of copiesOf(found)) {
    const { header } = area;
    if (!header?.committed) continue;
    const text = await readText(disk, header, header.committed);
    if (!text.ok) {
      failure = text.error;
      continue;
    }
    const offset = header.start * SECTOR + header.committed.offset;
    const plain = bytesToByteString(text.value).replace(/\0[^]*$/, '');
    return ok({
      vg: name,
      seqno,
      text: plain,
      asBackup: asBackup.value.toString(),
      device: disk.path,
      offset,
    });
  }
  return err(failure ?? { code: 'vg-not-found', vg: name });
}

/** Areas that hold the group's newest version. */
const copiesOf = ({ vg, devices }: ScannedVg) =>
  [...devices.values()].flatMap((disk) =>
    disk.areas.filter((area) => area.vg?.seqno === vg.seqno).map((area) => ({ disk, area })),
  );

/** @param disk as the lab has it; undefined: there is none of this path */
export function pvMetadata(
  disk: ScanDisk | undefined,
  device: string,
  reason: ReasonOf,
): Answer<PvMetadata> {
  if (disk) return readMetadata(disk, reason);
  return Promise.resolve(err({ code: 'device-not-found', device, command: 'pvck' }));
}

export async function backupFiles(store: BackupStore): Answer<readonly BackupFile[]> {
  const heads = await store.heads();
  if (!heads.ok) return heads;
  return ok(
    heads.value.map(({ head, ...file }) => {
      const { vg: _inside, ...said } = readBackupHead(head);
      return { ...file, ...said };
    }),
  );
}

/** Only files of the store: a page must not name others. */
export async function backupText(store: BackupStore, path: string): Answer<string> {
  const heads = await store.heads();
  if (!heads.ok) return heads;
  const known = heads.value.some((one) => one.path === path);
  if (known) return store.read(path);
  return err({ code: 'backup-failed', path, why: 'it is not in the archive or backup folder' });
}
