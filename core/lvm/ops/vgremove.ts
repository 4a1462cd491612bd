import { err, ok } from '../../base/result.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import { seenLvs } from '../format/shown.ts';
import type { LogicalVolume } from '../format/model.ts';
import { snapshotsTaken } from '../format/snapshots.ts';
import { isLocked } from '../format/pvmove.ts';
import type { Operation } from './context.ts';
import { devicesOf, isActive, vgToChange } from './find.ts';
import { refuseFamilyOpen } from './snapshot/open.ts';
import { removeDeviceSteps } from './lv-steps.ts';
import { eraseStep, usableAreas } from './metadata-steps.ts';
import { missingPvs } from './missing.ts';
import { markStep, outdatedNotices, outdatedSteps } from './pv-steps.ts';

/** Removes a group with all its volumes; its disks stay PVs. Refused while one is in use. */
export interface VgremoveRequest {
  readonly verb: 'vgremove';
  readonly vg: string;
  /** Removes the volumes in it without asking. */
  readonly force?: boolean;
}

/** The volumes go down first, then every copy of the metadata is emptied: one commit for all. */
export const planVgremove: Operation<VgremoveRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const visible = seenLvs(vg);
  const lvCount = visible.length;
  const question: Question = { code: 'remove-vg-with-lvs', vg: vg.name, lvCount };
  const locked = visible.find(isLocked);
  if (locked) {
    const short = { code: 'lv-locked', vg: vg.name, lv: locked.name, command: 'lvremove' } as const;
    // As in LVM somebody is asked before that is seen.
    return request.force ? err(short) : ok(refusedLater(vg.name, question, short));
  }
  const steps: Step[] = [];
  const kernel = context.kernel();
  // Those that are parts go down with what they are parts of.
  const parts = mirrorPartsOf(vg);
  for (const lv of vg.lvs.filter(({ name }) => !parts.has(name))) {
    const open = refuseFamilyOpen(context, vg, lv);
    if (open) return err(open);
    const removal = removeDeviceSteps(context, scanned.value, lv, kernel);
    if (!removal.ok) return removal;
    steps.push(...removal.value);
  }
  const members = devicesOf(scanned.value);
  const areas = usableAreas(members);
  // First: an old text that is left alone would be the newest one.
  steps.push(...outdatedSteps(scanned.value));
  steps.push(eraseStep(vg.name, areas));
  const commitAt = steps.length - 1;
  steps.push(...members.map(({ path }) => markStep(path, false)));
  const asks = visible.length > 0 && request.force !== true;
  const missing = missingPvs(scanned.value).length;
  const lost = visible
    .filter((lv) => isActive(context, vg, lv))
    .map((lv): Question => ({ code: 'remove-active-lv', vg: vg.name, lv: lv.name }));
  const removing = members.map(
    ({ path: device }) => ({ code: 'removing-pv', device, vg: vg.name, by: 'vgremove' }) as const,
  );
  // Snapshots go before what they were taken of.
  const isOrigin = ({ name }: LogicalVolume): boolean => snapshotsTaken(vg, name).length > 0;
  const inTurn = [...visible.filter((lv) => !isOrigin(lv)), ...visible.filter(isOrigin)];
  const removed: readonly Notice[] = inTurn.map((lv) => ({
    code: 'lv-removed',
    vg: vg.name,
    lv: lv.name,
  }));
  return ok({
    title: `Remove volume group ${vg.name}`,
    steps,
    log: { then: removing },
    commitAt,
    warnings: [
      ...(asks && missing > 0 ? [{ code: 'pvs-missing-now', count: missing } as const] : []),
      ...outdatedNotices(scanned.value),
    ],
    questions: asks ? [question, ...lost] : [],
    done: [...removed, { code: 'vg-removed', vg: vg.name }],
  });
};

const refusedLater = (vg: string, question: Question, short: VolumeError): Plan => ({
  title: `Remove volume group ${vg}`,
  steps: [],
  commitAt: -1,
  warnings: [],
  questions: [question],
  done: [],
  short,
});
