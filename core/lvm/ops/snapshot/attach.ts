/** A volume becomes the store of a snapshot, empty or with what it kept before (`lvconvert -s`). */
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, extentsToSectors, type Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Step } from '../../../contract/plan.ts';
import { dmName } from '../../activate/names.ts';
import { logged, reloadSteps } from '../../activate/steps.ts';
import { findLv, isWritable, lvExtentCount, type LogicalVolume } from '../../format/model.ts';
import { isLocked } from '../../format/pvmove.ts';
import { isSeen } from '../../format/shown.ts';
import { snapshotOn, snapshotsTaken } from '../../format/snapshots.ts';
import { refusedAfter } from '../after.ts';
import { refuseOpen } from '../find.ts';
import type { Converted } from '../lvconvert.ts';
import { zeroStep } from '../lvcreate.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { withLink } from './link.ts';
import { DEFAULT_CHUNK } from './sizes.ts';

/** The header, an area for exceptions, and one chunk of data. */
const LEAST_CHUNKS = 3;

/** 4 KiB to 512 KiB, in sectors. */
const [LEAST_CHUNK, MOST_CHUNK] = [8, 1024];

const fits = (chunk: Sectors): boolean =>
  chunk >= LEAST_CHUNK && chunk <= MOST_CHUNK && Number.isInteger(Math.log2(chunk));

export interface Attached {
  /** Name of the volume that it is a snapshot of from now on. */
  readonly origin: string;
  /** In sectors; default 4 KiB. */
  readonly chunkSize?: Sectors;
  /** What it kept before counts again. */
  readonly unzeroed?: true;
}

export function attach(
  stages: Stages,
  store: LogicalVolume,
  { origin: name, chunkSize = DEFAULT_CHUNK, unzeroed }: Attached,
): Result<Converted, VolumeError> {
  const { vg, context } = stages;
  const names = { vg: vg.name, lv: store.name };
  if (!fits(chunkSize)) return err({ code: 'chunk-size-odd' });
  const origin = findLv(vg, name);
  if (!origin) return err({ code: 'no-such-origin', vg: vg.name, origin: name });
  if (origin === store) return err({ code: 'snapshot-of-itself', ...names });
  const small = tooSmall(stages, store, chunkSize);
  if (small) return err(small);
  const why = whyNot(stages, origin);
  if (why) return err({ code: 'no-origin', why });
  // Linux makes an origin a store, and loses its snapshots with it.
  if (snapshotsTaken(vg, store.name).length > 0) return err({ code: 'store-is-origin', ...names });
  const becomes: readonly Notice[] = [{ code: 'becomes-store', ...names }];
  const open = refuseOpen(context, vg, store);
  if (open) {
    const errors = [open, { code: 'store-stays-up', ...names } as const];
    return err(refusedAfter(becomes, { code: 'several', errors }));
  }
  const keeps = unzeroed === true || !isWritable(store);
  const before = takeOver(stages, store, chunkSize, keeps);
  if (isRefusal(before)) return err(before);
  const next = withLink(context, vg, { store: store.name, origin: name, chunkSize });
  const change = { title: `Make ${store.name} a snapshot of ${name}`, next, before };
  const failed = stages.isActive(origin) ? inUse(stages, name, change) : stages.change(change);
  if (failed) return err(failed);
  const kept: readonly Notice[] = keeps ? [{ code: 'store-not-zeroed', ...names }] : [];
  return ok({
    warnings: becomes,
    questions: [{ code: 'convert-to-store', ...names }],
    done: [...kept, { code: 'snapshot-attached', ...names }],
  });
}

function tooSmall({ vg }: Stages, store: LogicalVolume, chunk: Sectors): VolumeError | undefined {
  const size = (LEAST_CHUNKS * chunk) as Sectors;
  if (extentsToSectors(lvExtentCount(store), vg.extentSize) >= size) return undefined;
  const count = extents(Math.ceil(size / vg.extentSize));
  return { code: 'store-too-small', chunks: LEAST_CHUNKS, count, size };
}

function whyNot(
  { vg }: Stages,
  origin: LogicalVolume,
): Extract<VolumeError, { code: 'no-origin' }>['why'] | undefined {
  if (snapshotOn(vg, origin.name)) return 'snapshot';
  if (!isSeen(vg, origin)) return 'hidden';
  if (isLocked(origin)) return 'locked';
  return snapshotsTaken(vg, origin.name).some(({ merging }) => merging) ? 'merging' : undefined;
}

/** Its start is cleared, so that the kernel takes it for empty; then it goes down. */
function takeOver(
  stages: Stages,
  store: LogicalVolume,
  chunk: Sectors,
  keeps: boolean,
): readonly Step[] | VolumeError {
  const { vg } = stages;
  const names = { vg: vg.name, lv: store.name };
  const up = keeps ? [] : stages.activate(vg, store.name);
  if (isRefusal(up)) return up;
  const zero = keeps
    ? []
    : logged(
        [zeroStep(dmName(vg.name, store.name), chunk)],
        [
          { code: 'wiping-lv', ...names },
          { code: 'zeroing-lv', ...names, size: chunk },
        ],
      );
  const down = stages.deactivate(vg, store.name);
  return isRefusal(down) ? down : [...up, ...zero, ...down];
}

/** The origin gets its layer in one cycle with the version. */
function inUse(
  stages: Stages,
  origin: string,
  change: Parameters<Stages['change']>[0],
): VolumeError | undefined {
  const before = stages.tree(stages.vg, origin);
  if (isRefusal(before)) return before;
  const root = stages.tree(change.next, origin);
  if (isRefusal(root)) return root;
  return stages.change({ ...change, reload: reloadSteps(root, stages.kernel, { before }) });
}
