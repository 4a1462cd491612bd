import type { ExportState } from './exports.ts';
import type { IoOp } from './failures.ts';
import type { JobState } from './jobs.ts';
import type { MirrorState } from './mirrors.ts';
import type { SnapshotState } from './snapshots.ts';
import type { ShownStep, StepPhase } from './plan.ts';
import type { SettingsState } from './settings.ts';
import type {
  DiskState,
  DmDeviceState,
  IoCounts,
  ProblemState,
  PvState,
  VgState,
} from './state.ts';

/** What happened. The state of a lab is the projection of these; none says only "look again". */
export type EventBody =
  /** A mapped device as it is now; sent at every table load, suspend, resume, rename. */
  | { readonly kind: 'device'; readonly device: DmDeviceState }
  | { readonly kind: 'device-removed'; readonly name: string }
  /** Requests of these devices as they are now; while there are some, some times a second. */
  | { readonly kind: 'io'; readonly counts: readonly IoCounts[] }
  /** A volume group as it is now. */
  | { readonly kind: 'vg'; readonly vg: VgState }
  | { readonly kind: 'vg-removed'; readonly vg: string; readonly id: string }
  /** All orphan PVs as they are now. */
  | { readonly kind: 'orphans'; readonly pvs: readonly PvState[] }
  /** All problems that are no group's own, as they are now. */
  | { readonly kind: 'problems'; readonly problems: readonly ProblemState[] }
  | { readonly kind: 'disk'; readonly disk: DiskState }
  | { readonly kind: 'disk-detached'; readonly path: string }
  /** All exports as they are now; while programs use them, once a second. */
  | { readonly kind: 'exports'; readonly exports: readonly ExportState[] }
  /** All that the lab keeps beside its disks, as it is now. */
  | { readonly kind: 'settings'; readonly settings: SettingsState }
  /** All jobs as they are now; while one goes on, several times a second. */
  | { readonly kind: 'jobs'; readonly jobs: readonly JobState[] }
  /** All mirrors as they are now; while regions change, several times a second. */
  | { readonly kind: 'mirrors'; readonly mirrors: readonly MirrorState[] }
  /** All snapshots and merges as they are now; while chunks are kept, several times a second. */
  | { readonly kind: 'snapshots'; readonly snapshots: readonly SnapshotState[] }
  /** A step of a running operation; `operation` counts the operations of this engine. */
  | {
      readonly kind: 'step';
      readonly operation: number;
      readonly title: string;
      readonly index: number;
      readonly of: number;
      readonly phase: StepPhase;
      readonly step: ShownStep;
      /** With phase `failed`: the reason, in a sentence. */
      readonly reason?: string;
    }
  /** Metadata written to one area of one PV. */
  | {
      readonly kind: 'metadata';
      readonly vg: string;
      readonly seqno: number;
      readonly device: string;
      readonly phase: 'write' | 'precommit' | 'commit' | 'revert' | 'erase';
    }
  /** A command line was run, from whichever door. */
  | {
      readonly kind: 'command';
      readonly line: string;
      readonly status: number;
      readonly output: readonly OutputLine[];
    }
  /** What a line that waits for something has said up to now; `told` as in its options. */
  | {
      readonly kind: 'said';
      readonly told: string;
      readonly line: string;
      readonly output: readonly OutputLine[];
    }
  /** What the monitor found out about a mapped device, or did, in a sentence. */
  | { readonly kind: 'monitor'; readonly device: string; readonly message: string }
  | {
      readonly kind: 'io-error';
      readonly device: string;
      readonly op: IoOp;
      readonly reason: string;
    };

/** One line of a command's output, without its newline. */
export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** An event as every door delivers it. */
export interface EngineEvent {
  /** 1, 2, 3, ... without gaps. */
  readonly seq: number;
  /** Microseconds since the engine started. */
  readonly timeMicros: number;
  readonly body: EventBody;
}
