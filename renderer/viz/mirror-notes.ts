/** What the cards of the device tree say of mirrors: which part of one it is, and how it does. */
import type { MirrorHealth, MirrorState } from '../../core/contract/mirrors.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import type { DevNo, Sectors } from '../../core/contract/units.ts';
import { isLayer, mirrorTable, type Role } from './mirror-table.ts';
import { hasFailed, syncPercent } from './region-cells.ts';

/** A line of a card. Which lines there are follows from tables; only what they say is counted. */
export type CardNote =
  | { readonly kind: 'role'; readonly role: Role }
  /** Of the mirror that begins at this sector of the device. */
  | { readonly kind: 'sync'; readonly start: Sectors }
  | { readonly kind: 'layer' };

/** A volume that is moved has a mirror for each piece. */
const MOST_MIRRORS = 3;

export function notesOf(device: DmDeviceState, roles: readonly Role[]): readonly CardNote[] {
  const mirrors = (device.live ?? []).filter((target) => mirrorTable(target));
  return [
    ...roles.map((role) => ({ kind: 'role', role }) as const),
    ...(isLayer(device.name) ? [{ kind: 'layer' } as const] : []),
    ...mirrors.slice(0, MOST_MIRRORS).map(({ start }) => ({ kind: 'sync', start }) as const),
  ];
}

export interface NoteText {
  readonly text: string;
  readonly failed: boolean;
}

/** What a note says now, of the device with this name and number. */
export function noteText(
  note: CardNote,
  { name, devno }: { readonly name: string; readonly devno: string },
  mirrors: readonly MirrorState[],
): NoteText {
  switch (note.kind) {
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
