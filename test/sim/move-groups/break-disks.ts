/** Breaks disks between which extents move, one at a time, and mends them. */
import type { DiskFault } from '../../../core/contract/faults.ts';
import { GroupLab } from '../mirror-groups/group-lab.ts';
import type { MoveRun } from './run.ts';

const FAULTS: readonly DiskFault[] = [
  { kind: 'gone' },
  { kind: 'errors', on: 'both' },
  { kind: 'errors', on: 'writes' },
  { kind: 'errors', on: 'reads' },
  { kind: 'slow', millis: 30 },
];

export async function breakDisks(run: MoveRun): Promise<void> {
  if (run.isCalm) return;
  const { random, lab } = run;
  while (!run.isOver()) {
    await run.pause(run.calm * 4);
    if (run.isOver() || run.isAlone || (!run.isMoving && random.chance(70))) continue;
    const index = victim(run);
    const fault = random.pick(FAULTS);
    run.count('fault');
    if (run.isMoving) run.count('faultInMove');
    run.wasBroken = true;
    run.trace(`disk ${index}: ${JSON.stringify(fault)}`);
    await lab.setFaults(index, [fault]);
    await run.pause(run.calm * 8);
    if (lab.isOff) return;
    run.trace(`disk ${index} is mended`);
    await lab.setFaults(index, []);
  }
}

/** Mostly one of those between which something moves. */
function victim({ group, random, lab }: MoveRun): number {
  const layers = group.lvs.filter(({ name }) => name.startsWith('pvmove'));
  const areas = layers.flatMap(({ segments }) => segments.flatMap((one) => one.areas));
  const paths = areas.flatMap(({ on, device }) => (on === 'pv' ? [device] : []));
  const all = lab.disks.map((_, index) => index);
  const near = all.filter((index) => paths.includes(GroupLab.path(index)));
  return random.pick(near.length > 0 && random.chance(80) ? near : all);
}
