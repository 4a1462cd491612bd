/**
 * A new snapshot (reference 10.3): first a volume like any other, whose start is cleared so that
 * the kernel takes it for an empty store; then the link to the origin, in one cycle with it.
 */
import { newLvmId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, sectors, type Extents, type Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Plan, Step } from '../../../contract/plan.ts';
import { dmName } from '../../activate/names.ts';
import { logged, reloadSteps } from '../../activate/steps.ts';
import { findLv, lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { checkLvName } from '../../format/names.ts';
import { isLocked } from '../../format/pvmove.ts';
import { isSeen } from '../../format/shown.ts';
import {
  isVirtualOrigin,
  snapshotOn,
  snapshotsTaken,
  virtualOriginName,
} from '../../format/snapshots.ts';
import type { ScannedVg } from '../../scan-types.ts';
import { refusedAfter } from '../after.ts';
import type { OpContext } from '../context.ts';
import {
  newVolume,
  placeNew,
  refuse,
  takeBack,
  zeroStep,
  type LvcreateRequest,
  type SnapshotWish,
} from '../lvcreate.ts';
import { nextVersion } from '../metadata-steps.ts';
import { hidden, lvNamed, withLvs } from '../mirror/parts.ts';
import { isRefusal, Stages } from '../stages.ts';
import { DEFAULT_CHUNK, fitStore, shareOfOrigin, tooSmall, type StoreSize } from './sizes.ts';

export function planNewSnapshot(
  request: LvcreateRequest,
  wish: SnapshotWish,
  name: string,
  context: OpContext,
  scanned: ScannedVg,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const badName = checkLvName(vg.name, name);
  if (badName) return err(badName);
  const taken = originOf(vg, wish, context);
  if (!taken.ok) return taken;
  const origin = taken.value;
  const placed = placeStore(request, wish, name, scanned, origin);
  if (!placed.ok) return placed;
  const { readOnly, ...written } = request;
  const store = newVolume(written, context, name, placed.value.segments);
  const stages = new Stages(context, scanned);
  const refused =
    makeStore(stages, store, wish.chunkSize ?? DEFAULT_CHUNK) ??
    linkStore(stages, request, wish, store, origin, readOnly === true);
  if (refused) return err(refusedAfter(placed.value.notices, refused));
  return ok(
    stages.plan({
      title: `Create snapshot ${vg.name}/${name} of ${origin.lv.name}`,
      log: { first: [{ code: 'creating-lv', lv: name }] },
      warnings: [...placed.value.notices, ...origin.notices],
      done: [{ code: 'lv-created', lv: name }],
    }),
  );
}

interface Origin {
  /** One that is to be made is not in the group yet. */
  readonly lv: LogicalVolume;
  readonly isNew: boolean;
  readonly notices: readonly Notice[];
}

function originOf(
  vg: VolumeGroup,
  wish: SnapshotWish,
  context: OpContext,
): Result<Origin, VolumeError> {
  if ('origin' in wish) {
    const lv = findLv(vg, wish.origin);
    if (!lv) return err({ code: 'snapshot-origin-not-found', vg: vg.name, lv: wish.origin });
    return ok({ lv, isNew: false, notices: [] });
  }
  const count = extents(Math.ceil(wish.virtualSize / vg.extentSize));
  const size = sectors(count * vg.extentSize);
  const zeroes = { kind: 'zero', start: extents(0), count, tags: [], extra: [] } as const;
  const lv: LogicalVolume = { ...ownPart(context, 'origin', [zeroes]), status: ['READ'] };
  const notices: readonly Notice[] =
    size === wish.virtualSize ? [] : [{ code: 'rounded-up', size }];
  return ok({ lv, isNew: true, notices });
}

/** A volume that is made along with a snapshot. */
const ownPart = (
  { random, header }: OpContext,
  name: string,
  segments: LogicalVolume['segments'],
): LogicalVolume => ({
  name,
  id: newLvmId((limit) => random.below(limit)),
  status: ['READ', 'WRITE', 'VISIBLE'],
  flags: [],
  tags: [],
  creationTime: BigInt(header.creationTime),
  creationHost: header.creationHost,
  segments,
  extra: [],
});

/** The store's extents. Refused in LVM's order: the size, the name, then the origin. */
function placeStore(
  request: LvcreateRequest,
  wish: SnapshotWish,
  name: string,
  scanned: ScannedVg,
  { lv: origin, isNew }: Origin,
) {
  const { vg } = scanned;
  const chunk = wish.chunkSize ?? DEFAULT_CHUNK;
  const length = lvExtentCount(origin);
  return placeNew(request, scanned, name, {
    ...(isNew ? {} : { ofOrigin: (percent: number) => shareOfOrigin(vg, length, chunk, percent) }),
    fit: (total: Extents): Result<StoreSize, VolumeError> => {
      // As in LVM nothing limits the store of a snapshot of nothing.
      const fitted = isNew ? { count: total, notices: [] } : fitStore(vg, total, length, chunk);
      const refused =
        refuse(request, vg, name) ??
        (isNew ? undefined : refuseOrigin(vg, origin)) ??
        tooSmall(vg, total, chunk);
      if (refused) return err(refusedAfter(fitted.notices, refused));
      const isMirror = origin.segments.some(({ kind }) => kind === 'mirror');
      const warned: readonly Notice[] = isMirror ? [{ code: 'snapshot-of-mirror' }] : [];
      return ok({ ...fitted, notices: [...fitted.notices, ...warned] });
    },
  });
}

function refuseOrigin(vg: VolumeGroup, origin: LogicalVolume): VolumeError | undefined {
  if (snapshotOn(vg, origin.name)) return { code: 'no-origin', why: 'snapshot' };
  if (isVirtualOrigin(origin)) return { code: 'no-origin', why: 'virtual' };
  if (isLocked(origin)) return { code: 'no-origin', why: 'locked' };
  if (!isSeen(vg, origin)) return { code: 'no-origin', why: 'hidden' };
  const merges = snapshotsTaken(vg, origin.name).some(({ merging }) => merging);
  return merges ? { code: 'no-origin', why: 'merging' } : undefined;
}

/** An ordinary volume, up for just as long as it takes to clear its first chunk. */
function makeStore(stages: Stages, store: LogicalVolume, chunk: Sectors): VolumeError | undefined {
  const next = withLvs(stages.vg, store);
  const names = { vg: next.name, lv: store.name };
  const { minor, uuid } = treeHead(stages, next, store);
  if (minor !== undefined && stages.context.minorTaken(minor, uuid)) {
    return { code: 'minor-in-use', ...names, minor, creating: true };
  }
  const up = stages.activate(next, store.name);
  if (isRefusal(up)) return up;
  const down = stages.deactivate(next, store.name);
  if (isRefusal(down)) return down;
  const zero = logged(
    [zeroStep(dmName(next.name, store.name), chunk)],
    [
      { code: 'wiping-lv', ...names },
      { code: 'zeroing-lv', ...names, size: chunk },
    ],
  );
  const back = takeBack(stages.context, stages.scanned, nextVersion(next), down);
  if (!back.ok) return back.error;
  return stages.change({
    title: `Create the store ${store.name}`,
    next,
    after: [...logged(up, [{ code: 'activating-lv', ...names }]), ...zero, ...down],
    fallback: back.value,
  });
}

function treeHead(
  stages: Stages,
  vg: VolumeGroup,
  { name }: LogicalVolume,
): { readonly minor?: number; readonly uuid: string } {
  const tree = stages.tree(vg, name);
  return isRefusal(tree) ? { uuid: '' } : tree;
}

/** The version in which it is a snapshot; an origin in use gets its new table with it. */
function linkStore(
  stages: Stages,
  request: LvcreateRequest,
  wish: SnapshotWish,
  store: LogicalVolume,
  { lv, isNew }: Origin,
  readOnly: boolean,
): VolumeError | undefined {
  const { vg: before, context } = stages;
  const origin = isNew ? { ...lv, name: virtualOriginName(store.name) } : lv;
  const status = hidden(store).status.filter((word) => !readOnly || word !== 'WRITE');
  const link = ownPart(context, nextLinkName(before), [
    {
      kind: 'snapshot',
      start: extents(0),
      count: lvExtentCount(origin),
      tags: [],
      chunkSize: wish.chunkSize ?? DEFAULT_CHUNK,
      origin: origin.name,
      store: store.name,
      merging: false,
      extra: [],
    },
  ]);
  const parts = isNew ? [origin, link] : [link];
  const next = withLvs(before, { ...store, status }, ...parts);
  const title = `Take the snapshot ${store.name} of ${origin.name}`;
  const recovery = takeBack(context, stages.scanned, before, [], store.name);
  if (!recovery.ok) return recovery.error;
  const root = stages.tree(next, origin.name);
  if (isRefusal(root)) return root;
  const parted = { title, next, recovery: recovery.value };
  if (isNew) {
    const isUp = request.activate ?? true;
    const up = isUp ? stages.activate(next, origin.name) : ([] as readonly Step[]);
    return isRefusal(up) ? up : stages.change({ ...parted, after: up });
  }
  if (!stages.isActive(lvNamed(before, origin.name))) return stages.change(parted);
  const old = stages.tree(before, origin.name);
  if (isRefusal(old)) return old;
  return stages.change({ ...parted, reload: reloadSteps(root, stages.kernel, { before: old }) });
}

/** `snapshot` and the first number that is free. */
export function nextLinkName(vg: VolumeGroup): string {
  let number = 0;
  while (findLv(vg, `snapshot${number}`)) number++;
  return `snapshot${number}`;
}
