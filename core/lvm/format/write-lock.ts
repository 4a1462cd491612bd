/**
 * Groups that old versions of LVM must leave alone, because they know neither system IDs nor lock
 * types: their texts say WRITE_LOCKED in `flags` instead of WRITE in `status`, of the group and of
 * its volumes (lib/format_text/export.c). In the model both are writable.
 */
import type { VolumeGroup } from './model.ts';

const LOCKED = 'WRITE_LOCKED';
const NONE: readonly string[] = [];

interface Words {
  readonly status: readonly string[];
  readonly flags: readonly string[];
}

/** `sanlock`, `dlm`, `none`; undefined: the text does not say. */
export function lockTypeOf({ extra }: Pick<VolumeGroup, 'extra'>): string | undefined {
  const entry = extra.findLast(({ name }) => name === 'lock_type');
  return entry?.kind === 'value' && entry.value.kind === 'string' ? entry.value.value : undefined;
}

/** Needs a daemon that tells the machines apart which use it at one time. */
export const isShared = (vg: Pick<VolumeGroup, 'extra'>): boolean =>
  ['sanlock', 'dlm', 'idm'].includes(lockTypeOf(vg) ?? '');

/** Whether the words of this group are written so. */
export const isWriteLocked = (vg: Pick<VolumeGroup, 'extra' | 'systemId'>): boolean =>
  (vg.systemId ?? '') !== '' || !['', 'none'].includes(lockTypeOf(vg) ?? '');

/** As they are printed. */
export function lockedWords({ status, flags }: Words): Words {
  if (!status.includes('WRITE')) return { status, flags };
  return { status: status.filter((word) => word !== 'WRITE'), flags: [LOCKED, ...flags] };
}

/** As they are meant. */
export function unlockedWords(words: Words): Words {
  const { status, flags } = words;
  if (!flags.includes(LOCKED) && !status.includes(LOCKED)) return words;
  const rest = status.filter((word) => word !== LOCKED);
  const kept = flags.filter((word) => word !== LOCKED);
  return { status: withWrite(rest), flags: kept.length > 0 ? kept : NONE };
}

/** In LVM's order: behind READ and whatever it writes before that. */
function withWrite(status: readonly string[]): readonly string[] {
  if (status.includes('WRITE')) return status;
  const at = status.indexOf('READ') + 1;
  return [...status.slice(0, at), 'WRITE', ...status.slice(at)];
}
