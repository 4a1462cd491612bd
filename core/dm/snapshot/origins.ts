/**
 * Which snapshots there are of which device: whoever writes to an origin asks here first. Shared by
 * all devices of a stack, as in the kernel.
 */
import type { Sectors } from '../../base/units.ts';
import type { DevNo } from '../../contract/units.ts';
import type { Refusal, Span } from '../target.ts';
import type { Snapshot } from './snapshot.ts';

/** A target that works with a store, or is going to take it over. */
export interface StoreUser {
  readonly origin: DevNo;
  readonly store: DevNo;
  readonly merges: boolean;
  /** Its store had another user, who has kept all along what was written over. */
  goesOn: boolean;
  /** Sectors; what lies behind them it does not keep. */
  readonly length: Sectors;
  /** Undefined: it waits for that of another one, or has lost its own to one. */
  snapshot: Snapshot | undefined;
  /** It was live once, or is; also after it lost its store to another one. */
  isActive: boolean;
  /** Nothing of its device is in flight. */
  isSuspended: boolean;
  /** Whose store it waited for is gone. */
  isCancelled: boolean;
}

/** Sectors of an origin whose copies may begin at once, 64 MiB. */
const LONGEST_STEP = 131_072;

/** Those that share a store: who has it, and who is going to. */
interface Sharing {
  readonly from?: StoreUser;
  readonly to?: StoreUser;
  readonly count: number;
  /** Of the same origin, whatever its store. */
  readonly merging?: StoreUser;
}

export class Origins {
  private readonly users = new Map<DevNo, StoreUser[]>();
  private readonly listeners = new Map<DevNo, Set<() => void>>();
  /** Devices whose writes may be put off, by the origin that they write. */
  private readonly settling = new Map<DevNo, Set<() => Promise<void> | undefined>>();
  /** Snapshots on their way, by origin: nothing is put off that they would miss. */
  private readonly arriving = new Map<DevNo, number>();

  /**
   * As the kernel allows it (dm-snap.c): a store has one user, and at most another that waits.
   * @returns whether it has to wait for the other one's
   */
  register(user: StoreUser): { readonly refused: Refusal } | { readonly takesOver: boolean } {
    const { from, to, count, merging } = this.sharing(user);
    const refused = (reason: string) => ({ refused: { errno: 'EINVAL', reason } }) as const;
    if (count === 2 || to) return refused(PAIRING);
    if (from && user.merges && merging) return refused('A snapshot is already merging.');
    const there = this.users.get(user.origin) ?? [];
    this.users.set(user.origin, [...there, user]);
    return { takesOver: from !== undefined };
  }

  unregister(user: StoreUser): void {
    const { from, to } = this.sharing(user);
    if (from === user && to) to.isCancelled = true;
    const left = (this.users.get(user.origin) ?? []).filter((one) => one !== user);
    if (left.length > 0) this.users.set(user.origin, left);
    else this.users.delete(user.origin);
  }

  /**
   * Before its table goes live: it gets the store that it waited for, with all that is known of it.
   * @returns why it cannot go live
   */
  handOver(user: StoreUser): string | undefined {
    const { from, to } = this.sharing(user);
    if (!from || !to) return undefined;
    if (from === user) return 'Unable to resume snapshot source until handover completes.';
    if (to !== user) return undefined;
    if (!from.isSuspended) return 'Unable to perform snapshot handover until source is suspended.';
    user.snapshot = from.snapshot;
    user.goesOn = !from.merges;
    from.snapshot = undefined;
    return undefined;
  }

  /**
   * Its table is live: what was put off is written, and from then on it keeps what is written over.
   * @returns undefined: it does already
   */
  activate(user: StoreUser): Promise<void> | undefined {
    const { origin } = user;
    // It has kept all along what was written over; one that merges keeps nothing.
    if (user.isActive || user.goesOn || user.merges) {
      user.isActive = true;
      return undefined;
    }
    // What it would miss.
    const waits = [...(this.settling.get(origin) ?? [])].flatMap((settle) => settle() ?? []);
    if (waits.length === 0) {
      this.activated(user);
      return undefined;
    }
    this.arriving.set(origin, (this.arriving.get(origin) ?? 0) + 1);
    return Promise.all(waits).then(() => {
      this.arriving.set(origin, (this.arriving.get(origin) ?? 0) - 1);
      this.activated(user);
    });
  }

  private activated(user: StoreUser): void {
    user.isActive = true;
    for (const tell of this.listeners.get(user.origin) ?? []) tell();
  }

  /** @param settle undefined: nothing of the origin is put off @returns what ends it */
  onSettle(origin: DevNo, settle: () => Promise<void> | undefined): () => void {
    return listen(this.settling, origin, settle);
  }

  /** Whether a write to an origin has to wait for copies, and may be answered before. */
  mayPutOff(origin: DevNo, { start, count }: Span): boolean {
    return (this.arriving.get(origin) ?? 0) === 0 && !this.keeps(origin, start, count);
  }

  /** @param tell called for every snapshot of the origin that goes live @returns what ends it */
  onNew(origin: DevNo, tell: () => void): () => void {
    return listen(this.listeners, origin, tell);
  }

  /** In sectors; of an origin without snapshots 8. */
  smallestChunk(origin: DevNo): number {
    const sizes = this.keeping(origin).map(({ snapshot }) => snapshot.chunkSize);
    return sizes.length === 0 ? 8 : Math.min(...sizes);
  }

  /** Whether every snapshot has these sectors of the origin, so that they may be written over. */
  keeps(origin: DevNo, offset: number, count: number): boolean {
    return this.keeping(origin).every(
      ({ snapshot, length }) =>
        offset >= length || snapshot.keeps(offset, Math.min(count, length - offset)),
    );
  }

  /**
   * Before sectors of an origin are written: every snapshot keeps what is there.
   * @returns undefined: the write may go on at once
   */
  beforeWrite(origin: DevNo, offset: number, count: number): Promise<void> | undefined {
    if (count > LONGEST_STEP) return this.inSteps(origin, offset, count);
    const waits = this.keep(origin, offset, count);
    return waits && this.untilKept(waits, origin, offset, count);
  }

  /** What zeros a whole origin must not begin a copy for each of its chunks at once. */
  private async inSteps(origin: DevNo, offset: number, count: number): Promise<void> {
    // Somebody may make another snapshot meanwhile.
    while (!this.keeps(origin, offset, count)) {
      for (let at = 0; at < count; at += LONGEST_STEP) {
        await this.beforeWrite(origin, offset + at, Math.min(LONGEST_STEP, count - at));
      }
    }
  }

  /** These are going to be written: chunks side by side are copied as one, not write by write. */
  announce(origin: DevNo, spans: readonly Span[]): void {
    const chunk = this.smallestChunk(origin);
    let run = { start: 0, end: 0 };
    for (const { start, count } of spans) {
      const first = Math.floor(start / chunk) * chunk;
      const end = Math.ceil((start + count) / chunk) * chunk;
      if (first > run.end) {
        if (run.end > run.start) void this.keep(origin, run.start, run.end - run.start);
        run = { start: first, end };
      } else run.end = Math.max(run.end, end);
    }
    if (run.end > run.start) void this.keep(origin, run.start, run.end - run.start);
  }

  /** Somebody may have made another snapshot meanwhile. */
  private async untilKept(
    first: Promise<unknown>,
    ...run: readonly [origin: DevNo, offset: number, count: number]
  ): Promise<void> {
    let waits: Promise<unknown> | undefined = first;
    while (waits) {
      await waits;
      waits = this.keep(...run);
    }
  }

  private keep(origin: DevNo, offset: number, count: number): Promise<unknown> | undefined {
    const waits: Promise<void>[] = [];
    for (const { length, snapshot } of this.keeping(origin)) {
      if (offset >= length) continue;
      const wait = snapshot.keep(offset, Math.min(count, length - offset));
      if (wait) waits.push(wait);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  /** Those that keep what is written over. */
  private keeping(origin: DevNo) {
    return (this.users.get(origin) ?? []).flatMap(({ isActive, merges, length, snapshot }) =>
      isActive && !merges && snapshot ? [{ length, snapshot }] : [],
    );
  }

  private sharing(user: StoreUser): Sharing {
    const ofOrigin = this.users.get(user.origin) ?? [];
    const same = ofOrigin.filter(({ store }) => store === user.store);
    const [from, to] = [same.find((one) => one.isActive), same.find((one) => !one.isActive)];
    const merging = ofOrigin.find(({ merges }) => merges);
    return {
      count: same.length,
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(merging ? { merging } : {}),
    };
  }
}

const PAIRING = 'Snapshot cow pairing for exception table handover failed';

/** @returns what ends it */
function listen<Listener>(
  all: Map<DevNo, Set<Listener>>,
  origin: DevNo,
  listener: Listener,
): () => void {
  const known = all.get(origin) ?? new Set();
  all.set(origin, known.add(listener));
  return () => {
    known.delete(listener);
    if (known.size === 0) all.delete(origin);
  };
}
