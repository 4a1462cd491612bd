/** An engine as the page sees it, answering from a table; what was asked of it is kept. */
import type { EngineEvent } from '../../../core/contract/events.ts';
import type { LabState } from '../../../core/contract/state.ts';
import type { WireBridge, WireCalls, WireMethod } from '../../../core/contract/wire.ts';

type Answers = { [M in WireMethod]?: (...params: WireCalls[M]['params']) => unknown };

export class FakeBridge implements WireBridge {
  readonly asked: { readonly method: WireMethod; readonly params: readonly unknown[] }[] = [];
  private readonly listeners = new Set<(event: EngineEvent) => void>();

  constructor(
    public state: LabState,
    private readonly answers: Answers = {},
  ) {}

  call: WireBridge['call'] = (method, params) => {
    this.asked.push({ method, params });
    if (method === 'state') return Promise.resolve(this.state as never);
    if (method === 'subscribe') return Promise.resolve(null as never);
    const answer = this.answers[method] as ((...all: readonly unknown[]) => unknown) | undefined;
    if (!answer) return Promise.reject(new Error(`${method} has no answer here`));
    return Promise.resolve(answer(...params) as never);
  };

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(event: EngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** Parameters of all calls of one method. */
  calls(method: WireMethod): readonly (readonly unknown[])[] {
    return this.asked.filter((one) => one.method === method).map(({ params }) => params);
  }
}
