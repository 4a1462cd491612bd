/** What a file of vgcfgbackup says of itself, from its first lines alone (reference 3, 15.1). */

export interface BackupHead {
  readonly vg?: string;
  readonly seqno?: number;
  /** Seconds since 1970. */
  readonly time?: number;
  readonly description?: string;
}

/** @param text the beginning of a file; what is not there, or not as LVM writes it, is left out. */
export function readBackupHead(text: string): BackupHead {
  const description = /^description = "((?:[^"\\]|\\.)*)"/m.exec(text)?.[1];
  const time = /^creation_time = (\d{1,15})\b/m.exec(text)?.[1];
  const vg = /^([\w.+-]{1,127}) \{$/m.exec(text)?.[1];
  const seqno = /^\s+seqno = (\d{1,10})$/m.exec(text)?.[1];
  return {
    ...(vg === undefined ? {} : { vg }),
    ...(seqno === undefined ? {} : { seqno: Number(seqno) }),
    ...(time === undefined ? {} : { time: Number(time) }),
    ...(description === undefined ? {} : { description: description.replace(/\\(["\\])/g, '$1') }),
  };
}
