import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import { parseMetadata } from '../format/import.ts';
import { isMissing, type VolumeGroup } from '../format/model.ts';
import { unfitLvs } from '../format/names.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import { allGroups } from '../access.ts';
import type { OpContext, Operation } from './context.ts';
import { activeLvs, devicesOf, unreadArea } from './find.ts';
import { eraseStep, usableAreas } from './metadata-steps.ts';
import { planChange } from './plan-change.ts';
import { isUsed, markStep } from './pv-steps.ts';

/** Makes a version that was kept in a file the valid one. */
export interface VgcfgrestoreRequest {
  readonly verb: 'vgcfgrestore';
  readonly vg: string;
  /** The path of the file, for messages. */
  readonly file: string;
  /** What is in it, a byte string. */
  readonly text: string;
}

export const planVgcfgrestore: Operation<VgcfgrestoreRequest> = (request, context) => {
  const read = parseMetadata(request.text, request.file);
  if (!read.ok) return read;
  const { vg } = read.value;
  if (vg.name !== request.vg) {
    return err({ code: 'backup-of-other-vg', vg: request.vg, file: request.file });
  }
  // Written by versions that left out what they did not find.
  if (vg.status.includes('PARTIAL')) return err({ code: 'restore-partial', vg: vg.name });
  const faults = unfitLvs(vg);
  if (faults.length > 0) {
    return err({ code: 'metadata-unsound', vg: vg.name, faults, restore: true });
  }
  const present = presentGroup(context, vg);
  const devices = pvsFor(context, vg, present);
  const active = present
    ? activeLvs(context, present.vg)
        .map(({ name }) => name)
        .toSorted()
    : [];
  const asked: Pick<Plan, 'warnings' | 'questions'> = {
    warnings: activeNotices(vg.name, active),
    questions:
      active.length > 0 ? [{ code: 'restore-active', vg: vg.name, count: active.length }] : [],
  };
  // LVM asks before it looks for the disks.
  if (!devices.ok) return active.length > 0 ? ok(inVain(vg, asked, devices.error)) : devices;
  const restored: ScannedVg = { vg, devices: devices.value, notices: [] };
  const unread = unreadArea(restored);
  if (unread) return err(unread);
  const leaving = present ? devicesOf(present).filter((pv) => !devices.value.has(pvIdOf(pv))) : [];
  const members = devicesOf(restored);
  const plan = planChange(context, restored, {
    title: `Restore volume group ${vg.name}`,
    next: vg,
    outvoted: present !== undefined && present.vg.seqno > vg.seqno,
    before: members.filter((pv) => !isUsed(pv.label)).map(({ path }) => markStep(path, true)),
    after: leaving.flatMap((pv) => released(vg.name, pv)),
    ...asked,
    done: [{ code: 'vg-restored', vg: vg.name }],
  });
  const unsound = !plan.ok && plan.error.code === 'metadata-unsound';
  return unsound ? err({ ...plan.error, restore: true }) : plan;
};

/**
 * What is there of the group now, whatever it is called; else the group that took its name and
 * disks of it. Another one that merely has the name is none of its business.
 */
function presentGroup({ scan }: OpContext, vg: VolumeGroup): ScannedVg | undefined {
  const groups = allGroups(scan);
  const same = groups.find((one) => one.vg.id === vg.id);
  const shares = ({ devices }: ScannedVg): boolean => vg.pvs.some(({ id }) => devices.has(id));
  return same ?? groups.find((one) => one.vg.name === vg.name && shares(one));
}

function inVain(vg: VolumeGroup, asked: Pick<Plan, 'warnings' | 'questions'>, short: VolumeError) {
  const title = `Restore volume group ${vg.name}`;
  return { title, steps: [], commitAt: -1, ...asked, done: [], short };
}

function activeNotices(vg: string, active: readonly string[]): readonly Notice[] {
  if (active.length === 0) return [];
  const each = active.map((lv) => ({ code: 'active-volume', vg, lv }) as const);
  return [
    ...each,
    { code: 'active-volumes', vg, count: active.length },
    { code: 'restoring-active' },
  ];
}

const pvIdOf = (pv: ScannedPv): LvmId => pv.label.pvId;

/** The disks of the restored version; refuses where one is missing or is another group's now. */
function pvsFor(
  context: OpContext,
  vg: VolumeGroup,
  present: ScannedVg | undefined,
): Result<ReadonlyMap<LvmId, ScannedPv>, VolumeError> {
  const devices = new Map<LvmId, ScannedPv>();
  for (const { id } of vg.pvs) {
    const pv = context.scan.pvs.find((one) => one.label.pvId === id);
    if (!pv) continue;
    const owner = allGroups(context.scan).find((one) => one.devices.get(id) === pv);
    if (pv.vgName !== undefined && owner !== present) {
      return err({ code: 'pv-of-vg', device: pv.path, vg: pv.vgName, command: 'vgcfgrestore' });
    }
    devices.set(id, pv);
  }
  const missing = vg.pvs.filter(({ id }) => !devices.has(id)).map(({ id }) => id);
  // Those that the file has as missing, too: what is on them by now is not of this version.
  const marked = vg.pvs.filter((pv) => devices.has(pv.id) && isMissing(pv)).length;
  if (missing.length + marked > 0) {
    return err({ code: 'restore-missing-pvs', vg: vg.name, pvIds: missing, marked });
  }
  return { ok: true, value: devices };
}

/** A PV that joined later and is not in the restored version is free again. */
function released(vg: string, pv: ScannedPv): readonly Step[] {
  const areas = usableAreas([pv]);
  return [...(areas.length > 0 ? [eraseStep(vg, areas)] : []), markStep(pv.path, false)];
}
