/** `extract`: a volume into a file, with a line that says how far it is. */
import { resolve } from 'node:path';
import { EXTRACT_HELP } from '../cli/studio/extract.ts';
import type { EngineApi } from '../contract/api.ts';
import type { JobState } from '../contract/jobs.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, INTERRUPTED, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliIo } from './cli-context.ts';
import { withEngine } from './cli-engine.ts';
import { print } from './live-command.ts';
import { ProgressLine } from './progress.ts';

export const extractCommand: CliCommand = async (args, context) => {
  const { io } = context;
  const parsed = parseOptions(args, {
    force: { type: 'boolean', short: 'f' },
    background: { type: 'boolean', short: 'b' },
    help: { type: 'boolean', short: 'h' },
  });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const { values, positionals } = parsed.value;
  if (values.help === true) {
    await write(io.stdout, `${EXTRACT_HELP.join('\n')}\n`);
    return DONE;
  }
  const [volume, name, ...surplus] = positionals;
  if (volume === undefined || name === undefined || surplus.length > 0) {
    return refuseUsage(io, 'extract VG/LV FILE [--force] [--background]');
  }
  // The engine may be another process, which stands in another folder.
  const file = resolve(name);
  const argv = ['extract', volume, file, ...(values.force === true ? ['--force'] : [])];
  return withEngine(context, async (api, { own }) => {
    // An engine of this command's own ends with it, and the job with the engine.
    if (values.background === true && !own) {
      const { status, output } = await api.command([...argv, '--background']);
      await print(io, output);
      return status;
    }
    return followed(api, argv, file, io);
  });
};

/** Runs the line to its end, and cancels the job at Ctrl-C. */
async function followed(
  api: EngineApi,
  argv: readonly string[],
  file: string,
  io: CliIo,
): Promise<number> {
  const before = new Set((await api.state()).jobs.map(({ id }) => id));
  let line: ProgressLine | undefined;
  const seen: { job?: JobState | undefined; cancelled: boolean } = { cancelled: false };
  const cancel = (): void => {
    const { job } = seen;
    if (!io.interrupt.aborted || !job || seen.cancelled) return;
    seen.cancelled = true;
    // It may be over by now; then there is nothing to cancel.
    api.command(['job', 'cancel', String(job.id)]).catch(() => undefined);
  };
  const leave = api.subscribe(({ body }) => {
    if (body.kind !== 'jobs') return;
    const mine = (one: JobState): boolean =>
      seen.job
        ? one.id === seen.job.id
        : one.kind === 'extract' && one.file === file && !before.has(one.id);
    const job = body.jobs.find((one) => one.endedMicros === undefined && mine(one));
    seen.job ??= job;
    if (!job) return;
    line ??= new ProgressLine(io.stderr, job.total);
    line.at(job.done);
    cancel();
  });
  io.interrupt.addEventListener('abort', cancel);
  try {
    const { status, output } = await api.command(argv);
    line?.end();
    await print(io, output);
    return seen.cancelled ? INTERRUPTED : status;
  } finally {
    leave();
    io.interrupt.removeEventListener('abort', cancel);
  }
}
