/** Connects to the server of an export. */
import { connect, type Socket } from 'node:net';
import { err, ok } from '../base/result.ts';
import type { NbdAddress } from '../nbd/client/address.ts';
import type { Dial } from '../nbd/client/attempt.ts';
import { socketStream } from './socket-stream.ts';
import { describeSystemError } from './system-error.ts';

const KEEP_ALIVE_MILLIS = 15_000;

export function nbdDial(address: NbdAddress): Dial {
  return (give) => {
    const socket = socketTo(address);
    const failed = (error: Error): void => {
      give(err(describeSystemError(error)));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      give(ok(socketStream(socket)));
    });
    return () => {
      socket.off('error', failed);
      socket.on('error', () => undefined);
      socket.destroy();
    };
  };
}

function socketTo(address: NbdAddress): Socket {
  if (address.kind === 'unix') return connect(address.socket);
  const { host, port } = address;
  const socket = connect({ host, port, noDelay: true });
  // Nothing else tells that a machine at the other end is gone while nobody asks it anything.
  return socket.setKeepAlive(true, KEEP_ALIVE_MILLIS);
}
