/** Snapshots as the metadata has them: which volume is the store of what was taken of which. */
import type { LvState, VgState } from '../../core/contract/state.ts';

type Lvs = Pick<VgState, 'lvs'>;

/** Those that were taken of a volume, in the order of the group. */
export const snapshotsTaken = ({ lvs }: Lvs, origin: string): readonly LvState[] =>
  lvs.filter(({ snapshot }) => snapshot?.origin === origin);

/** The one that goes back to a volume. */
export const mergingInto = (group: Lvs, origin: string): LvState | undefined =>
  snapshotsTaken(group, origin).find(({ snapshot }) => snapshot?.merging);

/** Names of the volumes that stand with one: of a snapshot its origin, of an origin all of them. */
export function kinOf(group: Lvs, name: string): readonly string[] {
  const origin = group.lvs.find((lv) => lv.name === name)?.snapshot?.origin;
  return origin === undefined ? snapshotsTaken(group, name).map((lv) => lv.name) : [origin];
}

/** What volumes are to snapshots, by name. */
export type SnapshotRoles = ReadonlyMap<string, SnapshotRole>;

export interface SnapshotRole {
  readonly as: 'origin' | 'store';
  /** `origin of s`, `COW store of o`. */
  readonly words: string;
}

export function snapshotRoles({ lvs }: Lvs): SnapshotRoles {
  const roles = new Map<string, SnapshotRole>();
  const taken = new Map<string, string[]>();
  for (const { name, snapshot } of lvs) {
    if (!snapshot) continue;
    const { origin, merging } = snapshot;
    taken.set(origin, [...(taken.get(origin) ?? []), name]);
    roles.set(name, {
      as: 'store',
      words: `COW store ${merging ? 'merging into' : 'of'} ${origin}`,
    });
  }
  for (const [origin, names] of taken) {
    const of = names.length === 1 ? names[0] : `${names.length} snapshots`;
    roles.set(origin, { as: 'origin', words: `origin of ${of}` });
  }
  return roles;
}
