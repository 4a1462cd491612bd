/** What the status line of a mirror target says (reference 5.4), and what LVM makes of it. */
import type { MirrorHealth } from '../../contract/mirrors.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { LogicalVolume, Segment } from '../format/model.ts';
import { isMoved, isPvmove, runningPiece } from '../format/pvmove.ts';

export interface MirrorPart {
  /** `253:4`. */
  readonly devno: string;
  readonly health: MirrorHealth;
}

export interface MirrorStatus {
  /** In the order of the table. */
  readonly legs: readonly MirrorPart[];
  /** Regions that are the same on all legs, of how many. */
  readonly inSync: number;
  readonly regions: number;
  /** Absent: it is in memory. */
  readonly log?: MirrorPart;
}

/** @param text `2 253:4 253:5 32/32 1 AA 3 disk 253:3 A`; undefined where it is something else */
export function parseMirrorStatus(text: string): MirrorStatus | undefined {
  const [head = '', ...words] = text.trim().split(/\s+/);
  const count = Number(head);
  if (!/^[1-9]\d?$/.test(head) || words.length < count + 5) return undefined;
  const devnos = words.slice(0, count);
  const [progress = '', , letters = '', , kind, logDevno, logHealth = ''] = words.slice(count);
  const [, inSync, regions] = /^(\d+)\/([1-9]\d*)$/.exec(progress) ?? [];
  if (inSync === undefined || letters.length !== count) return undefined;
  return {
    legs: devnos.map((devno, leg) => ({ devno, health: healthOf(letters.charAt(leg)) })),
    inSync: Number(inSync),
    regions: Number(regions),
    ...(kind === 'disk' && logDevno !== undefined
      ? { log: { devno: logDevno, health: healthOf(logHealth) } }
      : {}),
  };
}

const HEALTH: ReadonlyMap<string, MirrorHealth> = new Map(
  (['A', 'D', 'F', 'S', 'R', 'U'] as const).map((letter) => [letter, letter]),
);

const healthOf = (letter: string): MirrorHealth => HEALTH.get(letter) ?? 'U';

/** Of the mirror targets of a device's live table, in their order. */
export function mirrorsOf(device: DmDeviceState | undefined): readonly MirrorStatus[] {
  return (device?.live ?? []).flatMap(({ type, status }) =>
    type === 'mirror' ? (parseMirrorStatus(status) ?? []) : [],
  );
}

/** Whether all regions of all mirror targets are the same on all legs; false without a target. */
export function isInSync(device: DmDeviceState | undefined): boolean {
  const mirrors = mirrorsOf(device);
  return mirrors.length > 0 && mirrors.every(({ inSync, regions }) => inSync === regions);
}

/**
 * 0 to 100, as LVM counts it: in whole extents, those of segments that are no mirrors among them;
 * what is not all is never 100. Undefined of what runs no mirror.
 */
export function syncPercent(
  lv: LogicalVolume,
  device: DmDeviceState | undefined,
): number | undefined {
  if (lv.segments[0]?.kind !== 'mirror') return undefined;
  const mirrors = mirrorsOf(device);
  if (mirrors.length === 0) return undefined;
  let [copied, all, at] = [0, 0, 0];
  for (const segment of lv.segments) {
    const { inSync, regions } = isCopied(lv, segment)
      ? (mirrors[at++] ?? NOTHING_YET)
      : isWaiting(lv, segment)
        ? NOTHING_YET
        : ALL;
    copied += Math.floor((segment.count * inSync) / regions);
    all += segment.count;
  }
  return percentOf(copied, all);
}

/** The device has a mirror of it: of a move the piece that is on its way. */
const isCopied = (lv: LogicalVolume, segment: Segment): boolean =>
  segment.kind === 'mirror' &&
  segment.areas.length > 1 &&
  (!isPvmove(lv) || segment === runningPiece(lv));

const isWaiting = (lv: LogicalVolume, segment: Segment): boolean =>
  isPvmove(lv) && segment.kind === 'mirror' && !isMoved(segment);

const NOTHING_YET = { inSync: 0, regions: 1 };
const ALL = { inSync: 1, regions: 1 };

/** What is neither nothing nor all does not look so with two decimals. */
function percentOf(part: number, whole: number): number {
  if (part === 0 || part === whole) return part === 0 ? 0 : 100;
  return Math.min(99.99, Math.max(0.01, (100 * part) / whole));
}
