declare const micros: unique symbol;

/** Microseconds since the engine started; only differences mean anything. */
export type Micros = number & { readonly [micros]: true };

/** The only source of time and of delay that core knows. */
export interface Scheduler {
  readonly now: Micros;
  /**
   * Runs `run` after `delayMicros` (0 or more). `label` names the work in traces. Entries that are
   * due together run in the order they were added.
   */
  after(delayMicros: number, label: string, run: () => void): void;
}

export function sleep(scheduler: Scheduler, delayMicros: number, label: string): Promise<void> {
  return new Promise((resolve) => {
    scheduler.after(delayMicros, label, resolve);
  });
}
