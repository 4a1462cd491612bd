/** Making PVs and taking them into a group: what pvcreate, vgcreate and vgextend share. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extents, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/log.ts';
import type { AreaRef, Plan, PvLayout, Step } from '../../contract/plan.ts';
import { logged } from '../activate/steps.ts';
import { bootloaderEntries } from '../format/bootloader.ts';
import type { PhysicalVolume } from '../format/model.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import type { OpContext, OpDisk } from './context.ts';
import { hasTwin, noDevice } from './find.ts';
import { eraseStep, usableAreas } from './metadata-steps.ts';
import { extentCountOf, layoutPv, type PvCreation } from './pv-layout.ts';

/** A device that will be in the group: an orphan PV as it is, or a disk that becomes one. */
export interface NewMember {
  readonly device: string;
  readonly layout: Pick<PvLayout, 'pvId' | 'deviceSize' | 'peStart' | 'areas' | 'bootloader'>;
  readonly areas: readonly AreaRef[];
  /** Steps that make it a PV; none for an orphan. */
  readonly init: readonly Step[];
}

/** Finds a disk of the lab that may be written. */
export function diskToWrite(
  context: OpContext,
  device: string,
  command: string,
): Result<OpDisk, VolumeError> {
  const disk = context.disks.find(({ path }) => path === device);
  if (!disk) return err(noDevice(context, device, command));
  // What cannot be read now is not blank: a group may lie there.
  const unread = context.scan.notices.flatMap((one) =>
    one.code === 'disk-unreadable' && one.error.device === device ? [one.error] : [],
  );
  if (unread[0]) return err(unread[0]);
  return disk.readOnly ? err({ code: 'device-read-only', device, command }) : ok(disk);
}

export function initStep(disk: OpDisk, layout: PvLayout): Step {
  const device = disk.path;
  return {
    what: `make ${device} a physical volume`,
    why: 'Old signatures go first and the label comes last: a half-made PV is not seen as one.',
    action: { kind: 'init-pv', device, layout },
    undo: { kind: 'none', because: 'an orphan PV holds nothing and is in nobody’s way' },
    says: { code: 'pv-created', device },
  };
}

/** Looks at every device and refuses those that belong to a group already: all of them or none. */
export function newMembers(
  context: OpContext,
  { vg, devices, ...wish }: PvCreation & { readonly vg: string; readonly devices: Paths },
  command: string,
): Result<readonly NewMember[], VolumeError> {
  const absent = devices.filter((device) => !context.disks.some(({ path }) => path === device));
  if (absent.length > 0) {
    const some = absent.length < devices.length;
    const unfit = [...context.unfit].filter(([path]) => absent.includes(path));
    const why = unfit.length > 0 ? { unfit: Object.fromEntries(unfit) } : {};
    return err({ code: 'devices-not-found', devices: absent, some, ...why });
  }
  const members: NewMember[] = [];
  const refused: VolumeError[] = [];
  for (const device of new Set(devices)) {
    const member = newMember(context, device, wish, command);
    if (member.ok) members.push(member.value);
    else refused.push(member.error);
  }
  const [first, ...others] = refused;
  if (first) return err(others.length > 0 ? { code: 'several', errors: refused } : first);
  const twice = devices.find((device, at) => devices.indexOf(device) !== at);
  return twice === undefined ? ok(members) : err({ code: 'pv-listed-twice', device: twice, vg });
}

type Paths = readonly string[];

function newMember(
  context: OpContext,
  device: string,
  wish: PvCreation,
  command: string,
): Result<NewMember, VolumeError> {
  const disk = diskToWrite(context, device, command);
  if (!disk.ok) return disk;
  if (hasTwin(context.scan, device)) return err({ code: 'device-duplicate', device });
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (pv?.vgName !== undefined) return err({ code: 'pv-of-vg', device, vg: pv.vgName, command });
  if (pv && isUsed(pv.label)) return err({ code: 'pv-used-unknown', device, command });
  if (pv) return ok(orphanMember(pv));
  const layout = layoutPv(disk.value, wish, context.random);
  if (!layout.ok) return layout;
  const { ignored } = layout.value;
  const areas = layout.value.areas.map((area) => ({ device, ...area, ignored }));
  return ok({ device, layout: layout.value, areas, init: [initStep(disk.value, layout.value)] });
}

function orphanMember(pv: ScannedPv): NewMember {
  const { pvId, deviceSize, dataAreas, metadataAreas, bootloaderAreas } = pv.label;
  const [bootloader] = bootloaderAreas;
  const layout = {
    pvId,
    deviceSize,
    peStart: dataAreas[0]?.start ?? deviceSize,
    areas: metadataAreas,
    ...(bootloader ? { bootloader } : {}),
  };
  return { device: pv.path, layout, areas: usableAreas([pv]), init: [] };
}

/** Bit 0 of the label's flags: some group claims this PV. */
export const isUsed = (label: { readonly extensionFlags: number }): boolean =>
  (label.extensionFlags & 1) === 1;

/** The label learns that its PV is in a group before the group's metadata says so. */
export function markStep(device: string, used: boolean): Step {
  return {
    what: `mark ${device} as ${used ? 'used' : 'unused'}`,
    why: used
      ? 'The label alone then tells that this disk is taken, whatever happens to its metadata.'
      : 'The disk is free: another group may take it.',
    action: { kind: 'mark-pv', device, used },
    undo: { kind: 'mark-pv', device, used: !used },
  };
}

/** A PV that left its group while it was away becomes an orphan: nothing of it is in the group. */
export function outdatedSteps({ vg, outdated = [] }: ScannedVg): readonly Step[] {
  return outdated.flatMap((pv) => {
    const areas = usableAreas([pv]);
    return [...(areas.length > 0 ? [eraseStep(vg.name, areas)] : []), markStep(pv.path, false)];
  });
}

export const outdatedNotices = ({ outdated = [] }: ScannedVg): readonly Notice[] =>
  outdated.flatMap(({ path: device }): readonly Notice[] => [
    { code: 'wiping-outdated', device, what: 'mda' },
    { code: 'wiping-outdated', device, what: 'header' },
  ]);

/** Members whose labels do not say that they are: they are told before the next version. */
export const unmarkedMembers = ({ vg, devices }: ScannedVg): readonly ScannedPv[] =>
  vg.pvs.flatMap(({ id }) => {
    const pv = devices.get(id);
    return pv && pv.label.extensionVersion > 0 && !isUsed(pv.label) ? [pv] : [];
  });

/** One sector: the label with another identifier or device size. */
export function relabelStep(
  pv: ScannedPv,
  change: { readonly pvId?: string; readonly deviceSize?: Sectors },
): Step {
  const device = pv.path;
  const { pvId, deviceSize } = pv.label;
  return {
    what: `rewrite the label of ${device}`,
    why: 'The label tells which PV the disk is, and how large.',
    action: { kind: 'relabel-pv', device, pvId, deviceSize, ...change },
    undo: { kind: 'relabel-pv', device, pvId, deviceSize },
  };
}

/**
 * As LVM: the disks become PVs before it is seen that the group takes no more. Undefined where it
 * does; a group that is beyond its limit already is not stopped by it.
 */
export function refuseBeyondLimit(
  members: readonly NewMember[],
  vg: { readonly name: string; readonly max: number; readonly present: number },
): Plan | undefined {
  if (vg.max === 0 || vg.present > vg.max) return undefined;
  const device = members[vg.max - vg.present]?.device;
  if (device === undefined) return undefined;
  return onlyMade(members, vg.name, { code: 'vg-max-pvs', vg: vg.name, max: vg.max, device });
}

/** The devices become PVs, and then no members: LVM finds out that late. */
export function onlyMade(members: readonly NewMember[], vg: string, short: VolumeError): Plan {
  return {
    title: `Make physical volumes for ${vg}`,
    steps: members.flatMap(({ init }) => init),
    commitAt: -1,
    warnings: [],
    questions: [],
    done: [],
    short,
  };
}

/** The new PV sections of a group's metadata; `section` names one that is not in use yet. */
export function memberPvs(
  members: readonly NewMember[],
  extentSize: Sectors,
  section: (index: number) => string,
): readonly PhysicalVolume[] {
  return members.map(({ device, layout }, index) => ({
    section: section(index),
    id: layout.pvId as LvmId,
    deviceHint: device,
    status: ['ALLOCATABLE'],
    flags: [],
    tags: [],
    deviceSize: layout.deviceSize,
    peStart: layout.peStart,
    peCount: extents(extentCountOf(layout, extentSize)),
    extra: layout.bootloader ? bootloaderEntries(layout.bootloader) : [],
  }));
}

/** What is logged of all of them before anything is done. */
export const newMemberRecords = (members: readonly NewMember[]): readonly LogRecord[] =>
  members.map(({ device }) => ({ code: 'wiping-signatures', device }));

/** Makes PVs of those that are none yet; then their labels learn that they are taken. */
export function joinSteps(
  members: readonly NewMember[],
  vg: string,
  then: readonly LogRecord[] = [],
): readonly Step[] {
  const joining = members.map(({ device }): LogRecord => ({ code: 'adding-pv', device, vg }));
  const marks = members.map(({ device }) => markStep(device, true));
  return [...members.flatMap(({ init }) => init), ...logged(marks, [...joining, ...then])];
}
