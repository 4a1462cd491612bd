/** `export`: a volume for other programs, for as long as the command runs. */
import { resolve } from 'node:path';
import { exportTarget } from '../cli/studio/export.ts';
import { failed } from '../cli/studio/studio-command.ts';
import type { CommandResult, EngineApi } from '../contract/api.ts';
import type { ExportState } from '../contract/exports.ts';
import type { LabState } from '../contract/state.ts';
import { usesText } from '../report/export-words.ts';
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

  /** As the engine has it. */
  private mine: ExportState | undefined;

  /** By which the volume is known, whatever it is called by now. */
  private volume: VolumeIds | undefined;

  constructor(
    private readonly words: readonly string[],
    private readonly io: CliIo,
  ) {}

  async run(api: EngineApi, lab: LastingLab): Promise<number> {
    const { io, words } = this;
    const begun = await this.say(await api.command(words));
    if (begun.status !== DONE) return begun.status;
    const guard = await guardExports(lab, io, () => this.mine?.uri);
    const mine = exportIn(begun, guard.exports);
    // It may have been ended already, from another door.
    if (!mine) return DONE;
    this.mine = mine;
    this.volume = idsOf(mine, await api.state());
    await write(io.stdout, `${usesText(mine.uses)}Ctrl-C ends it.\n`);
    const unable = new Promise<CommandResult>((settle, reject) => {
      // The engine that had it is gone, and its exports with it.
      lab.onReplaced(() => {
        this.between = true;
        void this.again(api, mine).then((again) => {
          this.between = false;
          if (again.status !== DONE) settle(again);
        }, reject);
      });
    });
    const end = await Promise.race([this.interrupted(), this.ended(guard), unable]);
    guard.stop();
    if (end === 'ended') return DONE;
    return (await this.say(end === 'interrupted' ? await this.end(api, mine) : end)).status;
  }

  private async say(result: CommandResult): Promise<CommandResult> {
    const { io } = this;
    for (const { stream, text } of result.output) await write(io[stream], `${text}\n`);
    return result;
  }

  /** By another engine. Its name of before may be another volume's. */
  private async again(api: EngineApi, { volume }: ExportState): Promise<CommandResult> {
    const [command = '', name = '', ...options] = this.words;
    const now = this.volume ? nameOf(this.volume, await api.state()) : name;
    if (now === undefined) return gone(volume);
    const begun = await api.command([command, now, ...options]);
    if (begun.status === DONE) this.mine = exportIn(begun, (await api.state()).exports);
    return begun;
  }

  private async end(api: EngineApi, { volume }: ExportState): Promise<CommandResult> {
    const now = this.volume && nameOf(this.volume, await api.state());
    return api.command(['export', now ?? volume, '--end'], { yes: true });
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
        const there = guard.exports.some(({ uri }) => uri === this.mine?.uri);
        if (!there && !this.between) settle('ended');
      });
    });
  }
}

/** Copies of a group have volumes of the same identifiers in them. */
interface VolumeIds {
  readonly vg: string;
  readonly lv: string;
}

const exportIn = (
  { output }: CommandResult,
  exports: readonly ExportState[],
): ExportState | undefined =>
  exports.find(({ uri }) => output.some(({ text }) => text.endsWith(` ${uri}`)));

/** Undefined for a mapped device that is no volume. */
function idsOf({ volume, lvId }: ExportState, { vgs }: LabState): VolumeIds | undefined {
  const found = vgs.flatMap(({ id: vg, lvs }) =>
    lvs.filter(({ id }) => id === lvId).map((lv) => ({ vg, lv })),
  );
  const one = found.find(({ lv }) => `${lv.vg}/${lv.name}` === volume) ?? found[0];
  return one && { vg: one.vg, lv: one.lv.id };
}

function nameOf(ids: VolumeIds, { vgs }: LabState): string | undefined {
  const lvs = vgs.find(({ id }) => id === ids.vg)?.lvs;
  const found = lvs?.find(({ id }) => id === ids.lv);
  return found && `${found.vg}/${found.name}`;
}

function gone(volume: string): CommandResult {
  const [vg = '', lv = ''] = volume.split('/');
  return failed('export', { code: 'lv-not-found', vg, lv });
}
