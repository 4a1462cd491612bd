/** The actions of a plan that keep a way back: archives and backups of the metadata. */
import type { AnyText, ByteText } from '../base/byte-text.ts';
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { backupText } from '../lvm/format/backup.ts';
import type { MetadataHeader } from '../lvm/format/model.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { BackupStore } from './backup-store.ts';
import type { Log } from './log-actions.ts';

type Done = Promise<Result<void, VolumeError>>;

export class BackupWriter {
  constructor(
    private readonly store: BackupStore,
    /** What the last look at the disks found. */
    private readonly scan: () => Scan,
    private readonly header: (description: string) => MetadataHeader,
  ) {}

  archive(vg: string, description: string, log?: Log): Done {
    return this.keep(vg, description, (name, text, seqno) => {
      log?.({ code: 'archiving', vg: name, seqno });
      return this.store.addArchive(name, text);
    });
  }

  backup(vg: string, description: string, log?: Log): Done {
    return this.keep(vg, description, (name, text, seqno) => {
      log?.({ code: 'backing-up', path: this.store.backupPath(name), seqno });
      return this.store.putBackup(name, text);
    });
  }

  private keep(
    word: string,
    description: string,
    put: (name: string, text: AnyText, seqno: number) => Done,
  ): Done {
    const found = vgToRead({ scan: this.scan() }, word);
    if (!found.ok) return Promise.resolve(found);
    const { vg } = found.value;
    return put(vg.name, backupText(vg, this.header(description)), vg.seqno);
  }

  drop(vg: string): Done {
    return this.store.dropBackup(vg);
  }

  /** A group as it is now, as a file of vgcfgbackup. */
  textOf(word: string, description: string): Result<ByteText, VolumeError> {
    const found = vgToRead({ scan: this.scan() }, word);
    return found.ok ? ok(backupText(found.value.vg, this.header(description))) : found;
  }
}
