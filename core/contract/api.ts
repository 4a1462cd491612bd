import type { Question, VolumeError } from './errors.ts';
import type { EngineEvent, OutputLine } from './events.ts';
import type { Plan } from './plan.ts';
import type { Request } from './requests.ts';
import type { LabState } from './state.ts';
import type { Result } from './units.ts';

/** A refusal as every door delivers it: for programs, and in LVM's words for people. */
export interface Refusal {
  readonly error: VolumeError;
  /** LVM's lines, without the two spaces in front. */
  readonly messages: readonly string[];
}

/** What an operation would do, before it does it. */
export interface Preview {
  /** The same request as an LVM command line: `lvcreate -n home -L 12m vg`. */
  readonly commandLine: string;
  readonly plan: Plan;
  /** The questions of the plan in LVM's words, in the same order. */
  readonly questions: readonly string[];
  readonly warnings: readonly string[];
}

/** The end of an operation that went through. */
export interface Done {
  readonly commandLine: string;
  /** LVM's lines, warnings first, without the two spaces in front. */
  readonly messages: readonly string[];
}

/** A command line's whole effect on a terminal. */
export interface CommandResult {
  /** LVM's: 0 done, 3 usage, 5 failed. */
  readonly status: number;
  readonly output: readonly OutputLine[];
  /**
   * A question that nothing has answered yet; nothing was changed. The door asks it and sends the
   * line again with `yes`, or treats it as answered with no.
   */
  readonly question?: { readonly question: Question; readonly text: string };
}

/** How a command line is to be run. */
export interface CommandOptions {
  /** Answers every question with yes (`-y`). */
  readonly yes?: boolean;
  /** Questions cannot be asked: they are answered with no (default), or returned. */
  readonly ask?: boolean;
}

/**
 * Everything a window, a terminal or a script can do with an open lab. Electron's bridge, the
 * browser host and the lab's socket carry exactly these calls; nothing can be done through one of
 * them only.
 */
export interface EngineApi {
  state(): Promise<LabState>;
  /** Plans without doing anything. */
  preview(request: Request): Promise<Result<Preview, Refusal>>;
  /** Plans again and runs; `yes` answers the plan's questions. */
  execute(request: Request, yes?: boolean): Promise<Result<Done, Refusal>>;
  /** `argv` without the program: `['lvs', '-a']`, `['dmsetup', 'ls', '--tree']`. */
  command(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /**
   * Reads from a logical volume. `offset` and `length` in bytes, any alignment; `length` up to
   * 4 MiB a call; shorter at the end of the volume, empty behind it.
   */
  read(volume: string, offset: number, length: number): Promise<Result<Uint8Array, Refusal>>;
  /** Writes to a logical volume; durable when it returns. At most 4 MiB a call. */
  write(volume: string, offset: number, data: Uint8Array): Promise<Result<void, Refusal>>;
  /** Delivers every event after the present one. Returns what ends the subscription. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
}
