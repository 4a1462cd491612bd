/** An engine of one volume in memory: enough to see what goes through a door. */
import type { MoveWish } from '../../../core/contract/moves.ts';
import type {
  CommandOptions,
  CommandResult,
  EngineApi,
  Refusal,
} from '../../../core/contract/api.ts';
import type { EventBody, EngineEvent } from '../../../core/contract/events.ts';
import type { LabState } from '../../../core/contract/state.ts';
import type { Result } from '../../../core/contract/units.ts';

export const VOLUME = 'vg/home';

export class FakeEngine implements EngineApi {
  readonly calls: unknown[][] = [];
  readonly data = new Uint8Array(8 * 1024 * 1024);
  readonly listeners = new Set<(event: EngineEvent) => void>();
  seq = 0;
  /** Set to hold commands back until it resolves. */
  gate: Promise<void> = Promise.resolve();
  /** Command lines that are answered otherwise than with an echo. */
  readonly answers = new Map<string, (options: CommandOptions | undefined) => CommandResult>();
  /** Set to make the next call throw. */
  defect: Error | undefined;

  constructor(readonly directory = '/lab') {}

  emit(body: EventBody): void {
    const event = { seq: ++this.seq, timeMicros: this.seq * 10, body };
    for (const listener of [...this.listeners]) listener(event);
  }

  state(): Promise<LabState> {
    this.note('state');
    const lab = { name: 'lab', directory: this.directory };
    return Promise.resolve({
      seq: this.seq,
      lab,
      disks: [],
      orphans: [],
      problems: [],
      vgs: [],
      devices: [],
      exports: [],
      jobs: [],
      mirrors: [],
      snapshots: [],
      settings: { lvm: {} },
    });
  }

  preview(argv: readonly string[]): ReturnType<EngineApi['preview']> {
    this.note('preview', argv);
    return Promise.resolve(refused(`no plan for ${argv[0] ?? 'nothing'}`));
  }

  async command(argv: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    this.note('command', argv, options);
    await this.gate;
    const answer = this.answers.get(argv.join(' '));
    if (answer !== undefined) return answer(options);
    return { status: 0, output: [{ stream: 'stdout', text: `  ${argv.join(' ')}` }] };
  }

  read(volume: string, offset: number, length: number): Promise<Result<Uint8Array, Refusal>> {
    this.note('read', volume, offset, length);
    if (volume !== VOLUME) return Promise.resolve(refused(`Failed to find ${volume}.`));
    if (offset > this.data.length) return Promise.resolve(this.beyond(offset, length));
    return Promise.resolve({ ok: true, value: this.data.slice(offset, offset + length) });
  }

  write(volume: string, offset: number, data: Uint8Array): Promise<Result<void, Refusal>> {
    this.note('write', volume, offset, data.length);
    if (volume !== VOLUME) return Promise.resolve(refused(`Failed to find ${volume}.`));
    if (offset + data.length > this.data.length) {
      return Promise.resolve(this.beyond(offset, data.length));
    }
    this.data.set(data, offset);
    return Promise.resolve({ ok: true, value: undefined });
  }

  vgMetadata(vg: string): ReturnType<EngineApi['vgMetadata']> {
    this.note('vgMetadata', vg);
    return Promise.resolve(refused(`Volume group "${vg}" not found`));
  }

  pvMetadata(device: string): ReturnType<EngineApi['pvMetadata']> {
    this.note('pvMetadata', device);
    return Promise.resolve({
      ok: true,
      value: { device, deviceSize: 512, structures: [], areas: [] },
    });
  }

  proposeMoves(wish: MoveWish): ReturnType<EngineApi['proposeMoves']> {
    this.note('proposeMoves', wish);
    return Promise.resolve(refused('No data to move for vg.'));
  }

  reportFields(): ReturnType<EngineApi['reportFields']> {
    this.note('reportFields');
    return Promise.resolve([]);
  }

  backupFiles(): ReturnType<EngineApi['backupFiles']> {
    this.note('backupFiles');
    return Promise.resolve({ ok: true, value: [] });
  }

  backupText(path: string): ReturnType<EngineApi['backupText']> {
    this.note('backupText', path);
    return Promise.resolve({ ok: true, value: `text of ${path}` });
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private beyond(offset: number, length: number): { ok: false; error: Refusal } {
    const size = this.data.length;
    const error = { code: 'beyond-volume', volume: VOLUME, size, offset, length } as const;
    return { ok: false, error: { error, messages: ['A piece is beyond the end.'] } };
  }

  private note(...call: unknown[]): void {
    this.calls.push(call);
    if (this.defect !== undefined) throw this.defect;
  }
}

function refused(message: string): { ok: false; error: Refusal } {
  return { ok: false, error: { error: { code: 'vg-not-found', vg: 'vg' }, messages: [message] } };
}
