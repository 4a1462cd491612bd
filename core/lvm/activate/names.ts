/** Names and identifiers of LVM's mapped devices (reference 8.1, 8.2). */
import type { LvmId } from '../../base/ids.ts';

const double = (name: string): string => name.replaceAll('-', '--');

/** `vg-lv` or `vg-lv-layer`, hyphens inside a part doubled; at most 127 characters by the rules. */
export function dmName(vg: string, lv: string, layer?: string): string {
  return [vg, lv, ...(layer === undefined ? [] : [layer])].map(double).join('-');
}

/** The layer that has a volume's own segments, where another device lies above it. */
export const REAL = 'real';

/** The layer that is the store of a snapshot, below the device with the snapshot's name. */
export const COW = 'cow';

/** The parts of such a name; absent ones are empty. Any name has parts. */
export function splitDmName(name: string): {
  readonly vg: string;
  readonly lv: string;
  readonly layer: string;
} {
  // A single hyphen divides, two stand for one.
  const parts = name.match(/(?:[^-]|--)+|-/g)?.filter((part) => part !== '-') ?? [];
  const [vg = '', lv = '', layer = ''] = parts.map((part) => part.replaceAll('--', '-'));
  return { vg, lv, layer };
}

/** `LVM-` + both identifiers without dashes (+ `-layer`). */
export function dmUuid(vgId: LvmId, lvId: LvmId, layer?: string): string {
  return `LVM-${vgId}${lvId}${layer === undefined ? '' : `-${layer}`}`;
}

/** True for every device that belongs to a volume of this group. */
export const isOfVg = (uuid: string, vgId: LvmId): boolean => uuid.startsWith(`LVM-${vgId}`);
