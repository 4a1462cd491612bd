/** What the server grants to clients, all of whom it takes to be hostile. */

export interface NbdLimits {
  /** At the same time; who comes then is turned away. Default 64. */
  readonly connections: number;
  /** Microseconds from connecting to the choice of an export. Default 10 s. */
  readonly handshake: number;
  /** Options before that choice. Default 64. */
  readonly options: number;
  /** Requests of one connection that the device has at once. Default 128. */
  readonly requests: number;
  /**
   * Microseconds that others may have to wait for memory which a client keeps, by not taking its
   * replies or not sending what it has announced, before that client is disconnected. Default 2 s.
   */
  readonly stall: number;
  /** Microseconds that a client has to take its last replies. Default 5 s. */
  readonly finish: number;
}

const SECOND = 1_000_000;

export const NBD_LIMITS: NbdLimits = {
  connections: 64,
  handshake: 10 * SECOND,
  options: 64,
  requests: 128,
  stall: 2 * SECOND,
  finish: 5 * SECOND,
};

/** Bytes that all connections together may keep in flight, unless something else is asked for. */
export const NBD_MEMORY = 64 * 2 ** 20;

/** The largest request, in bytes: what the protocol wants every server to take. */
export const MAX_REQUEST = 32 * 2 ** 20;
