/**
 * What is worked out about all volumes of a group, carried over from one version to the next: of
 * ten thousand volumes a command changes one.
 */
import type { LogicalVolume, VolumeGroup } from './model.ts';

/** Two lists that differ in one place: there these went and those came. */
export interface LvChange {
  readonly at: number;
  readonly removed: readonly LogicalVolume[];
  readonly added: readonly LogicalVolume[];
}

export function changeOf(
  before: readonly LogicalVolume[],
  after: readonly LogicalVolume[],
): LvChange {
  const known = changes.get(after);
  if (known?.before === before) return known.change;
  const change = compared(before, after);
  changes.set(after, { before, change });
  return change;
}

/** Several kinds of knowledge go over from one version to the next. */
const changes = new WeakMap<
  readonly LogicalVolume[],
  { readonly before: readonly LogicalVolume[]; readonly change: LvChange }
>();

function compared(before: readonly LogicalVolume[], after: readonly LogicalVolume[]): LvChange {
  if (before === after) return { at: before.length, removed: [], added: [] };
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at++;
  let behind = 0;
  const limit = shorter - at;
  while (behind < limit && before.at(-1 - behind) === after.at(-1 - behind)) behind++;
  return {
    at,
    removed: before.slice(at, before.length - behind),
    added: after.slice(at, after.length - behind),
  };
}

/** Versions remembered of all groups together: the old and the new one of two. */
const REMEMBERED = 4;

interface Known<T> {
  readonly vg: VolumeGroup;
  readonly value: T;
}

/** How one kind of knowledge is made. Nothing but the group may go into it. */
export interface Work<T> {
  readonly whole: (vg: VolumeGroup) => T;
  /** From that of another version; undefined where the whole has to be looked at. */
  readonly next: (known: T, vg: VolumeGroup, before: VolumeGroup) => T | undefined;
}

export class PerVersion<T> {
  private readonly known = new WeakMap<VolumeGroup, T>();
  /** The newest first. */
  private recent: readonly Known<T>[] = [];

  constructor(private readonly work: Work<T>) {}

  of(vg: VolumeGroup): T {
    const known = this.known.get(vg);
    if (known !== undefined) return known;
    const before = this.recent.find((one) => one.vg.id === vg.id);
    const next = before && this.work.next(before.value, vg, before.vg);
    const value = next ?? this.work.whole(vg);
    this.set(vg, value);
    return value;
  }

  /** For whoever came upon it in another way. */
  set(vg: VolumeGroup, value: T): void {
    this.known.set(vg, value);
    this.recent = [{ vg, value }, ...this.recent].slice(0, REMEMBERED);
  }
}
