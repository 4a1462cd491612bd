/** A target on a store: it reads it, or takes it over from the one that has it. */
import { err, ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { SnapshotCondition } from '../../contract/snapshots.ts';
import type { DevNo } from '../../contract/units.ts';
import {
  invalid,
  type Refusal,
  type SnapshotTargetState,
  type Target,
  type TargetHost,
} from '../target.ts';
import { parseSnapshot, type SnapshotArgs } from './args.ts';
import type { StoreUser } from './origins.ts';
import { PersistentStore } from './persistent-store.ts';
import { Snapshot } from './snapshot.ts';
import { stateOf } from './state.ts';
import type { ExceptionStore } from './store.ts';
import { TransientStore } from './transient-store.ts';

/** What of a target is the same for a snapshot and for one that is merged. */
type Common = Required<
  Pick<Target, 'ranges' | 'table' | 'prepare' | 'preresume' | 'snapshot' | 'status'>
>;

export class SnapshotUser implements StoreUser {
  readonly origin: DevNo;
  readonly store: DevNo;
  readonly length: Sectors;
  snapshot: Snapshot | undefined;
  isActive = false;
  isSuspended = false;
  isCancelled = false;
  goesOn = false;
  /** Until it gets a store that another one has. */
  private isWaiting = false;

  private constructor(
    readonly args: SnapshotArgs,
    readonly merges: boolean,
    readonly host: TargetHost,
  ) {
    this.origin = args.origin;
    this.store = args.store;
    this.length = host.length;
  }

  /** Refuses in the kernel's words, in its order. */
  static make(
    words: readonly string[],
    merges: boolean,
    host: TargetHost,
  ): Result<SnapshotUser, Refusal> {
    const args = parseSnapshot(words, host);
    if (!args.ok) return args;
    const user = new SnapshotUser(args.value, merges, host);
    // The kernel takes it, and falls over when it is resumed.
    if (merges && args.value.kind === 'N') {
      return invalid('Snapshot exception store does not support snapshot-merge.');
    }
    const registered = host.origins.register(user);
    if ('refused' in registered) return err(registered.refused);
    user.isWaiting = registered.takesOver;
    if (!user.isWaiting && args.value.kind === 'N' && args.value.chunkSize === 0) {
      host.origins.unregister(user);
      return invalid('Chunk size not set');
    }
    return ok(user);
  }

  get condition(): SnapshotCondition {
    if (this.isWaiting) return 'waiting';
    if (!this.snapshot?.valid) return 'invalid';
    return this.snapshot.overflowed ? 'overflowed' : 'good';
  }

  /** @param mergeFailed whether a merge has stopped */
  common(mergeFailed: () => boolean = () => false): Common {
    const { origin, store, host, args } = this;
    const tail = args.features.length > 0 ? [args.features.length, ...args.features] : [];
    return {
      ranges: () => [
        { device: origin, start: sectors(0), count: host.length },
        { device: store, start: sectors(0), count: host.device(store).size },
      ],
      table: () => [origin, store, args.kind, this.chunkSize, ...tail].join(' '),
      status: () => this.status(mergeFailed()),
      prepare: () => this.load(),
      preresume: () => this.takeOver(),
      snapshot: () => this.state(mergeFailed()),
    };
  }

  /** As in the kernel one has none before it gets its store, nor after it gave it away. */
  private get chunkSize(): number {
    return this.snapshot?.chunkSize ?? 0;
  }

  private async load(): Promise<Refusal | undefined> {
    if (this.isWaiting) return undefined;
    const store = this.makeStore();
    let made: Snapshot | undefined;
    // How large its chunks are is known once it finds something, or has found nothing.
    const snapshotOf = () => (made ??= new Snapshot(store, this.ground(), this.length));
    const loaded = await store.load((one) => snapshotOf().found(one.oldChunk, one.newChunk));
    if (!loaded.ok) return loaded.error;
    const snapshot = snapshotOf();
    snapshot.valid = loaded.value === 'valid';
    this.snapshot = snapshot;
    return undefined;
  }

  private makeStore(): ExceptionStore {
    const { kind, chunkSize } = this.args;
    const device = this.host.device(this.store);
    if (kind === 'N') return new TransientStore(device, chunkSize);
    return new PersistentStore(device, chunkSize, kind);
  }

  private ground() {
    const { host } = this;
    return {
      origin: host.device(this.origin),
      cow: host.device(this.store),
      kcopyd: host.kcopyd,
      event: () => host.event(),
      changed: () => host.snapshotChanged(),
    };
  }

  private takeOver(): string | undefined {
    if (this.isCancelled) this.isWaiting = false;
    const refused = this.host.origins.handOver(this);
    if (refused !== undefined || !this.isWaiting || !this.snapshot) return refused;
    this.isWaiting = false;
    this.snapshot.ground = this.ground();
    return undefined;
  }

  /** Its table has gone live. Resolves once it keeps what is written over. */
  resumed(): Promise<void> | undefined {
    this.isSuspended = false;
    return this.host.origins.activate(this);
  }

  close(): Promise<void> | undefined {
    this.host.origins.unregister(this);
    return this.snapshot?.quiesce();
  }

  private status(mergeFailed: boolean): string {
    const { snapshot, condition } = this;
    if (condition === 'invalid') return 'Invalid';
    if (mergeFailed) return 'Merge failed';
    if (condition === 'overflowed') return 'Overflow';
    // It has not read anything, and knows no more than how large the device is.
    if (!snapshot) return `0/${this.host.device(this.store).size} 0`;
    const { allocated, total, metadata } = snapshot.store.usage();
    return `${allocated}/${total} ${metadata}`;
  }

  private state(mergeFailed: boolean): SnapshotTargetState | undefined {
    const { snapshot, origin, store, condition } = this;
    if (!snapshot) return undefined;
    const role = this.merges ? ('merge' as const) : ('snapshot' as const);
    const failed = mergeFailed && condition === 'good' ? 'merge-failed' : condition;
    return { role, origin, store, condition: failed, ...stateOf(snapshot) };
  }
}
