/** Commands of LVM and dmsetup, run by the engine of the lab: one of them, or a file of them. */
import { createReadStream } from 'node:fs';
import { agreedTo } from './ask.ts';
import { splitCommandLine } from '../base/words.ts';
import type { EngineApi } from '../contract/api.ts';
import { readTextStream } from './bounded-text.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, INTERRUPTED, USAGE, complain, fail, refuseUsage } from './cli-context.ts';
import type { CliCommand, CliContext, CliIo } from './cli-context.ts';
import { labSystemError } from './lab-error.ts';
import { LastingLab } from './lasting-lab.ts';
import { print, runLive, without } from './live-command.ts';

/** Opens the lab, or finds who has it open, for as long as `work` takes. */
export async function withEngine(
  context: CliContext,
  work: (api: EngineApi, lab: LastingLab) => Promise<number>,
): Promise<number> {
  const { io, host, lab: directory } = context;
  if (directory === undefined) {
    return refuseUsage(io, 'no lab: name one with --lab DIR or in LVSTUDIO_LAB');
  }
  const lab = await LastingLab.open(directory, host);
  if (!lab.ok) return fail(io, lab.error);
  // To the command they are disks that are not there; what it says does not tell why.
  for (const sentence of lab.value.unopened) complain(io, sentence);
  try {
    return await work(lab.value.api, lab.value);
  } finally {
    await lab.value.close();
  }
}

/** The words after `lvstudio`, as they are. */
export const engineCommand: CliCommand = (argv, context) =>
  withEngine(context, (api) => runAsking(api, argv, context.io));

/** Runs a line, and again with the answer where it asks something. */
export async function runAsking(
  api: Pick<EngineApi, 'command' | 'subscribe'>,
  argv: readonly string[],
  io: CliIo,
): Promise<number> {
  const first = await runLive(api, argv, { ask: true }, io);
  if (!first) return INTERRUPTED;
  if (first.wantsInput) {
    const input = await readTextStream(io.stdin, SCRIPT_LIMIT);
    const { status, output } = await api.command(argv, { input });
    await print(io, output);
    return status;
  }
  await print(io, first.unsaid);
  if (first.questions === undefined) return first.status;
  const agreed = await agreedTo(first.questions, io);
  const second = await runLive(api, argv, agreed.length > 0 ? { agreed } : { ask: false }, io);
  if (!second) return INTERRUPTED;
  // The questions stand on the terminal already, and so does what was said before them.
  const asked = new Set(first.questions.map(({ text }) => `${text}[n]`));
  const left = without(second.unsaid, first.output).filter((line) => !asked.has(line.text));
  await print(io, left);
  return second.status;
}

/** Bytes: more than anybody would type, and read whole before the first line runs. */
const SCRIPT_LIMIT = 16 * 2 ** 20;

/** `run FILE`: line by line through one engine, up to the first that fails. */
export const runCommand: CliCommand = async (args, context) => {
  const { io } = context;
  const parsed = parseOptions(args, {});
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const [file, ...surplus] = parsed.value.positionals;
  if (file === undefined || surplus.length > 0) {
    return refuseUsage(io, 'run FILE, or run - for the standard input');
  }
  let text: string;
  try {
    const source = file === '-' ? io.stdin : createReadStream(file);
    text = await readTextStream(source, SCRIPT_LIMIT);
  } catch (error) {
    const refused = labSystemError(file, 'it cannot be read', error);
    return refused.ok ? DONE : fail(io, refused.error);
  }
  return withEngine(context, (api) => runLines(api, file, text.split('\n'), io));
};

async function runLines(
  api: EngineApi,
  file: string,
  lines: readonly string[],
  io: CliIo,
): Promise<number> {
  for (const [index, line] of lines.entries()) {
    const place = `${file}:${index + 1}`;
    const words = splitCommandLine(line);
    if (!words.ok) {
      complain(io, `${place}: ${words.error.why}`);
      return USAGE;
    }
    // A script may spell the program as well, so that it also runs in a shell.
    const argv = words.value[0] === 'lvstudio' ? words.value.slice(1) : words.value;
    if (argv.length === 0) continue;
    if (io.interrupt.aborted) return INTERRUPTED;
    const done = await runLive(api, argv, {}, io);
    if (!done) return INTERRUPTED;
    const { status, unsaid } = done;
    await print(io, unsaid);
    if (status !== 0) {
      complain(io, `${place}: stopped, status ${status}: ${line.trim()}`);
      return status;
    }
  }
  return io.interrupt.aborted ? INTERRUPTED : DONE;
}
