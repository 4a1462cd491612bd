/** What the cards of the device tree say of mirrors: which part of one it is, and how it does. */
import type { MirrorHealth, MirrorState } from '../../core/contract/mirrors.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import type { DevNo, Sectors } from '../../core/contract/units.ts';
import { isLayer, mirrorTable, type Role } from './mirror-table.ts';
import { hasFailed, syncPercent } from './region-cells.ts';

/** A line of a card. Which lines there are follows from tables; only what they say is counted. */
export type MirrorNote =
  | { readonly kind: 'role'; readonly role: Role }
  /** Of the mirror that begins at this sector of the device. */
  | { readonly kind: 'sync'; readonly start: Sectors }
  | { readonly kind: 'layer' }
  /** Of a device through which extents move: which piece is copied, from 1; 0: none. */
  | { readonly kind: 'piece'; readonly piece: number; readonly pieces: number }
  | { readonly kind: 'way'; readonly from: DevNo; readonly to: DevNo }
  | { readonly kind: 'pace'; readonly start: Sectors };

/** A volume that is moved has a mirror for each piece. */
const MOST_MIRRORS = 3;

export function mirrorNotes(device: DmDeviceState, roles: readonly Role[]): readonly MirrorNote[] {
  const mirrors = (device.live ?? []).filter((target) => mirrorTable(target));
  return [
    ...roles.map((role) => ({ kind: 'role', role }) as const),
    ...(isLayer(device.name) ? [{ kind: 'layer' } as const] : []),
    ...(isMoveLayer(device.name) ? moveNotes(device) : []),
    ...mirrors.slice(0, MOST_MIRRORS).map(({ start }) => ({ kind: 'sync', start }) as const),
  ];
}

/** LVM puts it below volumes whose extents move; recognised by its name. */
const isMoveLayer = (name: string): boolean => /-pvmove\d+$/.test(name);

/** Its table has a line for each piece. */
function moveNotes({ live = [] }: DmDeviceState): readonly MirrorNote[] {
  const at = live.findIndex((target) => mirrorTable(target));
  const [from, to] = live[at] ? (mirrorTable(live[at])?.legs ?? []) : [];
  const piece = { kind: 'piece', piece: at + 1, pieces: live.length } as const;
  const start = live[at]?.start;
  if (!from || !to || start === undefined) return [piece];
  return [piece, { kind: 'way', from, to }, { kind: 'pace', start }];
}

/** What notes say beside what mirrors know. */
export interface NoteNames {
  /** Of a disk or a mapped device. */
  readonly nameOf: (devno: DevNo) => string;
  readonly paceOf: (mirror: MirrorState) => string;
}

const UNNAMED: NoteNames = { nameOf: (devno) => devno, paceOf: () => '' };

export interface NoteText {
  readonly text: string;
  readonly failed: boolean;
  /** Drawn before it. */
  readonly icon?: 'origin' | 'snapshot' | 'store' | 'merge';
}

/** What a note says now, of the device with this name and number. */
export function mirrorNoteText(
  note: MirrorNote,
  { name, devno }: { readonly name: string; readonly devno: string },
  mirrors: readonly MirrorState[],
  names: NoteNames = UNNAMED,
): NoteText {
  switch (note.kind) {
    case 'piece': {
      const { piece, pieces } = note;
      const text = piece === 0 ? 'move: nothing is copied' : `move: piece ${piece} of ${pieces}`;
      return { text, failed: false };
    }
    case 'way':
      return { text: `${names.nameOf(note.from)} → ${names.nameOf(note.to)}`, failed: false };
    case 'pace': {
      const mirror = mirrors.find((one) => one.device === name && one.start === note.start);
      return { text: mirror ? names.paceOf(mirror) : '', failed: false };
    }
    case 'layer':
      return { text: 'layer of a conversion', failed: false };
    case 'sync': {
      const mirror = mirrors.find((one) => one.device === name && one.start === note.start);
      return mirror ? syncText(mirror) : { text: 'mirror', failed: false };
    }
    case 'role': {
      const { as, index, of } = note.role;
      const mirror = mirrors.find((one) => one.device === of && uses(one, devno as DevNo));
      const what = as === 'leg' ? `leg ${index}` : 'log';
      return mirror
        ? partText(mirror, note.role, what)
        : { text: `${what} of ${of}`, failed: false };
    }
  }
}

function syncText(mirror: MirrorState): NoteText {
  const { inSync, regions, held } = mirror;
  const sync = `${syncPercent(mirror)} % in sync, ${inSync}/${regions}`;
  return { text: held === 0 ? sync : `${sync} · ${held} held`, failed: held > 0 };
}

/** `leg 0 ★ A alive · 12 reads`. */
function partText({ legs, log, primary }: MirrorState, role: Role, what: string): NoteText {
  if (role.as === 'log') {
    const health = log.kind === 'disk' ? log.health : 'A';
    return { text: `${what} · ${healthText(health)}`, failed: hasFailed(health) };
  }
  const leg = legs[role.index];
  if (!leg) return { text: what, failed: false };
  const star = role.index === primary ? ' ★' : '';
  const failed = hasFailed(leg.health);
  const reads = leg.reads === 1 ? '1 read' : `${leg.reads} reads`;
  // There is no room for both, and what failed is read no more.
  const end = leg.dropped ? ', dropped' : failed ? '' : ` · ${reads}`;
  return { text: `${what}${star} · ${healthText(leg.health)}${end}`, failed };
}

const HEALTH: Readonly<Record<MirrorHealth, string>> = {
  A: 'alive',
  D: 'write failed',
  F: 'flush failed',
  S: 'copy failed',
  R: 'read failed',
  U: 'unknown',
};

const healthText = (health: MirrorHealth): string =>
  `${hasFailed(health) ? '✕ ' : ''}${health} ${HEALTH[health]}`;

const uses = ({ legs, log }: MirrorState, devno: DevNo): boolean =>
  legs.some((leg) => leg.devno === devno) || (log.kind === 'disk' && log.devno === devno);

/** Links to what failed, as `mirror below`: numbers of the devices below, by name of the mirror. */
export function failedLinks(mirrors: readonly MirrorState[]): ReadonlySet<string> {
  return new Set(
    mirrors.flatMap(({ device, legs, log }) => [
      ...legs.filter(({ health }) => hasFailed(health)).map(({ devno }) => `${device} ${devno}`),
      ...(log.kind === 'disk' && hasFailed(log.health) ? [`${device} ${log.devno}`] : []),
    ]),
  );
}
