/** The lines below the table on the cards of the device tree. */
import type { DmDeviceState, LabState } from '../../core/contract/state.ts';
import {
  mirrorNotes,
  mirrorNoteText,
  type MirrorNote,
  type NoteNames,
  type NoteText,
} from './mirror-notes.ts';
import type { Role } from './mirror-table.ts';
import {
  snapshotNotes,
  snapshotNoteText,
  type SnapshotNote,
  type SnapshotUse,
} from './snapshot-notes.ts';

/** Which lines there are follows from tables; only what they say is counted. */
export type CardNote = MirrorNote | SnapshotNote;

export const notesOf = (
  device: DmDeviceState,
  roles: readonly Role[],
  use: SnapshotUse | undefined,
): readonly CardNote[] => [...mirrorNotes(device, roles), ...snapshotNotes(device, use)];

/** What is at work. */
export type Working = Pick<LabState, 'mirrors' | 'snapshots'>;

/** What a note says now, of the device with this name and number. */
export const noteText = (
  note: CardNote,
  device: { readonly name: string; readonly devno: string },
  { mirrors, snapshots }: Working,
  names?: NoteNames,
): NoteText =>
  note.kind === 'snapshot' || note.kind === 'use'
    ? snapshotNoteText(note, device.name, snapshots)
    : mirrorNoteText(note, device, mirrors, names);
