/** How long a server is waited for, and how often it is tried again. Microseconds. */
const SECOND = 1_000_000;

export const RETRY = {
  /** From dialling to the end of the handshake. */
  attemptMicros: 3 * SECOND,
  /** Between one attempt and the next: doubled each time, from the first to the last. */
  firstDelay: SECOND / 20,
  lastDelay: 3 * SECOND,
  /** After so long, or so many attempts, requests fail; from then on only demand leads to more. */
  patience: 30 * SECOND,
  attempts: 20,
  /** Between two attempts that a request leads to. */
  spacing: SECOND,
  /** A connection that has lasted so long has worked. */
  lasting: 5 * SECOND,
  /** Connections that may break under one request: it may be what breaks them. */
  breaks: 5,
  /** With requests under way: after so long the server counts as not answering, */
  silent: 5 * SECOND,
  /** and after so long the connection as broken. */
  broken: 30 * SECOND,
} as const;

export function delayBefore(attempt: number): number {
  return Math.min(RETRY.lastDelay, RETRY.firstDelay * 2 ** Math.min(attempt, 16));
}
