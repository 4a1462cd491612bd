/** A channel over a stream socket: one message a line, since JSON text holds no line feed. */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { BACKLOG_LIMIT, MESSAGE_LIMIT } from './channel.ts';
import type { Channel } from './channel.ts';

/** How long a peer may take to read what is left after `close`. */
const LEAVE_MILLIS = 2000;

/**
 * Takes the socket over. A line longer than MESSAGE_LIMIT or a peer more than BACKLOG_LIMIT behind
 * ends the connection.
 */
export function jsonLines(socket: Socket): Channel {
  let receive: (text: string) => void = () => undefined;
  const closeListeners: (() => void)[] = [];
  // It may have ended while somebody looked at what it leads to: nobody would hear of that.
  let closed = socket.destroyed;

  const splitter = lineSplitter(
    (line) => receive(line),
    () => socket.destroy(),
  );
  socket.on('data', (chunk: Buffer) => splitter(chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    closed = true;
    for (const listener of closeListeners) listener();
  });

  return {
    send(text) {
      if (closed || socket.writableEnded) return;
      if (socket.writableLength > BACKLOG_LIMIT) socket.destroy();
      else socket.write(`${text}\n`);
    },
    onMessage(listener) {
      receive = listener;
    },
    onClose(listener) {
      if (closed) listener();
      else closeListeners.push(listener);
    },
    close() {
      if (closed) return;
      socket.end();
      setTimeout(() => socket.destroy(), LEAVE_MILLIS).unref();
    },
  };
}

/** Turns pieces into lines, without the empty ones. After an overlong line nothing is delivered. */
function lineSplitter(
  deliver: (line: string) => void,
  overlong: () => void,
): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  let broken = false;
  return (chunk) => {
    if (broken) return;
    const [first = '', ...rest] = decoder.write(chunk).split('\n');
    for (const [index, piece] of [first, ...rest].entries()) {
      if (index > 0) {
        const line = parts.join('');
        parts = [];
        length = 0;
        if (line !== '') deliver(line);
      }
      length += piece.length;
      if (length > MESSAGE_LIMIT) {
        broken = true;
        parts = [];
        overlong();
        return;
      }
      if (piece !== '') parts.push(piece);
    }
  };
}
