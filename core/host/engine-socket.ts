/** The engine's door for other programs on this machine: the socket of the lab. */
import type { Socket } from 'node:net';
import type { EngineApi } from '../contract/api.ts';
import { jsonLines } from './json-lines.ts';
import type { LabLock } from './lab-lock.ts';
import type { DefectReporter } from './wire-answer.ts';
import { connectApi } from './wire-client.ts';
import type { ConnectedApi } from './wire-client.ts';
import { dismissConnection, serveConnection } from './wire-server.ts';
import type { Served } from './wire-server.ts';

/** Serves everybody who has come to the lab's socket and everybody who will. */
export function serveLab(api: EngineApi, lock: LabLock, defect: DefectReporter): Served {
  const connections = new Set<Served>();
  let finishing = false;
  lock.serve((socket) => {
    const channel = jsonLines(socket);
    if (finishing) {
      dismissConnection(channel);
      return;
    }
    const served = serveConnection(api, channel, defect);
    connections.add(served);
    channel.onClose(() => connections.delete(served));
  });
  return {
    async finish() {
      finishing = true;
      await Promise.all([...connections].map((served) => served.finish()));
    },
  };
}

/** The engine at the other end. A connection waits there until its engine is ready. */
export function connectLab(socket: Socket): ConnectedApi {
  return connectApi(jsonLines(socket));
}
