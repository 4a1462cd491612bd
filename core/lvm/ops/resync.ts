/** Copies a mirror anew from its first image, whatever its log says (reference 10.8). */
import { err, ok } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { segmentTypeName } from '../format/segtypes/index.ts';
import type { Operation } from './context.ts';
import { lvToChange, refuseOpen, vgToChange } from './find.ts';
import { refuseUnsound } from './metadata-steps.ts';
import { fillLog, withLog } from './mirror/log.ts';
import { isConverting, lvNamed, mirrorOf, shown, withLvs } from './mirror/parts.ts';
import { isRefusal, Stages } from './stages.ts';

export interface ResyncRequest {
  readonly verb: 'resync';
  readonly vg: string;
  readonly lv: string;
}

export const planResync: Operation<ResyncRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const lv = lvToChange(vg, request.lv, 'lvchange');
  if (!lv.ok) return lv;
  const names = { vg: vg.name, lv: request.lv };
  const segment = mirrorOf(lv.value);
  const [first] = lv.value.segments;
  if (!segment) {
    const type = first ? segmentTypeName(first) : '';
    return err({ code: 'lv-type-not-accepted', ...names, type });
  }
  if (isConverting(lv.value)) return err({ code: 'already-converting', ...names });
  const unsound = refuseUnsound(vg);
  if (unsound) return err(unsound);
  const stages = new Stages(context, scanned.value);
  const active = stages.isActive(lv.value);
  const open = active ? refuseOpen(context, vg, lv.value) : undefined;
  if (open) return err(open);
  const { log } = segment;
  const refused = log === undefined ? again(stages, request) : logAnew(stages, request, log);
  if (refused) return err(refused);
  return ok(
    stages.plan({
      title: `Synchronize ${vg.name}/${request.lv} anew`,
      questions: active ? [{ code: 'deactivate-for-resync', ...names }] : [],
      done: [],
    }),
  );
};

/** A log in memory forgets what it knew when its device goes. */
function again(stages: Stages, { lv: name }: ResyncRequest): VolumeError | undefined {
  const lv = stages.lv(name);
  const active = stages.isActive(lv);
  const down = active ? stages.deactivate(stages.vg, name) : [];
  if (isRefusal(down)) return down;
  const status = lv.status.filter((word) => word !== 'NOTSYNCED');
  const next = withLvs(stages.vg, { ...lv, status });
  const up = active ? stages.activate(next, name) : [];
  if (isRefusal(up)) return up;
  const title = `Start ${name} anew`;
  if (status.length === lv.status.length) return stages.steps(title, [...down, ...up]);
  return stages.change({ title, next, before: down, after: up });
}

/** The log is a volume of its own while it is emptied: a crash leaves nothing to believe. */
function logAnew(
  stages: Stages,
  { lv: name }: ResyncRequest,
  called: string,
): VolumeError | undefined {
  const { vg } = stages;
  const lv = stages.lv(name);
  const active = stages.isActive(lv);
  const down: readonly Step[] | VolumeError = active ? stages.deactivate(vg, name) : [];
  if (isRefusal(down)) return down;
  const status = lv.status.filter((word) => word !== 'NOTSYNCED');
  const segments = lv.segments.map((segment) => {
    if (segment.kind !== 'mirror') return segment;
    const { log: _log, ...rest } = segment;
    return rest;
  });
  const log = lvNamed(vg, called);
  const apart = withLvs(vg, { ...lv, status, segments }, shown(log));
  const filled = fillLog(stages, apart, log.name, false);
  if (isRefusal(filled)) return filled;
  const title = `Empty the log of ${name}`;
  const refused = stages.change({ title, next: apart, before: down, after: filled });
  if (refused) return refused;
  const next = withLog(stages.vg, name, called);
  const up = active ? stages.activate(next, name) : [];
  if (isRefusal(up)) return up;
  return stages.change({ title: `Give ${name} its log back`, next, after: up });
}
