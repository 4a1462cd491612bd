/** The channel between two threads of this process. */
import type { Channel } from '../nbd/thread/messages.ts';

/** A MessagePort, or the Worker at its other end. */
interface Port {
  postMessage(messages: readonly unknown[]): void;
  on(event: 'message', listener: (messages: readonly unknown[]) => void): unknown;
}

/** What is posted in one turn of the event loop goes out together: a message costs a wakeup. */
export function portChannel<Out, In>(port: Port): Channel<Out, In> {
  let pending: Out[] = [];
  const send = (): void => {
    const messages = pending;
    pending = [];
    port.postMessage(messages);
  };
  return {
    post: (message) => {
      if (pending.length === 0) setImmediate(send);
      pending.push(message);
    },
    onMessage: (listener) => {
      port.on('message', (messages) => {
        for (const message of messages) listener(message as In);
      });
    },
  };
}
