/** `job`: what goes on in the background. */
import { err, ok, type Result } from '../../base/result.ts';
import type { JobState } from '../../contract/jobs.ts';
import { errorOutput, printed, refused, STATUS, statusOf } from '../output.ts';
import { joinWords } from '../../base/words.ts';
import type { StudioCommand } from './studio-command.ts';

type JobLine = { readonly kind: 'list' } | { readonly kind: 'cancel'; readonly id: number };

export const job: StudioCommand = {
  name: 'job',

  async run(args, { jobs }) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    if (line.value.kind === 'list') return printed(jobs.states.map(listed));
    const cancelled = jobs.cancel(line.value.id);
    if (!cancelled.ok) {
      const { error } = cancelled;
      return { status: statusOf(error), output: errorOutput(error, 'job') };
    }
    const { id, title, phase } = await cancelled.value;
    const how = phase === 'cancelled' ? 'cancelled' : 'was over before it could be cancelled';
    return printed([`  Job ${id} ${how}: ${title}`]);
  },

  preview(argv) {
    const line = readLine(argv.slice(1));
    if (line.ok) {
      const commandLine = joinWords(argv);
      return Promise.resolve(ok({ commandLine, plans: [], questions: [], warnings: [] }));
    }
    const why = line.error;
    return Promise.resolve(err({ error: { code: 'usage', command: 'job', why }, messages: [why] }));
  },
};

function listed({ id, title, phase, done, total, why }: JobState): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const how = phase === 'running' ? `${percent} %` : why === undefined ? phase : `${phase}: ${why}`;
  return `  ${id} ${title} (${how})`;
}

/** The error is a clause. */
function readLine([verb = 'list', ...rest]: readonly string[]): Result<JobLine, string> {
  if (verb === 'list' && rest.length === 0) return ok({ kind: 'list' });
  const [id = '', ...surplus] = rest;
  if (verb === 'cancel' && /^\d{1,9}$/.test(id) && surplus.length === 0) {
    return ok({ kind: 'cancel', id: Number(id) });
  }
  return err('job list, or job cancel ID');
}
