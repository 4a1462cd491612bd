/** The kept versions as the archive browser lists them. */
import type { BackupFile } from '../../core/contract/metadata.ts';
import type { LabState } from '../../core/contract/state.ts';
import { readable } from '../viz/metadata-lines.ts';
import { momentText } from '../widgets/moment-text.ts';

export interface ArchiveRow {
  readonly file: BackupFile;
  /** `before lvremove vg/home`, `backup after lvcreate ...`, or the description as it is. */
  readonly title: string;
  /** `seqno 3 · 2026-11-21 07:55:12 · 1,804 bytes`. */
  readonly about: string;
}

export interface ArchiveGroup {
  readonly vg: string;
  /** The group does not exist now. */
  readonly gone: boolean;
  /** The newest first; the backup before all archives. */
  readonly rows: readonly ArchiveRow[];
}

/** By group: those that are gone first, because they are what somebody looks for here. */
export function archiveGroups(
  files: readonly BackupFile[],
  lab: LabState,
): readonly ArchiveGroup[] {
  const byVg = new Map<string, BackupFile[]>();
  for (const file of files) byVg.set(file.vg, [...(byVg.get(file.vg) ?? []), file]);
  const groups = [...byVg].map(([vg, own]): ArchiveGroup => ({
    vg,
    gone: !lab.vgs.some(({ name }) => name === vg),
    rows: own.toSorted(newestFirst).map(rowOf),
  }));
  return groups.sort((a, b) => Number(b.gone) - Number(a.gone) || (a.vg < b.vg ? -1 : 1));
}

const newestFirst = (a: BackupFile, b: BackupFile): number =>
  Number(b.kind === 'backup') - Number(a.kind === 'backup') || (a.path < b.path ? 1 : -1);

function rowOf(file: BackupFile): ArchiveRow {
  const { kind, seqno, time, size, description } = file;
  const parts = [
    seqno === undefined ? 'no sequence number' : `seqno ${seqno}`,
    time === undefined ? '' : momentText(time),
    `${size.toLocaleString('en')} bytes`,
  ];
  const title = titleOf(description === undefined ? '' : readable(description));
  return {
    file,
    title: kind === 'backup' ? `backup ${title}` : title,
    about: parts.filter(Boolean).join(' · '),
  };
}

function titleOf(description: string): string {
  const [, when, line] = /^Created \*(before|after)\* executing '(.*)'$/s.exec(description) ?? [];
  if (when !== undefined && line !== undefined) return `${when} ${line}`;
  return description === '' ? 'without a description' : description;
}
