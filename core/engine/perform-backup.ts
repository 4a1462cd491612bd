/** The actions of a plan that keep a way back: archives and backups of the metadata. */
import { err, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { exportBackup } from '../lvm/format/backup.ts';
import type { MetadataHeader } from '../lvm/format/model.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { BackupStore } from './backup-store.ts';

type Done = Promise<Result<void, VolumeError>>;

export class BackupWriter {
  constructor(
    private readonly store: BackupStore,
    /** What the last look at the disks found. */
    private readonly scan: () => Scan,
    private readonly header: (description: string) => MetadataHeader,
  ) {}

  archive(vg: string, description: string): Done {
    const text = this.textOf(vg, description);
    return text.ok ? this.store.addArchive(vg, text.value) : Promise.resolve(text);
  }

  backup(vg: string, description: string): Done {
    const text = this.textOf(vg, description);
    return text.ok ? this.store.putBackup(vg, text.value) : Promise.resolve(text);
  }

  drop(vg: string): Done {
    return this.store.dropBackup(vg);
  }

  /** A group as it is now, as a file of vgcfgbackup. */
  textOf(name: string, description: string): Result<string, VolumeError> {
    const found = this.scan().vgs.find(({ vg }) => vg.name === name);
    if (!found) return err({ code: 'vg-not-found', vg: name });
    return { ok: true, value: exportBackup(found.vg, this.header(description)) };
  }
}
