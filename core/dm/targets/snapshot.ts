import { ok } from '../../base/result.ts';
import { PASSES_DOWN, ZEROES_COW } from '../snapshot/args.ts';
import { chunksOf } from '../snapshot/pieces.ts';
import { joinedAll } from '../endings.ts';
import { SnapshotUser } from '../snapshot/user.ts';
import type { Ending, TargetIo, TargetType } from '../target.ts';

/** An origin as it was; what is written here stays here (reference 5.5, 6.1). */
export const snapshot: TargetType = {
  name: 'snapshot',
  version: [1, 16, 0],
  usage: '<origin device> <COW device> <P|PO|N> <chunk size> [<#features> <feature>...]',

  construct(args, host) {
    const made = SnapshotUser.make(args, false, host);
    if (!made.ok) return made;
    const user = made.value;
    const lost = { kind: 'fail', reason: 'the snapshot is invalid' } as const;
    const has = (feature: string): boolean => user.args.features.includes(feature);

    /** As the kernel does: of the store first, and then of the origin if the table says so. */
    async function discard(io: Extract<TargetIo, { op: 'discard' }>): Promise<Ending> {
      const { offset, count } = io;
      const kept = await discardKept(io);
      if (!has(PASSES_DOWN)) return kept;
      const start = offset;
      const passed = host.device(user.origin).submit({ op: 'discard', start, count });
      return joinedAll([Promise.resolve(kept), passed]);
    }

    /** Gives back what is kept of whole chunks: they read as zeros then. */
    function discardKept(io: Extract<TargetIo, { op: 'discard' }>): Promise<Ending> {
      const { offset, count } = io;
      const one = user.snapshot;
      if (!has(ZEROES_COW) || !one) return Promise.resolve(ok());
      const { first, last } = chunksOf(offset, count, one.chunkSize);
      const isWhole = offset % one.chunkSize === 0 && count % one.chunkSize === 0;
      const isKept = isWhole && last === first && one.exceptions.has(first);
      return isKept ? one.write({ ...io, op: 'zero', unmap: true }) : one.write(io);
    }

    return ok({
      ...user.common(),
      map(io) {
        const one = user.snapshot;
        if (!one?.valid) return lost;
        if (io.op === 'read') return { kind: 'taken', ending: one.read(io) };
        return { kind: 'taken', ending: io.op === 'discard' ? discard(io) : one.write(io) };
      },
      flush: () => user.snapshot?.flush() ?? Promise.resolve(ok()),
      working: () => user.snapshot?.pending.isEmpty === false,
      postsuspend() {
        user.isSuspended = true;
        return undefined;
      },
      resume: () => user.resumed(),
      close: () => user.close(),
    });
  },
};
