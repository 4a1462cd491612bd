/** Two channels that are the ends of one connection, without anything in between. */
import type { Channel } from '../../../core/host/channel.ts';

class End implements Channel {
  other: End | undefined;
  readonly sent: string[] = [];
  private receive: (text: string) => void = () => undefined;
  private readonly closers: (() => void)[] = [];
  private closed = false;

  send(text: string): void {
    if (this.closed) return;
    this.sent.push(text);
    const { other } = this;
    // Like a socket: later, in order.
    queueMicrotask(() => other?.deliver(text));
  }

  onMessage(listener: (text: string) => void): void {
    this.receive = listener;
  }

  onClose(listener: () => void): void {
    if (this.closed) listener();
    else this.closers.push(listener);
  }

  close(): void {
    queueMicrotask(() => {
      this.end();
      this.other?.end();
    });
  }

  private deliver(text: string): void {
    if (!this.closed) this.receive(text);
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.closers) listener();
  }
}

export function channelPair(): readonly [End, End] {
  const [a, b] = [new End(), new End()];
  a.other = b;
  b.other = a;
  return [a, b];
}
