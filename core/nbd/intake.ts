/**
 * Cuts what a connection brings into what is waited for: a header, a payload that has its buffer,
 * or bytes that nobody wants. Whoever waits says after each one what comes next.
 */
import { view } from '../base/bytes.ts';
import type { ByteStream } from './stream.ts';

type Want =
  | {
      readonly kind: 'message';
      readonly length: number;
      readonly then: (data: DataView, at: number) => void;
    }
  | { readonly kind: 'fill'; readonly into: Uint8Array; readonly then: () => void }
  | { readonly kind: 'skip'; readonly length: number; readonly then: () => void };

/** Bytes that are read at once. */
const ROOM = 64 * 1024;
/** Bytes of a payload that are worth a read of their own. */
const WORTH = 32 * 1024;

const NOTHING = new Uint8Array(0);
const END: Want = { kind: 'skip', length: Infinity, then: () => undefined };

export class Intake {
  /** Bytes that have come. */
  received = 0;
  private want: Want = END;
  /** Bytes of what is wanted that are here already. */
  private have = 0;
  /** The beginning of a message that came in pieces. */
  private partial: Uint8Array = NOTHING;
  private piece: Uint8Array = NOTHING;
  /** For what has no place of its own, where the stream asks for one. */
  private room: Uint8Array | undefined;
  private pieceView: DataView | undefined;
  /** Of the piece, how much has been used. */
  private at = 0;
  private stopped = false;
  private paused = false;
  private running = false;

  constructor(private readonly stream: ByteStream) {
    stream.onData(
      (data) => {
        this.received += data.length;
        if (this.isInPlace(data)) return this.filled(data.length);
        this.take(data);
        this.run();
      },
      () => this.place(),
    );
  }

  /** So many bytes in one row, 1 or more, from `at` on. They are the caller's until it returns. */
  message(length: number, then: (data: DataView, at: number) => void): void {
    this.next({ kind: 'message', length, then });
  }

  /** @param into not empty */
  fill(into: Uint8Array, then: () => void): void {
    this.next({ kind: 'fill', into, then });
  }

  skip(length: number, then: () => void): void {
    if (length === 0) then();
    else this.next({ kind: 'skip', length, then });
  }

  /** Whatever else comes is dropped. */
  close(): void {
    this.next(END);
    this.go();
  }

  /** Nothing more is taken from the stream until `go`: the other side has to wait. */
  stop(): void {
    this.stopped = true;
    this.paused = true;
    this.stream.pause();
  }

  go(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.run();
  }

  /** A payload of some size goes straight to its buffer. */
  private place(): Uint8Array {
    const { want, have } = this;
    const isLong = want.kind === 'fill' && want.into.length - have >= WORTH;
    return isLong ? want.into.subarray(have) : (this.room ??= new Uint8Array(ROOM));
  }

  private isInPlace({ buffer, byteOffset }: Uint8Array): boolean {
    const { want, have } = this;
    if (want.kind !== 'fill' || want.into.buffer !== buffer) return false;
    return byteOffset === want.into.byteOffset + have;
  }

  private filled(count: number): void {
    this.have += count;
    if (this.want.kind === 'fill' && this.have === this.want.into.length) this.want.then();
    this.resume();
  }

  private next(want: Want): void {
    this.want = want;
    this.have = 0;
  }

  private take(data: Uint8Array): void {
    if (this.at === this.piece.length) this.piece = data;
    else {
      // Only a stream that delivers although it was paused comes here.
      const both = new Uint8Array(this.piece.length - this.at + data.length);
      both.set(this.piece.subarray(this.at));
      both.set(data, this.piece.length - this.at);
      this.piece = both;
    }
    this.at = 0;
    this.pieceView = undefined;
  }

  private run(): void {
    if (this.running) return;
    this.running = true;
    while (!this.stopped && this.at < this.piece.length) this.step();
    this.running = false;
    if (this.at === this.piece.length) {
      this.piece = NOTHING;
      this.at = 0;
      this.pieceView = undefined;
    }
    this.resume();
  }

  private resume(): void {
    if (this.stopped || !this.paused) return;
    this.paused = false;
    this.stream.resume();
  }

  private step(): void {
    const { want, at, piece } = this;
    const here = piece.length - at;
    switch (want.kind) {
      case 'message':
        if (this.have > 0 || here < want.length) return this.collect(want.length, want.then);
        this.at += want.length;
        return want.then((this.pieceView ??= view(piece)), at);
      case 'fill': {
        const count = Math.min(here, want.into.length - this.have);
        want.into.set(
          at === 0 && count === here ? piece : piece.subarray(at, at + count),
          this.have,
        );
        this.at += count;
        this.have += count;
        if (this.have === want.into.length) want.then();
        return;
      }
      case 'skip': {
        const count = Math.min(here, want.length - this.have);
        this.at += count;
        this.have += count;
        if (this.have === want.length) want.then();
      }
    }
  }

  private collect(length: number, then: (data: DataView, at: number) => void): void {
    if (this.have === 0) this.partial = new Uint8Array(length);
    const count = Math.min(this.piece.length - this.at, length - this.have);
    this.partial.set(this.piece.subarray(this.at, this.at + count), this.have);
    this.at += count;
    this.have += count;
    if (this.have === length) then(view(this.partial), 0);
  }
}
