/** What the cards of the device tree say of snapshots: which part of one it is, and how it does. */
import type { SnapshotCondition, SnapshotState } from '../../core/contract/snapshots.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import type { DevNo, Sectors } from '../../core/contract/units.ts';
import { fillPercent } from './chunk-cells.ts';
import type { NoteText } from './mirror-notes.ts';
import { snapshotTable, type SnapshotTable } from './snapshot-table.ts';

/** What a device is to those that are built on it. */
export interface SnapshotUse {
  readonly as: 'origin' | 'store';
  /** Names of their devices. */
  readonly of: readonly string[];
}

/** A line of a card. */
export type SnapshotNote =
  /** Of the target that begins at this sector of the device. */
  | { readonly kind: 'snapshot'; readonly does: SnapshotTable['kind']; readonly start: Sectors }
  | { readonly kind: 'use'; readonly use: SnapshotUse };

/** Of every device that a snapshot, a merge or an origin is built on, by its number. */
export function usesOf(devices: readonly DmDeviceState[]): ReadonlyMap<string, SnapshotUse> {
  const uses = new Map<string, SnapshotUse>();
  const add = (devno: DevNo, as: SnapshotUse['as'], name: string): void => {
    const of = uses.get(devno)?.of ?? [];
    if (!of.includes(name)) uses.set(devno, { as, of: [...of, name] });
  };
  for (const { name, live } of devices) {
    for (const { origin, store } of (live ?? []).flatMap((line) => snapshotTable(line) ?? [])) {
      add(origin, 'origin', name);
      if (store !== undefined) add(store, 'store', name);
    }
  }
  return uses;
}

export function snapshotNotes(
  device: DmDeviceState,
  use: SnapshotUse | undefined,
): readonly SnapshotNote[] {
  const own = (device.live ?? []).flatMap((line) => {
    const table = snapshotTable(line);
    return table ? [{ kind: 'snapshot', does: table.kind, start: line.start } as const] : [];
  });
  return [...(use ? [{ kind: 'use', use } as const] : []), ...own.slice(0, 1)];
}

const CONDITIONS: Readonly<Record<SnapshotCondition, string>> = {
  good: '',
  waiting: 'waits for its store',
  invalid: '✕ Invalid',
  overflowed: '✕ Overflow',
  'merge-failed': '✕ Merge failed',
};

/** What a note says now, of the device with this name. */
export function snapshotNoteText(
  note: SnapshotNote,
  name: string,
  snapshots: readonly SnapshotState[],
): NoteText {
  if (note.kind === 'use') {
    const { as, of } = note.use;
    const text = as === 'store' ? `COW store of ${of.join(', ')}` : 'data of the origin';
    return { text, failed: false, icon: as };
  }
  const { does, start } = note;
  if (does === 'origin') {
    return { text: 'origin: copies before writes', failed: false, icon: 'origin' };
  }
  const icon = does === 'merge' ? 'merge' : 'snapshot';
  const state = snapshots.find((one) => one.device === name && one.start === start);
  if (!state) return { text: icon, failed: false, icon };
  const { condition, exceptions } = state;
  const failed = condition !== 'good' && condition !== 'waiting';
  if (condition !== 'good') return { text: `${icon} · ${CONDITIONS[condition]}`, failed, icon };
  const chunks = exceptions === 1 ? '1 chunk' : `${exceptions.toLocaleString('en')} chunks`;
  // That it is a snapshot its table says, and its sign; there is no room for more.
  const full = `${fillPercent(state).toFixed(2)} % full, ${chunks}`;
  const text = does === 'merge' ? `merge: ${chunks} to flow back` : full;
  return { text, failed, icon };
}
