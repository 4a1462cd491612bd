/** Why there is no connection, or none any more. `why` is a clause about the address. */
export interface NbdFailure {
  readonly kind:
    /** Nobody is there, or nobody answers. */
    | 'unreachable'
    /** The server said no. */
    | 'refused'
    /** What it said is against the protocol; nothing it said before is taken back. */
    | 'protocol'
    /** The connection was there, and has ended. */
    | 'ended';
  readonly why: string;
}

export const broke = (how: string): NbdFailure => ({
  kind: 'protocol',
  why: `broke the NBD protocol: ${how}`,
});
