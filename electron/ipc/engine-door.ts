/** The engine's door for Electron's windows. */
import { z } from 'zod';
import type { EngineApi } from '../../core/contract/api.ts';
import type { EngineEvent } from '../../core/contract/events.ts';
import type { WireFailure, WireMethod } from '../../core/contract/wire.ts';
import { answerCall } from '../../core/host/wire-answer.ts';
import type { DefectReporter } from '../../core/host/wire-answer.ts';
import { PARAMS } from '../../core/host/wire-schema.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import { isOurPage } from './sender.ts';
import type { SenderEvent } from './sender.ts';

/** What crosses in answer to a call. */
export type IpcReply = { readonly result: unknown } | { readonly error: WireFailure };

/** The part of a window's contents that events are sent to. */
export interface EventReceiver {
  readonly id: number;
  isDestroyed(): boolean;
  send(channel: string, event: EngineEvent): void;
  once(event: 'destroyed', listener: () => void): unknown;
}

type CallEvent = SenderEvent & { readonly sender: EventReceiver };

/** The part of Electron's `ipcMain` that is used. */
export interface CallSource {
  handle(
    channel: string,
    answer: (event: CallEvent, method: unknown, params: unknown) => Promise<IpcReply>,
  ): void;
}

const methodSchema = z.enum(Object.keys(PARAMS) as [WireMethod, ...WireMethod[]]);

export class EngineDoor {
  /** By window: how to stop the events it gets. */
  private readonly subscriptions = new Map<number, () => void>();

  /** @param engineOf the engine that a window shows; undefined for a window that shows none */
  constructor(
    private readonly engineOf: (windowId: number) => EngineApi | undefined,
    private readonly defect: DefectReporter,
  ) {}

  open(source: CallSource): void {
    source.handle(CALL_CHANNEL, (event, method, params) => this.answer(event, method, params));
  }

  /** The window's engine was replaced: what it shows begins anew. */
  forget(windowId: number): void {
    this.subscriptions.get(windowId)?.();
    this.subscriptions.delete(windowId);
  }

  private async answer(event: CallEvent, name: unknown, params: unknown): Promise<IpcReply> {
    if (!isOurPage(event)) return refuse('this is not the page of LV Studio');
    const method = methodSchema.safeParse(name);
    if (!method.success) return refuse('there is no such method');
    const api = this.engineOf(event.sender.id);
    if (api === undefined) return refuse('this window shows no lab');
    if (method.data === 'subscribe') return this.subscribe(event.sender, api);
    const answer = await answerCall(api, method.data, params, this.defect);
    return answer.ok ? { result: answer.value ?? null } : { error: answer.error };
  }

  private subscribe(receiver: EventReceiver, api: EngineApi): IpcReply {
    const { id } = receiver;
    if (!this.subscriptions.has(id)) {
      const end = api.subscribe((event) => {
        if (!receiver.isDestroyed()) receiver.send(EVENT_CHANNEL, event);
      });
      this.subscriptions.set(id, end);
      receiver.once('destroyed', () => this.forget(id));
    }
    return { result: null };
  }
}

function refuse(message: string): IpcReply {
  return { error: { code: 'bad-request', message } };
}
