/** A thread that serves clients of exports, see core/nbd/thread. */
import { read, readSync, write, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../base/assert.ts';
import type { FileTransfers } from '../nbd/thread/leased-device.ts';
import type { FromThread, ToThread } from '../nbd/thread/messages.ts';
import { ServerSide } from '../nbd/thread/server-side.ts';
import { NodeScheduler } from './node-scheduler.ts';
import { takeSockets } from './pass-socket.ts';
import { portChannel } from './port-channel.ts';
import type { ThreadData } from './server-threads.ts';
import { socketStream } from './socket-stream.ts';

/** Whatever is not moved whole in one call is left to the engine. */
const files: FileTransfers = {
  now(op, file, data, position) {
    const { length } = data;
    try {
      if (op === 'read') return readSync(file, data, 0, length, position) === length;
      return writeSync(file, data, 0, length, position) === length;
    } catch {
      return false;
    }
  },
  later(op, file, data, position, done) {
    const { length } = data;
    const moved = (error: Error | null, count: number): void => done(!error && count === length);
    if (op === 'read') read(file, data, 0, length, position, moved);
    else write(file, data, 0, length, position, moved);
  },
  clock: () => performance.now() * 1000,
};

const { path } = workerData as ThreadData;
const channel = portChannel<FromThread, ToThread>(must(parentPort, 'the engine'));
const side = new ServerSide(channel, new NodeScheduler(), files);
const takes = await takeSockets(path, (client, socket) => {
  side.connected(client, socket && socketStream(socket));
});
// Only the thread ends: the engine's serves all clients then.
if (!takes) process.exit();
