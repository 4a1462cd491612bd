/** The attribute columns of lvs, vgs and pvs (reference 12.2). */
import { isAllocatable, isVirtual as isVirtualSegment } from '../lvm/format/model.ts';
import type { LogicalVolume, VolumeGroup } from '../lvm/format/model.ts';
import { isShared } from '../lvm/format/write-lock.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { isImageInSync, lvDevice, lvSnapshotStatus } from './active.ts';
import { isLvPartial, isVgPartial } from './health.ts';
import {
  convertedLayer,
  intOf,
  isPoolSpare,
  isRaidType,
  keysOfLv,
  relationsOf,
  textOf,
  typeOfLv,
} from './relations.ts';
import type { PartRole, Relations } from './relations.ts';
import { isGone, isStray, type PvRow } from './rows.ts';
import type { ReportSource } from './source.ts';

/** Ten characters: `-wi-a-----`. */
export function lvAttr(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): string {
  const relations = relationsOf(vg.vg);
  return [
    typeLetter(source, vg, lv),
    permissionLetter(source, vg, lv),
    policyLetter(lv.allocationPolicy ?? 'inherit', lv.status.includes('LOCKED'), 'i'),
    lv.status.includes('FIXED_MINOR') ? 'm' : '-',
    stateLetters(source, vg, lv),
    targetLetter(relations, lv),
    zeroesNewBlocks(relations, lv) ? 'z' : '-',
    isLvPartial(vg, lv) ? 'p' : '-',
    lv.flags.includes('ACTIVATION_SKIP') ? 'k' : '-',
  ].join('');
}

/** Six characters: `wz--n-`. */
export function vgAttr(vg: ScannedVg): string {
  const { status, allocationPolicy } = vg.vg;
  return [
    status.includes('WRITE') ? 'w' : 'r',
    status.includes('RESIZEABLE') ? 'z' : '-',
    status.includes('EXPORTED') ? 'x' : '-',
    isVgPartial(vg) ? 'p' : '-',
    policyLetter(allocationPolicy ?? 'normal', false, 'n'),
    sharedLetter(vg.vg),
  ].join('');
}

/** Three characters: `a--`. An orphan has no status of its own and shows as `---`. */
export function pvAttr(row: PvRow): string {
  const { group } = row;
  return [
    row.duplicate ? 'd' : usageLetter(row),
    (group?.vg.status.includes('EXPORTED') ?? false) ? 'x' : '-',
    isGone(row) ? 'm' : '-',
  ].join('');
}

function usageLetter(row: PvRow): string {
  const { entry } = row;
  if (entry === undefined) return isStray(row) ? 'u' : '-';
  return isAllocatable(entry) ? 'a' : 'u';
}

function sharedLetter(vg: VolumeGroup): string {
  if (vg.status.includes('CLUSTERED')) return 'c';
  return isShared(vg) ? 's' : '-';
}

/** Words come from a disk: `constructor` is no policy. */
const POLICY: ReadonlyMap<string, string> = new Map([
  ['contiguous', 'c'],
  ['cling', 'l'],
  ['cling_by_tags', 't'],
  ['normal', 'n'],
  ['anywhere', 'a'],
  ['inherit', 'i'],
]);

/** LVM reads a policy that it does not know as the default. */
function policyLetter(policy: string, locked: boolean, otherwise: string): string {
  const letter = POLICY.get(policy) ?? otherwise;
  return locked ? letter.toUpperCase() : letter;
}

const EXTRA_PARTS: readonly PartRole[] = [
  'raid-metadata',
  'thin-pool-metadata',
  'cache-pool-metadata',
];
const CACHE_TYPES: readonly string[] = ['cache', 'cache-pool', 'writecache'];
const FAST_PARTS: readonly PartRole[] = [
  'cache-pool',
  'cache-pool-data',
  'cache-volume',
  'writecache-volume',
];
const SLOW_PARTS: readonly PartRole[] = ['cache-origin', 'writecache-origin'];

/** The first condition that holds wins: a snapshotted mirror is an origin first. */
function typeLetter(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): string {
  const relations = relationsOf(vg.vg);
  const type = typeOfLv(lv);
  const role = relations.parts.get(lv.name)?.role;
  const isPart = (...roles: readonly PartRole[]): boolean =>
    role !== undefined && roles.includes(role);
  const nosync = lv.status.includes('NOTSYNCED');
  if (lv.status.includes('PVMOVE')) return 'p';
  if (convertedLayer(lv) !== undefined) return 'c';
  const snapshots = relations.origins.get(lv.name);
  if (snapshots !== undefined || relations.externalOrigins.has(lv.name) || isPart(...SLOW_PARTS)) {
    return (snapshots?.some((link) => link.merging) ?? false) ? 'O' : 'o';
  }
  if (isPart(...EXTRA_PARTS) || isPoolSpare(lv)) return 'e';
  if (CACHE_TYPES.includes(type) || isPart(...FAST_PARTS)) return 'C';
  if (isPart('integrity-metadata') || type === 'integrity') return 'g';
  if (isRaidType(type)) return nosync ? 'R' : 'r';
  if (type === 'mirror') return nosync ? 'M' : 'm';
  if (type === 'thin') return 'V';
  if (type === 'vdo') return 'v';
  if (isVirtual(type) || lv.segments.some(isVirtualSegment)) return 'v';
  if (type === 'thin-pool') return 't';
  if (isPart('thin-pool-data')) return 'T';
  if (type === 'vdo-pool') return 'd';
  if (isPart('vdo-pool-data')) return 'D';
  // Whether an image is in sync is known only from a running mirror or raid target.
  if (isPart('mirror-image', 'raid-image')) return isImageInSync(source, vg, lv) ? 'i' : 'I';
  if (isPart('mirror-log')) return 'l';
  const link = relations.stores.get(lv.name);
  if (link !== undefined) return link.merging ? 'S' : 's';
  return '-';
}

/** Segment types of other programs and newer releases, which no report can look into. */
export function isUnknownType(type: string): boolean {
  return (
    !/^(striped|error|zero|mirror|snapshot|raid\d\w*|thin|thin-pool)$/.test(type) &&
    !/^(cache|cache-pool|writecache|integrity|vdo|vdo-pool)$/.test(type)
  );
}

function isVirtual(type: string): boolean {
  return type === 'error' || type === 'zero' || isUnknownType(type);
}

function permissionLetter(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): string {
  if (lv.status.includes('PVMOVE')) return '-';
  if (lv.status.includes('WRITE')) {
    return lvDevice(source, vg, lv)?.readOnly === true ? 'R' : 'w';
  }
  return lv.status.includes('READ') ? 'r' : '-';
}

/** State and open count. */
function stateLetters(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): string {
  const device = lvDevice(source, vg, lv);
  if (source.deviceless) return 'XX';
  if (device === undefined) return '--';
  const open = device.openCount > 0 ? 'o' : '-';
  const snapshot = lvSnapshotStatus(source, vg, lv)?.is;
  if (snapshot === 'invalid') return (device.suspended ? 'S' : 'I') + open;
  if (snapshot === 'merge-failed') return (device.suspended ? 'M' : 'm') + open;
  if (device.suspended) return `s${open}`;
  if (device.live !== undefined) return `a${open}`;
  return (device.inactive === undefined ? 'd' : 'i') + open;
}

const MIRROR_PARTS: readonly PartRole[] = ['mirror-image', 'mirror-log'];
const RAID_PARTS: readonly PartRole[] = ['raid-image', 'raid-metadata'];
const CACHED_PARTS: readonly PartRole[] = ['cache-volume', 'writecache-volume', ...SLOW_PARTS];

function targetLetter(relations: Relations, lv: LogicalVolume): string {
  const type = typeOfLv(lv);
  const role = relations.parts.get(lv.name)?.role;
  const isPart = (roles: readonly PartRole[]): boolean =>
    role !== undefined && roles.includes(role);
  if (type === 'thin' || type === 'thin-pool') return 't';
  if (CACHE_TYPES.includes(type) || isPart(CACHED_PARTS)) return 'C';
  if (isRaidType(type) || isPart(RAID_PARTS)) return 'r';
  if (type === 'mirror' || isPart(MIRROR_PARTS)) return 'm';
  if (relations.stores.has(lv.name) || relations.origins.has(lv.name)) return 's';
  if (isUnknownType(type)) return 'u';
  return isVirtual(type) || lv.segments.some(isVirtualSegment) ? 'v' : '-';
}

function zeroesNewBlocks(relations: Relations, lv: LogicalVolume): boolean {
  const type = typeOfLv(lv);
  if (type === 'thin-pool') return intOf(keysOfLv(lv), 'zero_new_blocks') === 1n;
  const pool = type === 'thin' ? textOf(keysOfLv(lv), 'thin_pool') : undefined;
  const found = pool === undefined ? undefined : relations.byName.get(pool);
  return found !== undefined && zeroesNewBlocks(relations, found);
}

export { isLvActive, lvDevice, lvDmName } from './active.ts';
export { lvLayout, lvRole } from './layout.ts';
