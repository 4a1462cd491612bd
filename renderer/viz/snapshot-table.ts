/** What snapshot lines of a table say of the devices below them (reference 5.5). */
import type { TargetState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';

/** `merge`: a store flows back into the origin, whose own device it is. */
export interface SnapshotTable {
  readonly kind: 'origin' | 'snapshot' | 'merge';
  readonly origin: DevNo;
  /** Of all but an origin. */
  readonly store?: DevNo;
}

const KINDS: Readonly<Record<string, SnapshotTable['kind']>> = {
  'snapshot-origin': 'origin',
  snapshot: 'snapshot',
  'snapshot-merge': 'merge',
};

/** Undefined: another type, or words that none of them has. */
export function snapshotTable({ type, params }: TargetState): SnapshotTable | undefined {
  const kind = KINDS[type];
  const [origin, store] = params.split(' ') as readonly DevNo[];
  if (kind === undefined || origin === undefined || origin === ('' as DevNo)) return undefined;
  if (kind === 'origin') return { kind, origin };
  return store === undefined ? undefined : { kind, origin, store };
}
