/** The words of lv_layout and lv_role (reference 12.3). */
import type { LogicalVolume, VolumeGroup } from '../lvm/format/model.ts';
import { isSeen } from '../lvm/format/shown.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import {
  isPoolSpare,
  isRaidType,
  plainType,
  relationsOf,
  textOf,
  keysOfLv,
  typeOfLv,
} from './relations.ts';
import type { PartRole } from './relations.ts';

/** How a volume's data is laid out: `linear`, `raid,raid5,raid5_ls`. */
export function lvLayout(vg: ScannedVg, lv: LogicalVolume): string {
  const type = typeOfLv(lv);
  const role = relationsOf(vg.vg).parts.get(lv.name)?.role;
  if (role === 'cache-volume' || role === 'writecache-volume') {
    return role === 'cache-volume' ? 'cache,cachevol' : 'writecache,cachevol';
  }
  if (type === 'striped') return stripedLayout(lv);
  // Of the layer of a conversion LVM does not know what it is.
  if (type === 'mirror' && role === 'mirror-image') return 'unknown';
  if (isRaidType(type)) return ['raid', ...raidWords(type)].join(',');
  return LAYOUTS.get(type) ?? 'unknown';
}

const LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['mirror', 'mirror'],
  ['thin', 'thin,sparse'],
  ['thin-pool', 'thin,pool'],
  ['cache', 'cache'],
  ['cache-pool', 'cache,pool'],
  ['writecache', 'writecache'],
  ['integrity', 'integrity'],
  ['vdo', 'vdo'],
  ['vdo-pool', 'vdo,pool'],
]);

/** Both where some of its segments are linear and others striped. */
function stripedLayout({ segments }: LogicalVolume): string {
  const striped = segments.filter((one) => one.kind === 'striped' && one.areas.length > 1);
  if (striped.length === 0) return 'linear';
  return striped.length < segments.length ? 'linear,striped' : 'striped';
}

/** Level names carry the kind of their default: `raid5` means `raid5_ls`. */
function raidWords(type: string): string[] {
  if (type === 'raid5') return ['raid5', 'raid5_ls'];
  if (type === 'raid6') return ['raid6', 'raid6_zr'];
  const level = /^raid(10|\d)/.exec(type)?.[0] ?? type;
  return level === type ? [type] : [level, type];
}

const ROLES: Readonly<Record<PartRole, string>> = {
  'mirror-image': 'mirror,image',
  'mirror-log': 'mirror,log',
  'raid-image': 'raid,image',
  'raid-metadata': 'raid,metadata',
  'thin-pool-data': 'thin,pool,data',
  'thin-pool-metadata': 'thin,pool,metadata',
  'cache-pool': '',
  'cache-pool-data': 'cache,pool,data',
  'cache-pool-metadata': 'cache,pool,metadata',
  'cache-origin': 'cache,origin,cacheorigin',
  'cache-volume': '',
  'writecache-origin': 'writecache,origin,writecacheorigin',
  'writecache-volume': '',
  'integrity-origin': 'integrity,origin,integrityorigin',
  'integrity-metadata': 'integrity,metadata',
  'vdo-pool-data': 'vdo,pool,data',
  layer: '',
};

/** What a volume is for: `public`, `private,mirror,image`, `public,origin,thickorigin`. */
export function lvRole(vg: ScannedVg, lv: LogicalVolume): string {
  const { parts, stores, origins, thinOrigins, externalOrigins } = relationsOf(vg.vg);
  const part = parts.get(lv.name);
  const words: string[] = [];
  if (part !== undefined && ROLES[part.role] !== '') words.push(ROLES[part.role]);
  if (isPoolSpare(lv)) words.push('pool,spare');
  if (lv.status.includes('PVMOVE')) words.push('pvmove');
  const isStore = stores.has(lv.name);
  if (isStore) words.push('snapshot,thicksnapshot');
  const taken = origins.get(lv.name)?.length ?? 0;
  if (taken > 0) words.push('origin,thickorigin', ...(taken > 1 ? ['multithickorigin'] : []));
  if (externalOrigins.has(lv.name)) words.push('origin,thinorigin,multithinorigin');
  if (typeOfLv(lv) === 'thin') words.push(...thinWords(vg.vg, lv, thinOrigins));
  const open = isStore || (isSeen(vg.vg, lv) && !typeOfLv(lv).endsWith('-pool'));
  return [open ? 'public' : 'private', ...words].join(',');
}

function thinWords(vg: VolumeGroup, lv: LogicalVolume, thinOrigins: ReadonlySet<string>): string[] {
  const words: string[] = [];
  if (thinOrigins.has(lv.name)) {
    const clones = vg.lvs.filter((other) => textOf(keysOfLv(other), 'origin') === lv.name);
    words.push(clones.length > 1 ? 'origin,thinorigin,multithinorigin' : 'origin,thinorigin');
  }
  if (textOf(keysOfLv(lv), 'origin') !== undefined) words.push('snapshot,thinsnapshot');
  return words;
}

/** Kernel modules beyond device-mapper's own that a volume needs. */
export function lvModules(lv: LogicalVolume): readonly string[] {
  const modules = lv.segments.map(plainType).flatMap((type) => {
    // The type is a word from a disk: `constructor` is none of these.
    return (Object.hasOwn(MODULES, type) && MODULES[type]) || [];
  });
  return [...new Set(modules)];
}

const MODULES: Readonly<Record<string, readonly string[]>> = {
  error: ['error'],
  zero: ['zero'],
  mirror: ['mirror'],
  thin: ['thin', 'thin-pool'],
  'thin-pool': ['thin-pool'],
  snapshot: ['snapshot'],
  cache: ['cache'],
  'cache-pool': ['cache'],
};
