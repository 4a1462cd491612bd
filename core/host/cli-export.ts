/** `export`: a volume for other programs, for as long as the command runs. */
import { resolve } from 'node:path';
import { exportTarget } from '../cli/studio/export.ts';
import { usesText } from '../report/export-words.ts';
import type { CommandResult, EngineApi } from '../contract/api.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliIo } from './cli-context.ts';
import { engineCommand, withEngine } from './cli-engine.ts';
import { guardExports, type ExportGuard } from './export-guard.ts';
import type { LastingLab } from './lasting-lab.ts';

export const exportCommand: CliCommand = async (args, context) => {
  const parsed = parseOptions(args, {
    end: { type: 'boolean' },
    'read-only': { type: 'boolean', short: 'r' },
    yes: { type: 'boolean', short: 'y' },
    socket: { type: 'string' },
    port: { type: 'string' },
  });
  if (!parsed.ok) return refuseUsage(context.io, `export: ${parsed.error}`);
  const { positionals, values } = parsed.value;
  const [name, ...surplus] = positionals;
  const target = exportTarget(name ?? '');
  // What ends at once is the engine's business alone, and so is the refusal of a bad line.
  if (name === undefined || !target || surplus.length > 0 || values.end)
    return engineCommand(['export', ...args], context);
  const { socket, port } = values;
  const words = [
    ...['export', name],
    ...(values['read-only'] ? ['--read-only'] : []),
    // Of this process, not of the engine's.
    ...(socket === undefined ? [] : ['--socket', socket && resolve(socket)]),
    ...(port === undefined ? [] : ['--port', port]),
  ];
  return withEngine(context, (api, lab) => new Stay(words, context.io).run(api, lab));
};

class Stay {
  /** Another engine has the lab, and does not export it yet. */
  private between = false;

  /** As the engine calls it. */
  private volume = '';

  constructor(
    private readonly words: readonly string[],
    private readonly io: CliIo,
  ) {}

  async run(api: EngineApi, lab: LastingLab): Promise<number> {
    const { io, words } = this;
    const begun = await this.say(await api.command(words));
    if (begun.status !== DONE) return begun.status;
    const guard = await guardExports(lab, io, () => this.volume);
    const mine = guard.exports.find(({ uri }) =>
      begun.output.some(({ text }) => text.endsWith(uri)),
    );
    // It may have been ended already, from another door.
    if (!mine) return DONE;
    this.volume = mine.volume;
    await write(io.stdout, `${usesText(mine.uses)}Ctrl-C ends it.\n`);
    const failed = new Promise<CommandResult>((settle, reject) => {
      // The engine that had it is gone, and its exports with it.
      lab.onReplaced(() => {
        this.between = true;
        void api.command(words).then((again) => {
          this.between = false;
          if (again.status !== DONE) settle(again);
        }, reject);
      });
    });
    const end = await Promise.race([this.interrupted(), this.ended(guard), failed]);
    guard.stop();
    if (end === 'ended') return DONE;
    return (await this.say(end === 'interrupted' ? await this.end(api) : end)).status;
  }

  private async say(result: CommandResult): Promise<CommandResult> {
    const { io } = this;
    for (const { stream, text } of result.output) await write(io[stream], `${text}\n`);
    return result;
  }

  private end(api: EngineApi): Promise<CommandResult> {
    return api.command(['export', this.volume, '--end'], { yes: true });
  }

  private interrupted(): Promise<'interrupted'> {
    const { interrupt } = this.io;
    return new Promise((settle) => {
      const done = (): void => settle('interrupted');
      if (interrupt.aborted) done();
      else interrupt.addEventListener('abort', done, { once: true });
    });
  }

  /** From another door. */
  private ended(guard: ExportGuard): Promise<'ended'> {
    return new Promise((settle) => {
      guard.onChange(() => {
        const there = guard.exports.some(({ volume }) => volume === this.volume);
        if (!there && !this.between) settle('ended');
      });
    });
  }
}
