/** The two directions of a connection, whatever carries it. */
export interface ByteStream {
  /**
   * One listener. A piece may be kept: nobody writes to it again. Nothing is delivered before there
   * is a listener, nor while the stream is paused.
   * @param room where the next bytes may be put, 1 or more: then the next piece is its beginning. A
   * stream that can do this asks before each piece; others do not, and their pieces are their own.
   */
  onData(listener: (data: Uint8Array) => void, room?: () => Uint8Array): void;
  /** One listener, called once: the other side has ended it, it failed, or `destroy` was called. */
  onClose(listener: () => void): void;
  /**
   * Sends the parts in order. They must not change until `sent` is called, which happens also where
   * the stream has ended meanwhile.
   */
  write(parts: readonly Uint8Array[], sent?: () => void): void;
  /** Bytes that were written and are not sent yet. */
  readonly unsent: number;
  /** Delivers nothing until `resume`, so that the other side has to wait. */
  pause(): void;
  resume(): void;
  /** Ends it once everything that was written is sent. */
  end(): void;
  /** Ends it now. */
  destroy(): void;
}
