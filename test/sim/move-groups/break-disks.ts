/** Breaks disks between which extents move, one at a time, and mends them. */
import type { DiskFault, DiskErrors } from '../../../core/contract/faults.ts';
import { sectors } from '../../../core/base/units.ts';
import { DISK_SIZE, GroupLab } from '../mirror-groups/group-lab.ts';
import { movingSpans, sidesOf } from './moving.ts';
import { cutSoon } from './power.ts';
import type { MoveRun } from './run.ts';

/** Where extents begin on a PV, in sectors. */
const PE_START = 2048;
const EXTENTS = { start: sectors(PE_START), count: sectors(DISK_SIZE - PE_START) };
const onExtents = (on: DiskErrors['on']): DiskFault => ({ kind: 'errors', on, range: EXTENTS });

/** Where metadata can still be written, a command may do something while a disk is broken. */
const FAULTS: readonly DiskFault[] = [
  { kind: 'gone' },
  { kind: 'errors', on: 'both' },
  { kind: 'errors', on: 'writes' },
  { kind: 'errors', on: 'reads' },
  { kind: 'slow', millis: 30 },
  ...[onExtents('writes'), onExtents('writes'), onExtents('reads'), onExtents('both')],
];

export async function breakDisks(run: MoveRun): Promise<void> {
  if (run.isCalm) return;
  const { random, lab } = run;
  while (!run.isOver()) {
    await run.pause(run.calm * 4);
    if (run.isOver() || run.isAlone || (!run.isMoving && random.chance(70))) continue;
    const { from, to } = sidesOf(run.group);
    run.count('fault');
    if (run.isMoving) run.count('faultInMove');
    await broken(run, random.chance(80) ? [...from, ...to] : [], random.pick(FAULTS), run.calm * 8);
    if (lab.isOff) return;
    // What is copied once more has its source for right.
    if (run.isMoving && random.chance(30)) await run.type('pvmove --abort');
  }
}

/** The next version of a move is on its way: what its destination misses now is nowhere then. */
const NEXT_VERSION = /^Move on /;

/** @param title of the change that begins at this moment */
export async function strike(run: MoveRun, title: string): Promise<void> {
  const { random, lab } = run;
  if (run.isAlone || !NEXT_VERSION.test(title)) return;
  if (random.chance(5)) return cutSoon(run);
  if (run.isCalm || !random.chance(30)) return;
  const { to } = sidesOf(run.group);
  if (to.length === 0) return;
  run.count('struck');
  await broken(run, to, onExtents('writes'), 30_000, writeWhereItMoves);
  if (!lab.isOff && run.isMoving && random.chance(50)) await run.type('pvmove --abort');
}

/** Somebody, at this moment. */
function writeWhereItMoves({ used, group, random }: MoveRun): void {
  for (const { name, clients } of used) {
    const [span] = movingSpans(group, name);
    if (span) void clients.writeAt(span.start + random.below(span.count), 1);
  }
}

/**
 * One disk for a while.
 * @param paths of those among which it is; none: among all
 */
async function broken(
  run: MoveRun,
  paths: readonly string[],
  fault: DiskFault,
  maxMicros: number,
  meanwhile: (run: MoveRun) => void = () => undefined,
): Promise<void> {
  const { random, lab } = run;
  const all = lab.disks.map((_, index) => index);
  const near = all.filter((index) => paths.includes(GroupLab.path(index)));
  const index = random.pick(near.length > 0 ? near : all);
  run.wasBroken = true;
  run.trace(`disk ${index}: ${JSON.stringify(fault)}`);
  await lab.setFaults(index, [fault]);
  meanwhile(run);
  await run.pause(maxMicros);
  if (lab.isOff) return;
  run.trace(`disk ${index} is mended`);
  await lab.setFaults(index, []);
}
