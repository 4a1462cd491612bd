/** The look-ups every operation makes first, with LVM's refusals. */
import { formatLvmId } from '../../base/ids.ts';
import { err, ok, type Err, type Result } from '../../base/result.ts';
import type { IoErrorData, VolumeError } from '../../contract/errors.ts';
import type { UnfitReason } from '../../contract/state.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { isSeen } from '../format/shown.ts';
import { snapshotsOf } from '../format/snapshots.ts';
import { foreignUserOf } from '../format/foreign-users.ts';
import { mirrorPartsOf, partsBelow } from '../format/mirror-parts.ts';
import { isLocked, isPvmove } from '../format/pvmove.ts';
import type { Scan, ScannedPv, ScannedVg } from '../scan-types.ts';
import { merges, passesThrough, realDevice } from '../activate/pass-through.ts';
import type { Surroundings } from '../activate/tree.ts';
import { dmUuid } from '../activate/names.ts';
import { allGroups, barredError } from '../access.ts';
import type { OpContext, OpDisk } from './context.ts';
import { missingPvs } from './missing.ts';

/** The groups that a word may mean: one by its identifier, all that have the name. */
export const findVg = ({ vgs }: Pick<Scan, 'vgs'>, word: string): readonly ScannedVg[] =>
  meant(vgs, word);

function meant<T extends ScannedVg>(vgs: readonly T[], word: string): readonly T[] {
  const byId = vgs.filter(({ vg }) => formatLvmId(vg.id) === word);
  return byId.length > 0 ? byId : vgs.filter(({ vg }) => vg.name === word);
}

/** Also by a group that may not be used here. */
export const isNameTaken = (scan: Scan, name: string): boolean =>
  allGroups(scan).some(({ vg }) => vg.name === name);

/** A group by its name or its identifier; refuses a name that two groups share. */
export function vgToRead(
  context: Pick<OpContext, 'scan'>,
  name: string,
): Result<ScannedVg, VolumeError> {
  const [scanned, twin] = findVg(context.scan, name);
  const [barred] = scanned ? [] : meant(context.scan.barred, name);
  if (barred) return err(barredError(barred));
  if (!scanned) return err({ code: 'vg-not-found', vg: name });
  return twin ? err({ code: 'vg-name-shared', vg: name }) : ok(scanned);
}

/** The same refusal where LVM does not come upon it in its loop over groups. */
export const directly = (error: VolumeError): VolumeError =>
  error.code === 'vg-not-found' || error.code === 'vg-missing-pvs' || error.code === 'vg-barred'
    ? { ...error, direct: true }
    : error;

interface Allowed {
  readonly exported?: true;
  readonly missing?: true;
  /** Disks that cannot be read are missing, where what others have is known to be the newest. */
  readonly unread?: true;
}

/** A group that may be changed: found once, writable, complete and not exported unless said. */
export function vgToChange(
  context: OpContext,
  name: string,
  allowed: Allowed = {},
): Result<ScannedVg, VolumeError> {
  const found = vgToRead(context, name);
  if (!found.ok) return found;
  const scanned = found.value;
  const { vg } = scanned;
  if (vg.status.includes('EXPORTED') && !allowed.exported) {
    return err({ code: 'vg-exported', vg: vg.name });
  }
  if (!vg.status.includes('WRITE')) return err({ code: 'vg-read-only', vg: vg.name });
  if (hasDuplicates(context.scan, scanned)) return err({ code: 'duplicate-pvs', vg: vg.name });
  const missing = missingPvs(scanned);
  if (missing.length > 0 && !allowed.missing)
    return err({ code: 'vg-missing-pvs', vg: vg.name, pvIds: missing });
  const isNewest = allowed.unread && (context.newest?.(vg.name) ?? Infinity) <= vg.seqno;
  const unread = unreadArea(scanned) ?? (missing.length > 0 ? unreadDisk(context) : undefined);
  if (unread && !isNewest) return err(unread);
  const locked = lockedDisk(context, scanned);
  return locked ? err({ code: 'device-read-only', device: locked, vg: vg.name }) : ok(scanned);
}

/** Other disks carry PVs of the group too: which is the right one is for somebody to say. */
export const hasDuplicates = (scan: Scan, { devices }: ScannedVg): boolean =>
  scan.duplicates.some(({ label }) => devices.has(label.pvId));

/** Whether another disk carries the same PV as this one, the one that is used or not. */
export function hasTwin({ pvs, duplicates }: Scan, device: string): boolean {
  const pv = [...pvs, ...duplicates].find(({ path }) => path === device);
  return duplicates.some(({ label }) => label.pvId === pv?.label.pvId);
}

/**
 * A copy that could not be read just now may be the newest: what is planned on an older one would
 * take back what was committed, or leave a group that was removed behind.
 */
export function unreadArea(scanned: ScannedVg): IoErrorData | undefined {
  for (const { damage } of [...scanned.devices.values()].flatMap(({ areas }) => areas)) {
    if (damage && damage.code !== 'damaged') return damage;
  }
  return undefined;
}

/**
 * A disk that is there and cannot be read is not missing: it may be just the one that seems to be,
 * and would be written off. Who knows that it is lost detaches it.
 */
export function unreadDisk({ scan, unusable }: OpContext): VolumeError | undefined {
  const found = scan.notices.find((notice) => notice.code === 'disk-unreadable');
  const [first] = unusable;
  return found?.error ?? (first && { code: 'disk-unusable', ...first });
}

function lockedDisk(context: OpContext, scanned: ScannedVg): string | undefined {
  const paths = [...scanned.devices.values()].map(({ path }) => path);
  return context.disks.find((disk) => disk.readOnly && paths.includes(disk.path))?.path;
}

/** What is not done to a volume that moves. */
const LOCKED_OUT = ['lvremove', 'lvextend', 'lvreduce', 'lvresize', 'lvrename', 'lvconvert'];

const RESIZES = ['lvextend', 'lvreduce', 'lvresize'];

/** A volume that may be changed by name: present, and not a part of another one. */
export function lvToChange(
  vg: VolumeGroup,
  name: string,
  command: string,
): Result<LogicalVolume, VolumeError> {
  const lv = findLv(vg, name);
  // What links a snapshot to its origin is no volume to anybody.
  const unknown = command !== 'lvrename' && snapshotsOf(vg).pseudo.has(name);
  if (!lv || unknown) return err({ code: 'lv-not-found', vg: vg.name, lv: name, command });
  if (isSeen(vg, lv)) {
    const stays = LOCKED_OUT.includes(command) && isLocked(lv);
    return stays ? err({ code: 'lv-locked', vg: vg.name, lv: name, command }) : ok(lv);
  }
  const part = mirrorPartsOf(vg).get(name)?.as;
  const is = { ...(part && { part }), ...(isPvmove(lv) && { layer: true as const }) };
  return err({ code: 'lv-internal', vg: vg.name, lv: name, command, ...is });
}

/** A part of a mirror that moves: what it lies on may not change, nor its name. */
export function movingPart(
  vg: VolumeGroup,
  lv: LogicalVolume,
  command: string,
): VolumeError | undefined {
  const part = partsBelow(vg, lv).find((name) => {
    const found = findLv(vg, name);
    return found !== undefined && isLocked(found);
  });
  return part === undefined ? undefined : { code: 'lv-locked', vg: vg.name, lv: part, command };
}

/** One whose segments can be changed here: not of a type that is only kept, nor used by one. */
export function ownLv(
  vg: VolumeGroup,
  name: string,
  command: string,
): Result<LogicalVolume, VolumeError> {
  const lv = lvToChange(vg, name, command);
  if (!lv.ok) return lv;
  // Linux resizes such a mirror, and forgets that its leg moves.
  const moving = RESIZES.includes(command) ? movingPart(vg, lv.value, command) : undefined;
  if (moving) return err(moving);
  const foreign = lv.value.segments.find((one) => one.kind === 'foreign');
  // Another name is no harm to whoever uses the volume: it is told the new one.
  const user = command === 'lvrename' ? undefined : foreignUserOf(vg, name);
  const refused = { code: 'segment-type-unsupported', vg: vg.name, lv: name } as const;
  if (foreign) return err({ ...refused, type: foreign.type });
  return user === undefined ? lv : err({ ...refused, type: user, user: true });
}

/** Of an operation that is planned, or of an engine without one. */
type World = Pick<OpContext, 'device' | 'era'> & {
  readonly disks: readonly Pick<OpDisk, 'path' | 'devno'>[];
};

export const surroundings = (world: World, scanned: ScannedVg): Surroundings => ({
  devNoOf: (pvId) => {
    const path = scanned.devices.get(pvId)?.path;
    return world.disks.find((disk) => disk.path === path)?.devno;
  },
  passesThrough: passesThrough(world.era, world.device),
  merges: merges(world.device),
});

/** The device of just this volume: one of the same name may be another group's. */
export const deviceOf = (context: Pick<OpContext, 'device'>, vg: VolumeGroup, lv: LogicalVolume) =>
  context.device(dmUuid(vg.id, lv.id));

/** The device with the segments of just this volume: what its mirrors say is asked of this one. */
export const realDeviceOf = (context: OpContext, vg: VolumeGroup, lv: LogicalVolume) =>
  realDevice(context.device, vg, lv);

export const isActive = (context: OpContext, vg: VolumeGroup, lv: LogicalVolume): boolean =>
  deviceOf(context, vg, lv) !== undefined;

export const activeLvs = (context: OpContext, vg: VolumeGroup): readonly LogicalVolume[] =>
  vg.lvs.filter((lv) => isActive(context, vg, lv));

/** Refuses while something has the volume open: what is below may not vanish under it. */
export function refuseOpen(
  context: OpContext,
  vg: VolumeGroup,
  lv: LogicalVolume,
): VolumeError | undefined {
  const device = deviceOf(context, vg, lv);
  if (!device || device.openCount === 0) return undefined;
  const { openCount, devno } = device;
  const part = mirrorPartsOf(vg).has(lv.name) ? { device: `${device.name} (${devno})` } : {};
  const names = { vg: vg.name, lv: lv.name };
  const held = context.holderOf(devno) !== undefined ? ({ held: true } as const) : {};
  return { code: 'lv-in-use', ...names, openCount, ...held, ...part };
}

/** The lab has no such disk, or LVM does not look at it. */
export const noDevice = (
  { unfit }: Pick<OpContext, 'unfit'>,
  device: string,
  command: string,
): VolumeError => ({ code: 'device-not-found', device, command, ...unfitPart(unfit, device) });

/** For errors that name a disk. */
export function unfitPart(
  unfit: OpContext['unfit'],
  device: string,
): { readonly unfit?: UnfitReason } {
  const why = unfit.get(device);
  return why ? { unfit: why } : {};
}

/** The disks that carry the group's PVs, in the group's order. */
export function devicesOf(scanned: ScannedVg): readonly ScannedPv[] {
  return scanned.vg.pvs.flatMap((pv) => scanned.devices.get(pv.id) ?? []);
}

/** LVM passes over a group that it cannot use, and then does not find the PVs of it. */
export function incompleteToo(
  error: VolumeError,
  device: string,
  command: string,
): Err<VolumeError> {
  const passed: readonly VolumeError['code'][] = [
    'vg-missing-pvs',
    'vg-not-found',
    'vg-name-shared',
  ];
  if (!passed.includes(error.code)) return err(error);
  return err({ code: 'several', errors: [error, { code: 'not-a-pv', device, command }] });
}
