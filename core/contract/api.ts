import type { Question, VolumeError } from './errors.ts';
import type { EngineEvent, OutputLine } from './events.ts';
import type { BackupFile, PvMetadata, VgMetadata } from './metadata.ts';
import type { MoveProposal, MoveWish } from './moves.ts';
import type { ShownPlan } from './plan.ts';
import type { ReportField } from './report.ts';
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
  /** Quoted as a shell needs it: `lvcreate -n home -L 12m vg`. */
  readonly commandLine: string;
  /** One per object of the line (`lvremove vg/a vg/b`), each against the lab as it is now. */
  readonly plans: readonly ShownPlan[];
  /** The questions of the plans in LVM's words, in the same order. */
  readonly questions: readonly string[];
  readonly warnings: readonly string[];
}

/** A command line's whole effect on a terminal. */
export interface CommandResult {
  /** LVM's: 0 done, 3 usage, 5 failed. */
  readonly status: number;
  readonly output: readonly OutputLine[];
  /**
   * What nothing has answered yet; nothing was changed. The door asks one after the other and sends
   * the line again with what was `agreed` to.
   */
  readonly questions?: readonly AskedQuestion[];
  /**
   * The line reads its standard input, and none came with it; nothing was changed. The door sends
   * the line again with `input`.
   */
  readonly wantsInput?: true;
}

/** In LVM's words, which end with `[y/n]: `. */
export interface AskedQuestion {
  readonly question: Question;
  readonly text: string;
  /** Which of the line's objects it is about. Once one is refused, no more is asked about it. */
  readonly object: number;
}

/** How a command line is to be run. */
export interface CommandOptions {
  /** Answers every question with yes (`-y`). */
  readonly yes?: boolean;
  /** Texts of the questions that were answered with yes. All others are answered with no. */
  readonly agreed?: readonly string[];
  /**
   * Questions cannot be asked: they are answered with no (default), or returned. A line that reads
   * its standard input finds it empty, or says so.
   */
  readonly ask?: boolean;
  /** A view that keeps itself up to date: a line that only reads is not announced as an event. */
  readonly quiet?: boolean;
  /** What the line reads from its standard input. */
  readonly input?: string;
  /**
   * A word of the door's own for this line: what it says while it waits comes as events `said` that
   * bear the word. It is in the output all the same.
   */
  readonly told?: string;
}

/**
 * Everything a window, a terminal or a script can do with an open lab. Its one language is LVM's
 * command line: what a form sends, a person can type (docs/decisions/005). Electron's bridge, the
 * browser host and the lab's socket carry exactly these calls; nothing can be done through one of
 * them only.
 */
export interface EngineApi {
  state(): Promise<LabState>;
  /** What `command` would do with the same words. A command that only reads has no plans. */
  preview(argv: readonly string[]): Promise<Result<Preview, Refusal>>;
  /** `argv` without the program: `['lvs', '-a']`, `['dmsetup', 'ls', '--tree']`. */
  command(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /**
   * Reads from a logical volume. `offset` and `length` in bytes, any alignment; `length` up to
   * 4 MiB a call; shorter up to the end of the volume, empty at it, refused behind it.
   */
  read(volume: string, offset: number, length: number): Promise<Result<Uint8Array, Refusal>>;
  /** Writes to a logical volume; durable when it returns. At most 4 MiB a call. */
  write(volume: string, offset: number, data: Uint8Array): Promise<Result<void, Refusal>>;
  /** The text that is valid for a group now, from one of its disks. */
  vgMetadata(vg: string): Promise<Result<VgMetadata, Refusal>>;
  /** What a disk (`/dev/sda`) holds of metadata, field by field and text by text. */
  pvMetadata(device: string): Promise<Result<PvMetadata, Refusal>>;
  /** Moves that would fulfil a wish, and the lines that make them; nothing is moved. */
  proposeMoves(wish: MoveWish): Promise<Result<MoveProposal, Refusal>>;
  /** All fields of pvs, vgs and lvs, in the order of `-o help`. */
  reportFields(): Promise<readonly ReportField[]>;
  /** Every archived and backed-up version, also of groups that are gone; by path. */
  backupFiles(): Promise<Result<readonly BackupFile[], Refusal>>;
  /** The text of one of them, a byte string; only what `backupFiles` lists. */
  backupText(path: string): Promise<Result<string, Refusal>>;
  /** Delivers every event after the present one. Returns what ends the subscription. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
}
