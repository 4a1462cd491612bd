/** The actions of a plan that keep a way back: archives and backups of the metadata. */
import type { ByteText } from '../base/byte-text.ts';
import { formatLvmId } from '../base/ids.ts';
import { ok, type Result } from '../base/result.ts';
import { same } from '../base/same.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { Action, Plan } from '../contract/plan.ts';
import { backupText } from '../lvm/format/backup.ts';
import type { MetadataHeader, VolumeGroup } from '../lvm/format/model.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { BackupStore, Draft } from './backup-store.ts';
import type { Log } from './log-actions.ts';

type Backup = Extract<Action, { readonly kind: 'backup-metadata' }>;
type Done = Promise<Result<void, VolumeError>>;

/** All that a file says is made of. */
interface Content {
  readonly kind: 'archive' | 'backup';
  readonly vg: VolumeGroup;
  readonly header: MetadataHeader;
}

interface Begun extends Content {
  readonly draft: Draft;
}

export class BackupWriter {
  private begun: Begun[] = [];

  constructor(
    private readonly store: BackupStore,
    /** What the last look at the disks found. */
    private readonly scan: () => Scan,
    private readonly header: (description: string) => MetadataHeader,
  ) {}

  /**
   * Begins the files of a plan, which are written while the disks are: a file takes as long as the
   * metadata itself. They get their names in the plan's own steps, where they say what would be
   * written then; otherwise the step writes another one.
   */
  async begin(plan: Plan): Promise<void> {
    const contents = plan.steps.flatMap(({ action }): readonly Content[] => {
      if (action.kind !== 'archive-metadata' && action.kind !== 'backup-metadata') return [];
      const kind = action.kind === 'archive-metadata' ? 'archive' : 'backup';
      if (kind === 'backup' && 'group' in action) return [];
      const vg = kind === 'archive' ? this.seen(action.vg) : writtenBy(plan, action.vg);
      return vg ? [{ kind, vg, header: this.header(action.description) }] : [];
    });
    for (const content of contents) {
      const { kind, vg, header } = content;
      const draft = await this.store.begin(kind, vg.name, backupText(vg, header));
      this.begun.push({ ...content, draft });
    }
  }

  /** Drops what was begun and not kept. @returns whether it took any room */
  async end(): Promise<boolean> {
    const { begun } = this;
    this.begun = [];
    const dropped = await Promise.all(begun.map(({ draft }) => draft.drop()));
    return dropped.includes(true);
  }

  archive(vg: string, description: string, log?: Log): Done {
    return this.keep('archive', vg, description, (name, seqno) =>
      log?.({ code: 'archiving', vg: name, seqno }),
    );
  }

  backup({ vg, description, group }: Backup, log?: Log): Done {
    const tell = (name: string, seqno: number): void => {
      log?.({ code: 'backing-up', path: this.store.backupPath(name), seqno });
    };
    if (!group) return this.keep('backup', vg, description, tell);
    const given = group as VolumeGroup;
    tell(vg, given.seqno);
    return this.store.putBackup(vg, backupText(given, this.header(description)));
  }

  private async keep(
    kind: Content['kind'],
    word: string,
    description: string,
    tell: (vg: string, seqno: number) => void,
  ): Done {
    const found = vgToRead({ scan: this.scan() }, word);
    if (!found.ok) return found;
    const { vg } = found.value;
    const content = { kind, vg, header: this.header(description) };
    tell(vg.name, vg.seqno);
    const kept = await this.take(content)?.keep();
    if (kept?.ok === true) return kept;
    // The others may have taken its room.
    if (kept) await this.end();
    const text = backupText(vg, content.header);
    return kind === 'archive'
      ? this.store.addArchive(vg.name, text)
      : this.store.putBackup(vg.name, text);
  }

  /** What was begun with just this content. */
  private take({ kind, vg, header }: Content): Draft | undefined {
    const found = this.begun.find(
      (one) => one.kind === kind && one.vg === vg && same(one.header, header),
    );
    this.begun = this.begun.filter((one) => one !== found);
    return found?.draft;
  }

  private seen(word: string): VolumeGroup | undefined {
    const found = vgToRead({ scan: this.scan() }, word);
    return found.ok ? found.value.vg : undefined;
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

/** The group as the plan's last write of it has it; by its name, or its identifier. */
function writtenBy({ steps }: Plan, word: string): VolumeGroup | undefined {
  const groups = steps.flatMap(({ action }) =>
    action.kind === 'write-metadata' ? [action.group as VolumeGroup] : [],
  );
  return groups.findLast((vg) => vg.name === word || formatLvmId(vg.id) === word);
}
