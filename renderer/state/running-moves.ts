/** Moves of extents in the lab: their mirrors, their jobs, and how far they are. */
import type { JobState } from '../../core/contract/jobs.ts';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState, VgState } from '../../core/contract/state.ts';
import type { Move } from '../viz/moves.ts';

/** Of the piece that is copied; undefined while the move is not active. */
export const mirrorOf = (lab: LabState, { dmName }: Move): MirrorState | undefined =>
  lab.mirrors.find(({ device }) => device === dmName);

/** Those that are over are other moves'. */
export const jobOf = (lab: LabState, vg: VgState, { layer }: Move): JobState | undefined =>
  lab.jobs.find(
    ({ kind, volume, endedMicros }) =>
      kind === 'move' && volume === `${vg.name}/${layer}` && endedMicros === undefined,
  );

/** Logical extent of the volume through which it moves, up to which the running piece is there. */
export function frontOf({ pieces, running }: Move, mirror: MirrorState | undefined): number {
  const piece = pieces[running];
  if (!piece) return 0;
  const share = mirror && mirror.regions > 0 ? mirror.inSync / mirror.regions : 0;
  return piece.start + share * piece.count;
}
