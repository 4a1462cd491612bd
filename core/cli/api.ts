/** The contract over an engine in this process. */
import { err, ok, type Result } from '../base/result.ts';
import type {
  CommandOptions,
  CommandResult,
  EngineApi,
  Preview,
  Refusal,
} from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { EngineEvent } from '../contract/events.ts';
import type { BackupFile, PvMetadata, VgMetadata } from '../contract/metadata.ts';
import type { MoveProposal, MoveWish } from '../contract/moves.ts';
import type { Plan, ShownPlan } from '../contract/plan.ts';
import type { ReportField } from '../contract/report.ts';
import type { LabState } from '../contract/state.ts';
import type { Engine } from '../engine/engine.ts';
import { backupFiles, backupText, pvMetadata, vgMetadata } from '../engine/metadata-views.ts';
import { proposeMoves } from '../engine/propose-moves.ts';
import { errorLines } from '../report/errors.ts';
import { reportFields } from '../report/field-help.ts';
import { noticeLine, questionText } from '../report/notices.ts';
import { splitLvPath } from './command.ts';
import { planCommand, runCommand } from './run-command.ts';
import { studioCommand } from './studio/index.ts';
import { VolumeAccess } from './volume-access.ts';
import { joinWords } from '../base/words.ts';

export class LocalEngineApi implements EngineApi {
  private readonly access: VolumeAccess;

  constructor(private readonly engine: Engine) {
    this.access = new VolumeAccess((volume) => engine.openVolume(volume));
  }

  state(): Promise<LabState> {
    return this.engine.state();
  }

  async preview(argv: readonly string[]): Promise<Result<Preview, Refusal>> {
    const commandLine = joinWords(argv);
    const own = studioCommand(argv[0]);
    if (own) return own.preview(argv, this.engine);
    const plans = await planCommand(this.engine, argv);
    if (!plans.ok) {
      const { error, output } = plans.error;
      const messages = output.map(({ text }) => text.trim());
      const why = messages.join(' ');
      return err({ error: error ?? { code: 'usage', command: argv[0] ?? '', why }, messages });
    }
    const questions = plans.value.flatMap((plan) => plan.questions.map(questionText));
    const warnings = plans.value.flatMap((plan) =>
      plan.warnings.map((notice) => noticeLine(notice).text),
    );
    return ok({ commandLine, plans: plans.value.map(shown), questions, warnings });
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

  async vgMetadata(vg: string): Promise<Result<VgMetadata, Refusal>> {
    return refused(await vgMetadata(await this.engine.source(), vg, this.engine));
  }

  async pvMetadata(device: string): Promise<Result<PvMetadata, Refusal>> {
    const disk = this.engine.disk(device);
    return refused(await pvMetadata(disk, device, (error) => errorLines(error).join(' ')));
  }

  async proposeMoves(wish: MoveWish): Promise<Result<MoveProposal, Refusal>> {
    const { scan } = await this.engine.source();
    return refused(proposeMoves(scan, wish));
  }

  reportFields(): Promise<readonly ReportField[]> {
    return Promise.resolve(reportFields());
  }

  async backupFiles(): Promise<Result<readonly BackupFile[], Refusal>> {
    return refused(await backupFiles(this.engine.backups));
  }

  async backupText(path: string): Promise<Result<string, Refusal>> {
    return refused(await backupText(this.engine.backups, path));
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    return this.engine.subscribe(listener);
  }
}

const shown = ({ title, commitAt, questions, done, steps }: Plan): ShownPlan => ({
  title,
  commitAt,
  questions,
  done,
  steps: steps.map(({ what, why }) => ({ what, why })),
});

const noVolume = (volume: string): VolumeError => ({
  code: 'usage',
  command: '',
  why: `"${volume}" does not name a logical volume: write it as VG/LV.`,
});

const refused = <T>(result: Result<T, VolumeError>): Result<T, Refusal> =>
  result.ok ? result : err(refusal(result.error));

const refusal = (error: VolumeError): Refusal => ({ error, messages: errorLines(error) });
