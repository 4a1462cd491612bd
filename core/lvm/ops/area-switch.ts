/**
 * A label says where the metadata of its PV lies. Where label and text have to change together, the
 * new text goes into an area that no label names yet, and one sector, the label, brings in both.
 */
import { assert } from '../../base/assert.ts';
import type { Action, AreaRef, Plan, Step } from '../../contract/plan.ts';
import type { VolumeGroup } from '../format/model.ts';
import { commitStep } from './metadata-steps.ts';

/** What a plan of one group writes. */
export function writeOf(plan: Plan): Extract<Action, { readonly kind: 'write-metadata' }> {
  const write = plan.steps.find(({ action }) => action.kind === 'write-metadata')?.action;
  assert(write?.kind === 'write-metadata', 'the plan of a change writes metadata');
  return write;
}

export function areaStep({ device, start, size, ignored }: AreaRef): Step {
  return {
    what: `make a metadata area in free room of ${device}`,
    why: 'No label names it yet: what it holds is seen by nobody.',
    action: { kind: 'create-area', device, start, size, ignored },
    undo: { kind: 'none', because: 'an area that no label names is free space' },
  };
}

/**
 * @param plan writes, precommits and commits a group; nothing follows.
 * @param own the area that no label names yet.
 * @param label names it.
 * @param instead of this area of the plan, or beside all of them.
 */
export function broughtInByLabel(plan: Plan, own: AreaRef, label: Step, instead?: AreaRef): Plan {
  const { areas, group, vg } = writeOf(plan);
  const others = areas.filter((area) => area !== instead && !isSame(area, own));
  const all = [own, ...others];
  const at = plan.steps.findIndex(({ action }) => action.kind === 'write-metadata');
  const prepare = plan.steps.slice(at, plan.commitAt).map((step): Step => {
    const { action, undo } = step;
    return {
      ...step,
      action: 'areas' in action ? { ...action, areas: all } : action,
      undo: undo.kind === 'revert-metadata' ? { kind: 'revert-metadata', vg, areas: all } : undo,
    };
  });
  const next = group as VolumeGroup;
  const until = [...plan.steps.slice(0, at), areaStep(own), ...prepare, commitStep(next, [own])];
  return {
    ...plan,
    steps: [...until, label, ...(others.length > 0 ? [commitStep(next, others)] : [])],
    commitAt: until.length,
  };
}

const isSame = (a: AreaRef, b: AreaRef): boolean => a.device === b.device && a.start === b.start;
