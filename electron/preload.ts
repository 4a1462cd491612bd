/**
 * The only thing the page gets from Electron: calls of the engine and its events. Closed: no
 * channel can be named from outside.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { EngineEvent } from '../core/contract/events.ts';
import type { WireBridge } from '../core/contract/wire.ts';
import type { IpcReply } from './ipc/engine-door.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './ipc/channels.ts';

const bridge: WireBridge = {
  async call(method, params) {
    const reply = (await ipcRenderer.invoke(CALL_CHANNEL, method, params)) as IpcReply;
    // Of an error only the message crosses into the page; the rest it has no use for.
    if ('error' in reply) throw new Error(reply.error.message);
    return reply.result as never;
  },
  onEvent(listener) {
    // Electron's own event object, which leads to its sender, stays here.
    const forward = (_event: unknown, event: EngineEvent): void => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => {
      ipcRenderer.off(EVENT_CHANNEL, forward);
    };
  },
};

contextBridge.exposeInMainWorld('lvstudio', bridge);
