/** Runs a line and prints what it says while it waits, as long as that takes. */
import { randomUUID } from 'node:crypto';
import type { CommandOptions, CommandResult, EngineApi } from '../contract/api.ts';
import { mayWait } from '../cli/tell.ts';
import type { EngineEvent, OutputLine } from '../contract/events.ts';
import { write } from './cli-context.ts';
import type { CliIo } from './cli-context.ts';

/** A line that was printed while it waited is not printed once more; undefined: Ctrl-C ended it. */
export interface Heard extends CommandResult {
  /** What is still to be printed. */
  readonly unsaid: readonly OutputLine[];
}

/**
 * What changes metadata is not left alone half-way; a line that only waits from now on, which it
 * says by saying something, may be: Ctrl-C ends the waiting, and what it waits for goes on for as
 * long as somebody has the lab open.
 */
export async function runLive(
  api: Pick<EngineApi, 'command' | 'subscribe'>,
  argv: readonly string[],
  options: CommandOptions,
  io: CliIo,
): Promise<Heard | undefined> {
  const told = randomUUID();
  const printed: OutputLine[] = [];
  let printing = Promise.resolve();
  const interrupted = new Interrupted(io.interrupt);
  if (argv[0] === 'dmsetup') interrupted.listen();
  const hear = ({ body }: EngineEvent): void => {
    if (body.kind !== 'said' || body.told !== told) return;
    const news = body.output.slice(printed.length);
    printed.push(...news);
    printing = printing.then(() => print(io, news));
    interrupted.listen();
  };
  const waits = mayWait(argv);
  const unsubscribe = waits ? api.subscribe(hear) : undefined;
  const result = await Promise.race([
    api.command(argv, waits ? { ...options, told } : options),
    interrupted.promise,
  ]);
  unsubscribe?.();
  interrupted.close();
  await printing;
  return result && { ...result, unsaid: without(result.output, printed) };
}

/** Ctrl-C, from the moment somebody listens. */
class Interrupted {
  private leave: () => void = () => undefined;
  readonly promise = new Promise<undefined>((resolve) => {
    this.leave = (): void => resolve(undefined);
  });

  constructor(private readonly signal: AbortSignal) {}

  listen(): void {
    if (this.signal.aborted) this.leave();
    else this.signal.addEventListener('abort', this.leave, { once: true });
  }

  close(): void {
    this.signal.removeEventListener('abort', this.leave);
  }
}

/** Both are in the order in which they were said. */
export function without(
  all: readonly OutputLine[],
  printed: readonly OutputLine[],
): readonly OutputLine[] {
  let at = 0;
  return all.filter(({ stream, text }) => {
    const next = printed[at];
    if (next?.stream !== stream || next.text !== text) return true;
    at++;
    return false;
  });
}

export async function print(io: CliIo, output: readonly OutputLine[]): Promise<void> {
  for (const { stream, text } of output) await write(io[stream], `${text}\n`);
}
