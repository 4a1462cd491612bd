/** The contract over an engine in this process. */
import { err, ok, type Result } from '../base/result.ts';
import type {
  CommandOptions,
  CommandResult,
  Done,
  EngineApi,
  Preview,
  Refusal,
} from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { EngineEvent } from '../contract/events.ts';
import type { Request } from '../contract/requests.ts';
import type { LabState } from '../contract/state.ts';
import type { Engine } from '../engine/engine.ts';
import { refuseUnanswered } from '../engine/run-plan.ts';
import { errorLines } from '../report/errors.ts';
import { noticeLine, questionText } from '../report/notices.ts';
import { renderCommandLine } from './command-line.ts';
import { errorOutput, indented, STATUS, statusOf } from './output.ts';
import { runCommand } from './run-command.ts';
import { splitLvPath } from './command.ts';
import { VolumeAccess } from './volume-access.ts';

export class LocalEngineApi implements EngineApi {
  private readonly access: VolumeAccess;

  constructor(private readonly engine: Engine) {
    this.access = new VolumeAccess((vg, lv) => engine.openVolume(vg, lv));
  }

  state(): Promise<LabState> {
    return this.engine.state();
  }

  async preview(request: Request): Promise<Result<Preview, Refusal>> {
    const commandLine = renderCommandLine(request);
    const plan = await this.engine.plan(request, commandLine);
    if (!plan.ok) return err(refusal(plan.error));
    return ok({
      commandLine,
      plan: plan.value,
      questions: plan.value.questions.map(questionText),
      warnings: plan.value.warnings.map((notice) => noticeLine(notice).text),
    });
  }

  /** Shows in every log as the command line it stands for. */
  async execute(request: Request, yes = false): Promise<Result<Done, Refusal>> {
    const commandLine = renderCommandLine(request);
    const { plan, said, failure } = await this.engine.change(request, commandLine, (wanted) => {
      const answered = refuseUnanswered(wanted, yes);
      return answered.ok ? undefined : answered.error;
    });
    const lines = [...(plan?.warnings ?? []), ...said].map(noticeLine);
    this.engine.publish({
      kind: 'command',
      line: commandLine,
      status: failure ? statusOf(failure) : STATUS.done,
      output: [...lines.map(indented), ...(failure ? errorOutput(failure) : [])],
    });
    if (failure) return err(refusal(failure));
    return ok({ commandLine, messages: lines.map(({ text }) => text) });
  }

  command(argv: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return runCommand(this.engine, argv, options);
  }

  async read(volume: string, offset: number, length: number): Promise<Result<Uint8Array, Refusal>> {
    const path = splitLvPath(volume);
    if (!path) return err(refusal(noVolume(volume)));
    const data = await this.access.read(path, offset, length);
    return data.ok ? data : err(refusal(data.error));
  }

  async write(volume: string, offset: number, data: Uint8Array): Promise<Result<void, Refusal>> {
    const path = splitLvPath(volume);
    if (!path) return err(refusal(noVolume(volume)));
    const done = await this.access.write(path, offset, data);
    return done.ok ? done : err(refusal(done.error));
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    return this.engine.subscribe(listener);
  }
}

const noVolume = (volume: string): VolumeError => ({
  code: 'usage',
  command: '',
  why: `"${volume}" does not name a logical volume: write it as VG/LV.`,
});

const refusal = (error: VolumeError): Refusal => ({ error, messages: errorLines(error) });
