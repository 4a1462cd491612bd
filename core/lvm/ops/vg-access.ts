/** Changes of who may use a group: its system ID, and that it is shared. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import { allGroups } from '../access.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { OpContext } from './context.ts';
import { activeLvs, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';

type Asked = { readonly warnings: readonly Notice[]; readonly questions: readonly Question[] };

/** @param id empty: any machine may use it. */
export function planSystemId(
  name: string,
  id: string,
  context: OpContext,
): Result<Plan, VolumeError> {
  const scanned = vgToChange(context, name);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (id === (vg.systemId ?? '')) return err({ code: 'system-id-same', id });
  const asked = askedOf(vg, id, context);
  if (!asked.ok) return asked;
  const { systemId: _before, ...rest } = vg;
  return planChange(context, scanned.value, {
    title: `Change the system ID of volume group ${vg.name}`,
    next: id === '' ? rest : { ...rest, systemId: id },
    ...asked.value,
    done: [{ code: 'vg-changed', vg: vg.name }],
  });
}

function askedOf(vg: VolumeGroup, id: string, context: OpContext): Result<Asked, VolumeError> {
  const { systemId: localId } = context.access;
  if (id === localId) return ok({ warnings: [], questions: [] });
  if (id === '') {
    if (localId === undefined) return ok({ warnings: [], questions: [] });
    const before = vg.systemId ?? '';
    return ok({
      warnings: [{ code: 'system-id-empty', removes: true }],
      questions: [{ code: 'remove-system-id', vg: vg.name, id: before }],
    });
  }
  if (activeLvs(context, vg).length > 0) return err({ code: 'system-id-active', vg: vg.name });
  const local = localId === undefined ? {} : { localId };
  return ok({
    warnings: [{ code: 'system-id-unlike', vg: vg.name, id, ...local }],
    questions: [{ code: 'set-foreign-id', vg: vg.name, id }],
  });
}

/**
 * `--locktype none --lockopt force`: the way to use a group here of whose lock manager nothing is
 * left. Whoever says so knows that no other machine uses it.
 */
export function planDropLockType(name: string, context: OpContext): Result<Plan, VolumeError> {
  const { scan } = context;
  const foreign = scan.barred.filter(({ why }) => why === 'foreign');
  const vgs = allGroups(scan).filter(({ vg }) => !foreign.some((one) => one.vg === vg));
  const scanned = vgToChange({ ...context, scan: { ...scan, vgs, barred: foreign } }, name);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const lock = ['lock_type', 'lock_args'];
  return planChange(context, scanned.value, {
    title: `Make volume group ${vg.name} one of this machine alone`,
    next: {
      ...vg,
      status: vg.status.filter((word) => word !== 'CLUSTERED' && word !== 'SHARED'),
      extra: vg.extra.filter((entry) => !lock.includes(entry.name)),
      lvs: vg.lvs.map((lv) => {
        const extra = lv.extra.filter((entry) => !lock.includes(entry.name));
        return extra.length === lv.extra.length ? lv : { ...lv, extra };
      }),
    },
    questions: [{ code: 'drop-lock-type', vg: vg.name }],
    done: [{ code: 'vg-changed', vg: vg.name }],
  });
}
