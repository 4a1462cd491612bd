/**
 * The metadata area at the end of a PV, which moves when the PV gets another size. LVM writes the
 * label and the text one after the other; here the area at the new end already holds the version
 * with the new size when the label, one sector, begins to name it (as for new identifiers).
 */
import { err, ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Action, AreaRange, AreaRef, Plan, Step } from '../../contract/plan.ts';
import type { DiskRange } from '../format/disk-types.ts';
import type { ScannedPv } from '../scan-types.ts';
import { areaStep, broughtInByLabel, writeOf } from './area-switch.ts';

/** From where to where the area behind the extents moves. */
export interface AreaMove {
  readonly from: DiskRange;
  /** Absent where it lies beyond the end of the device, or is damaged: LVM gives it up. */
  readonly to?: AreaRef;
  /** All that the label names then. */
  readonly areas: readonly AreaRange[];
  /** Both share sectors: the one has to go before the other can come. */
  readonly overlaps: boolean;
}

/**
 * Undefined where there is none, or it stays where it is. As LVM: it keeps its size, and is not
 * aligned. Refuses a size at which it would lie before the extents.
 * @param size of the PV as it will be.
 */
export function moveOf(
  { path: device, label, areas }: ScannedPv,
  peStart: Sectors,
  size: Sectors,
): Result<AreaMove | undefined, VolumeError> {
  const from = label.metadataAreas.find(({ start }) => start >= peStart);
  if (!from) return ok(undefined);
  const header = areas.find(({ range }) => range.start === from.start)?.header;
  const others = label.metadataAreas.filter((area) => area !== from).map(rangeOf);
  if (!header) return ok({ from, areas: others, overlaps: false });
  const start = size - from.size;
  if (start === from.start) return ok(undefined);
  if (start < peStart) return err({ code: 'pv-two-areas', device });
  const to = { device, start: sectors(start), size: from.size, ignored: header.ignored };
  return ok({
    from,
    to,
    areas: [...others, rangeOf(to)],
    overlaps: start < from.start + from.size && from.start < start + from.size,
  });
}

const rangeOf = ({ start, size }: DiskRange): AreaRange => ({ start, size });

/** The first sector behind the extents. */
export function endOfExtents(size: Sectors, peStart: Sectors, pv: ScannedPv, move?: AreaMove) {
  if (move) return move.to?.start ?? size;
  return pv.label.metadataAreas.find(({ start }) => start >= peStart)?.start ?? size;
}

/** Where the next version of the group is written, with the area at the new end. */
export function areasWith(usable: readonly AreaRef[], device: string, move: AreaMove) {
  const stay = usable.filter((area) => area.device !== device || area.start !== move.from.start);
  return move.to && !move.overlaps ? [...stay, move.to] : stay;
}

/** @param plan writes the group to `areasWith`, and does nothing to the label. */
export function withMove(plan: Plan, pv: ScannedPv, size: Sectors, move: AreaMove): Plan {
  const label = labelStep(pv, size, move.areas);
  const { to } = move;
  const grows = size > pv.label.deviceSize;
  if (!to) return grows ? withFirst(plan, [label]) : withLast(plan, [label]);
  const inUse = writeOf(plan).areas.some(
    ({ device, start }) => device === to.device && start === to.start,
  );
  if (!move.overlaps && inUse) return broughtInByLabel(plan, to, label);
  if (!move.overlaps) {
    // Extents never lie where the label names an area.
    const steps = [areaStep(to), label];
    return grows ? withFirst(plan, steps) : withLast(plan, steps);
  }
  return withFirst(withLast(plan, [...filled(plan, to), label]), [dropStep(pv, move)]);
}

/** Of a PV in no group, in which no text has to be anywhere. */
export function moveSteps(pv: ScannedPv, size: Sectors, move: AreaMove): readonly Step[] {
  return [
    ...(move.overlaps && move.to ? [dropStep(pv, move)] : []),
    ...(move.to ? [areaStep(move.to)] : []),
    labelStep(pv, size, move.areas),
  ];
}

/** The area with the text that the others have by then. */
function filled(plan: Plan, to: AreaRef): readonly Step[] {
  const steps = [areaStep(to)];
  if (to.ignored) return steps;
  const only = (action: Action): Action =>
    'areas' in action ? { ...action, areas: [to] } : action;
  const texts = plan.steps.filter(({ action: { kind } }) =>
    ['write-metadata', 'precommit-metadata', 'commit-metadata'].includes(kind),
  );
  const none = { kind: 'none', because: 'no label names this area yet' } as const;
  return [...steps, ...texts.map((step) => ({ ...step, action: only(step.action), undo: none }))];
}

function dropStep(pv: ScannedPv, { areas, to }: AreaMove): Step {
  const stay = areas.filter(({ start }) => start !== to?.start);
  return {
    ...labelStep(pv, pv.label.deviceSize, stay),
    what: `give up the metadata area at the end of ${pv.path}`,
    why: 'The new one takes some of its sectors: for a while the others carry the group alone.',
  };
}

function labelStep(pv: ScannedPv, deviceSize: Sectors, areas: readonly AreaRange[]): Step {
  const { path: device, label } = pv;
  const { pvId } = label;
  const old = label.metadataAreas.map(rangeOf);
  return {
    what: `rewrite the label of ${device}`,
    why: 'The label tells how large the PV is, and where its metadata lies.',
    action: { kind: 'relabel-pv', device, pvId, deviceSize, areas },
    undo: { kind: 'relabel-pv', device, pvId, deviceSize: label.deviceSize, areas: old },
  };
}

const withFirst = (plan: Plan, steps: readonly Step[]): Plan => ({
  ...plan,
  steps: [...steps, ...plan.steps],
  commitAt: plan.commitAt + steps.length,
});

const withLast = (plan: Plan, steps: readonly Step[]): Plan => ({
  ...plan,
  steps: [...plan.steps, ...steps],
});
