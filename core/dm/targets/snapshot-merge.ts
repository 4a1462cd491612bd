import { ok } from '../../base/result.ts';
import { Merge } from '../snapshot/merge.ts';
import { SnapshotUser } from '../snapshot/user.ts';
import type { TargetType } from '../target.ts';

/** An origin into which a snapshot flows back, with the arguments of that (reference 5.5, 6.1). */
export const snapshotMerge: TargetType = {
  name: 'snapshot-merge',
  version: [1, 5, 0],
  usage: '<origin device> <COW device> <P|PO> <chunk size> [<#features> <feature>...]',

  construct(args, host) {
    const made = SnapshotUser.make(args, true, host);
    if (!made.ok) return made;
    const user = made.value;
    const merge = new Merge(user, host, host.origins);
    const { snapshot, ...common } = user.common(() => merge.failed);
    return ok({
      ...common,
      snapshot() {
        const state = snapshot();
        return state && (merge.merging ? { ...state, merging: merge.merging } : state);
      },
      map: (io) => ({ kind: 'taken', ending: merge.io(io) }),
      flush: () => merge.flush(),
      working: () => merge.isWorking,
      presuspend: () => merge.stop(),
      postsuspend() {
        user.isSuspended = true;
        return undefined;
      },
      resume() {
        void user.resumed();
        merge.start();
        return undefined;
      },
      close() {
        const ends = [merge.stop(), user.close()].filter((one) => one !== undefined);
        return ends.length === 0 ? undefined : Promise.all(ends).then(() => undefined);
      },
    });
  },
};
