import type { CommandOptions, CommandResult, Preview, Refusal } from './api.ts';
import type { EngineEvent } from './events.ts';
import type { BackupFile, PvMetadata, VgMetadata } from './metadata.ts';
import type { MoveProposal, MoveWish } from './moves.ts';
import type { ReportField } from './report.ts';
import type { LabState } from './state.ts';
import type { Result } from './units.ts';

/** Bytes as text: RFC 4648 base64 with padding. */
export type Base64 = string;

/**
 * The calls of EngineApi as every door carries them: JSON, with bytes as base64. Parameters are
 * positional, in the order of EngineApi.
 */
export interface WireCalls {
  readonly state: { readonly params: readonly []; readonly result: LabState };
  readonly preview: {
    readonly params: readonly [argv: readonly string[]];
    readonly result: Result<Preview, Refusal>;
  };
  readonly command: {
    readonly params: readonly [argv: readonly string[], options?: CommandOptions];
    readonly result: CommandResult;
  };
  readonly read: {
    readonly params: readonly [volume: string, offset: number, length: number];
    readonly result: Result<Base64, Refusal>;
  };
  readonly write: {
    readonly params: readonly [volume: string, offset: number, data: Base64];
    /** The value is absent: JSON has no `undefined`. */
    readonly result: { readonly ok: true } | { readonly ok: false; readonly error: Refusal };
  };
  readonly vgMetadata: {
    readonly params: readonly [vg: string];
    readonly result: Result<VgMetadata, Refusal>;
  };
  readonly pvMetadata: {
    readonly params: readonly [device: string];
    readonly result: Result<PvMetadata, Refusal>;
  };
  readonly proposeMoves: {
    readonly params: readonly [wish: MoveWish];
    readonly result: Result<MoveProposal, Refusal>;
  };
  readonly reportFields: {
    readonly params: readonly [];
    readonly result: readonly ReportField[];
  };
  readonly backupFiles: {
    readonly params: readonly [];
    readonly result: Result<readonly BackupFile[], Refusal>;
  };
  readonly backupText: {
    readonly params: readonly [path: string];
    readonly result: Result<string, Refusal>;
  };
  /** From its answer on, every event arrives as a message, until the connection ends. */
  readonly subscribe: { readonly params: readonly []; readonly result: null };
}

/** Name of a call, the same as in EngineApi. */
export type WireMethod = keyof WireCalls;

/** Why a call has no answer. What LVM refuses is an answer; this is about the door itself. */
export interface WireFailure {
  /**
   * bad-request: it was not understood; too-many: too many calls are open on this connection;
   * closing: the engine ends and did nothing of it; bug: a defect, which the engine's own terminal
   * tells more about.
   */
  readonly code: 'bad-request' | 'too-many' | 'closing' | 'bug';
  readonly message: string;
}

/** What arrives from the engine. */
export type WireMessage =
  | { readonly id: number; readonly result: unknown }
  /** `id` is null where the request was too broken to have one. */
  | { readonly id: number | null; readonly error: WireFailure }
  | { readonly event: EngineEvent }
  /** The last message: no call without an answer was begun, so that it may be made elsewhere. */
  | { readonly closing: true };

/**
 * What Electron's preload script puts into the page as `window.lvstudio`. Events are delivered from
 * the call of `subscribe` on.
 */
export interface WireBridge {
  /** Rejects with an Error whose message is that of the WireFailure. */
  call<M extends WireMethod>(
    method: M,
    params: WireCalls[M]['params'],
  ): Promise<WireCalls[M]['result']>;
  /** Returns what ends it. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
}
