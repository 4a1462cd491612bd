/** What can be done to copies that go on, and to the lab under them. */
import type { JobState } from '../../core/contract/jobs.ts';
import type { LabState } from '../../core/contract/state.ts';
import { movesOf } from '../viz/moves.ts';
import { needsPv, plain, selectedPv, type ActionField, type ActionSpec } from './action.ts';

/** `1 Move extents of /dev/sda`. */
const nameOf = ({ id, title }: JobState): string => `${id} ${title}`;

const jobField = (names: readonly string[]): ActionField => ({
  id: 'job',
  label: 'Job',
  kind: 'choice',
  options: names,
});

function jobAction(
  spec: Pick<ActionSpec, 'id' | 'title' | 'verb'>,
  verb: 'pause' | 'resume',
  none: string,
): ActionSpec {
  const names = ({ jobs }: LabState): readonly string[] =>
    jobs.filter(({ paused }) => paused === (verb === 'resume')).map(nameOf);
  return {
    ...spec,
    on: 'lab',
    unavailable: (lab) => (names(lab).length === 0 ? none : undefined),
    fields: (lab) => [jobField(names(lab))],
    initial: (lab) => ({ job: names(lab)[0] ?? '' }),
    words: ({ job = '' }) => {
      const [id = ''] = job.split(' ');
      return id === '' ? undefined : ['job', verb, id];
    },
  };
}

export const pauseCopy = jobAction(
  { id: 'pause-copy', title: 'Pause copy', verb: 'Pause' },
  'pause',
  'Nothing is being copied.',
);

export const resumeCopy = jobAction(
  { id: 'resume-copy', title: 'Let copy go on', verb: 'Go on' },
  'resume',
  'Nothing is paused.',
);

/** Of the group that the PV is in. */
const isLeft = (lab: LabState, device: string | undefined): boolean =>
  lab.vgs.flatMap(movesOf).some(({ source }) => source === device);

const needsMove = needsPv(() => undefined);

const noMove: ActionSpec['unavailable'] = (lab, selected) => {
  const reason = needsMove(lab, selected);
  const device = selectedPv(lab, selected)?.device;
  return reason ?? (isLeft(lab, device) ? undefined : 'No extents move off it.');
};

const moveAction = (
  spec: Pick<ActionSpec, 'id' | 'title' | 'verb'>,
  option: '-b' | '--abort',
): ActionSpec =>
  plain({
    ...spec,
    on: 'pv',
    unavailable: noMove,
    words: (_values, selected) => selected && ['pvmove', option, selected.id],
  });

export const resumeMove = moveAction(
  { id: 'resume-move', title: 'Resume move', verb: 'Resume' },
  '-b',
);

export const abortMove = moveAction(
  { id: 'abort-move', title: 'Abort move', verb: 'Abort' },
  '--abort',
);

export const cutPower = plain({
  id: 'power-cut',
  title: 'Cut the power',
  on: 'lab',
  verb: 'Cut',
  unavailable: () => undefined,
  words: () => ['power-cut'],
});
