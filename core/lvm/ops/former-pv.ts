/** A PV as a backup file remembers it (reference 1.9). */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import { parseMetadata } from '../format/import.ts';
import { bootloaderOf } from '../format/bootloader.ts';
import type { FormerPv } from './pv-layout.ts';

/** A file of vgcfgbackup. */
export interface RestoreFile {
  /** The path of the file, for messages. */
  readonly file: string;
  /** What is in it, a byte string. */
  readonly text: string;
}

interface Found {
  readonly pv: FormerPv;
  /** What LVM says of the group's PVs while it reads the file. */
  readonly warnings: readonly Notice[];
}

/** Refuses a file that does not know the PV. */
export function formerPv(
  pvId: LvmId | undefined,
  { file, text }: RestoreFile,
): Result<Found, VolumeError> {
  const read = parseMetadata(text, file);
  if (!read.ok) return err({ code: 'restore-unreadable', file, why: read.error.why });
  const { vg } = read.value;
  // LVM reads the file before it looks at any disk: it misses all of them.
  const missing = vg.pvs.map(({ id }) => id);
  const entry = vg.pvs.find(({ id }) => id === pvId);
  if (!entry) {
    return err({ code: 'restore-id-unknown', pvId: pvId ?? '', file, missing });
  }
  const bootloader = bootloaderOf(entry);
  return ok({
    pv: {
      peStart: entry.peStart,
      peCount: entry.peCount,
      extentSize: vg.extentSize,
      ...(bootloader ? { bootloader } : {}),
    },
    warnings: missing.map((id) => ({ code: 'pv-not-found', pvId: id })),
  });
}
