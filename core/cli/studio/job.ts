/** `job`: what goes on in the background. */
import { err, ok, type Result } from '../../base/result.ts';
import { joinWords } from '../../base/words.ts';
import type { JobState } from '../../contract/jobs.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

type JobLine =
  { readonly kind: 'list' } | { readonly kind: 'cancel' | 'pause' | 'resume'; readonly id: number };

export const job: StudioCommand = {
  name: 'job',

  async run(args, { jobs }) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    if (line.value.kind === 'list') return printed(jobs.states.map(listed));
    if (line.value.kind !== 'cancel') {
      const pauses = line.value.kind === 'pause';
      const done = jobs.pause(line.value.id, pauses);
      if (!done.ok) return failed('job', done.error);
      const { id, title } = done.value;
      return printed([`  Job ${id} ${pauses ? 'is paused' : 'goes on'}: ${title}`]);
    }
    const cancelled = jobs.cancel(line.value.id);
    if (!cancelled.ok) return failed('job', cancelled.error);
    const { id, title, phase } = await cancelled.value;
    const how = phase === 'cancelled' ? 'cancelled' : 'was over before it could be cancelled';
    return printed([`  Job ${id} ${how}: ${title}`]);
  },

  preview: (argv) => Promise.resolve(previewOf(argv, readLine(argv.slice(1)))),
};

function listed(state: JobState): string {
  const { id, title, phase, done, total, why, stays, choices, paused } = state;
  if (choices) {
    const { goOn, takeBack } = choices;
    const far = total === 0 ? '' : ` at ${Math.floor((done / total) * 100)} %`;
    const back = takeBack ? `, "${joinWords(takeBack)}" takes it back` : '';
    return `  ${id} ${title} (waits${far}: "${joinWords(goOn)}" lets it go on${back})`;
  }
  const part = total === 0 ? phase : `${Math.floor((done / total) * 100)} %`;
  const far = paused === true ? `paused at ${part}` : part;
  const runs = stays === undefined ? far : `${far}; cannot be cancelled: ${stays}`;
  const how = phase === 'running' ? runs : why === undefined ? phase : `${phase}: ${why}`;
  return `  ${id} ${title} (${how})`;
}

const CHANGES = ['cancel', 'pause', 'resume'] as const;

/** The error is a clause. */
function readLine([verb = 'list', ...rest]: readonly string[]): Result<JobLine, string> {
  if (verb === 'list' && rest.length === 0) return ok({ kind: 'list' });
  const [id = '', ...surplus] = rest;
  const kind = CHANGES.find((one) => one === verb);
  if (kind && /^\d{1,9}$/.test(id) && surplus.length === 0) return ok({ kind, id: Number(id) });
  return err('job list, or job cancel|pause|resume ID');
}
