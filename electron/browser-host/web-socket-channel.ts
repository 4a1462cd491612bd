/** A channel over a web socket: one message a text frame. */
import type { WebSocket } from 'ws';
import { BACKLOG_LIMIT } from '../../core/host/channel.ts';
import type { Channel } from '../../core/host/channel.ts';

/** RFC 6455 7.4.1. */
const UNSUPPORTED_DATA = 1003;
const TRY_AGAIN_LATER = 1013;

export function webSocketChannel(socket: WebSocket): Channel {
  let receive: (text: string) => void = () => undefined;
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) socket.close(UNSUPPORTED_DATA, 'text only');
    else receive(data.toString('utf8'));
  });
  return {
    send(text) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BACKLOG_LIMIT) socket.close(TRY_AGAIN_LATER, 'too slow');
      else socket.send(text);
    },
    onMessage(listener) {
      receive = listener;
    },
    onClose(listener) {
      if (socket.readyState === socket.CLOSED) listener();
      else socket.on('close', listener);
    },
    close() {
      socket.close(1000);
    },
  };
}
