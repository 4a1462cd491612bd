/** Wishes of people, who name devices and volumes, to plans of moves and back to their words. */
import type { LvmId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { extents } from '../base/units.ts';
import { joinWords } from '../base/words.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { MoveProposal, MoveWish, OwnedRun, PvMap } from '../contract/moves.ts';
import { allocatablePvIds } from '../lvm/format/free-areas.ts';
import { findLv, type VolumeGroup } from '../lvm/format/model.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import { linesOf } from '../lvm/moves/lines.ts';
import { planMoves, type MovePlan } from '../lvm/moves/plan-moves.ts';
import type { NoPlan, Piece, Wish } from '../lvm/moves/types.ts';
import { hasDuplicates, vgToRead } from '../lvm/ops/find.ts';
import { missingPvs } from '../lvm/ops/missing.ts';
import { readPlaces } from '../lvm/ops/pv-places.ts';
import type { Scan, ScannedVg } from '../lvm/scan-types.ts';
import { validateVolumeGroup } from '../lvm/format/validate.ts';

type Answer<T> = Result<T, VolumeError>;

/** Plans against the group as it was found; nothing is changed. */
export function proposeMoves(scan: Scan, wish: MoveWish): Answer<MoveProposal> {
  const found = groupOf(scan, wish);
  if (!found.ok) return found;
  const scanned = found.value;
  const unfit = whyUnfit(scan, scanned);
  if (unfit) return err(unfit);
  const read = wishOf(scanned, wish);
  if (!read.ok) return read;
  const { vg } = scanned;
  const open = allocatablePvIds(vg, new Set(missingPvs(scanned)));
  const plan = planMoves(vg, read.value, { together: wish.together === true, open });
  if (!plan.ok) return err(errorOf(scanned, wish, plan.error));
  return ok(proposalOf(scanned, plan.value));
}

function groupOf(scan: Scan, wish: MoveWish): Answer<ScannedVg> {
  if ('volume' in wish) return vgToRead({ scan }, wish.volume.split('/')[0] ?? '');
  const { device } = wish;
  const pv = [...scan.pvs, ...scan.duplicates].find(({ path }) => path === device);
  const name = pv?.vgName;
  if (!pv) return err({ code: 'not-a-pv', device, command: 'pvmove' });
  if (name === undefined) return err({ code: 'pv-not-in-a-vg', device, what: 'other' });
  const group = scan.vgs.find(({ devices }) => devices.get(pv.label.pvId) === pv);
  return group ? ok(group) : vgToRead({ scan }, name);
}

/** Why nothing of the group can be moved as it is. */
function whyUnfit(scan: Scan, scanned: ScannedVg): VolumeError | undefined {
  const { vg } = scanned;
  const { name } = vg;
  if (vg.status.includes('EXPORTED')) return { code: 'vg-exported', vg: name };
  if (!vg.status.includes('WRITE')) return { code: 'vg-read-only', vg: name };
  if (hasDuplicates(scan, scanned)) return { code: 'duplicate-pvs', vg: name };
  const pvIds = missingPvs(scanned);
  if (pvIds.length > 0) return { code: 'vg-missing-pvs', vg: name, pvIds, direct: true };
  const faults = validateVolumeGroup(vg).map(({ sentence }) => sentence);
  return faults.length > 0 ? { code: 'metadata-unsound', vg: name, faults } : undefined;
}

function wishOf(scanned: ScannedVg, wish: MoveWish): Answer<Wish> {
  switch (wish.kind) {
    case 'empty':
      return emptyWish(scanned, wish);
    case 'compact': {
      const pvId = pvIdOf(scanned, wish.device);
      if (!pvId.ok) return pvId;
      const { to } = wish;
      return ok({ kind: 'compact', pvId: pvId.value, ...(to === undefined ? {} : { to }) });
    }
    case 'contiguous': {
      const { part } = wish;
      return ok({ kind: 'contiguous', lv: lvOf(wish.volume), ...(part ? { part } : {}) });
    }
    case 'spread': {
      const over: LvmId[] = [];
      for (const device of wish.over) {
        const pvId = pvIdOf(scanned, device);
        if (!pvId.ok) return pvId;
        if (!over.includes(pvId.value)) over.push(pvId.value);
      }
      return ok({ kind: 'spread', lv: lvOf(wish.volume), over });
    }
    case 'run': {
      const from = pvIdOf(scanned, wish.device);
      if (!from.ok) return from;
      const to = pvIdOf(scanned, wish.to.device);
      if (!to.ok) return to;
      const { first } = wish.to;
      return ok({
        kind: 'run',
        from: { pvId: from.value, start: wish.first, count: wish.count },
        to: { pvId: to.value, ...(first === undefined ? {} : { start: first }) },
      });
    }
  }
}

function emptyWish(
  scanned: ScannedVg,
  { device, to = [] }: Extract<MoveWish, { kind: 'empty' }>,
): Answer<Wish> {
  const pvId = pvIdOf(scanned, device);
  if (!pvId.ok) return pvId;
  if (to.length === 0) return ok({ kind: 'empty', pvId: pvId.value });
  const places = readPlaces(scanned, to);
  if (!places.ok) return places;
  const ranges = [...places.value.ranges].map(
    ([id, each]) => [id, each.map(({ first, last }) => ({ start: first, end: last + 1 }))] as const,
  );
  return ok({ kind: 'empty', pvId: pvId.value, over: new Map(ranges) });
}

const lvOf = (volume: string): string => volume.split('/').slice(1).join('/');

function pvIdOf({ vg, devices }: ScannedVg, device: string): Answer<LvmId> {
  const pv = vg.pvs.find(({ id }) => devices.get(id)?.path === device);
  return pv ? ok(pv.id) : err({ code: 'pv-not-in-vg', device, vg: vg.name });
}

const pathOf = ({ vg, devices }: ScannedVg, pvId: LvmId): string =>
  devices.get(pvId)?.path ?? vg.pvs.find(({ id }) => id === pvId)?.deviceHint ?? '[unknown]';

function errorOf(scanned: ScannedVg, wish: MoveWish, no: NoPlan): VolumeError {
  const vg = scanned.vg.name;
  const device = (pvId: LvmId): string => pathOf(scanned, pvId);
  switch (no.why) {
    case 'nothing':
      return { code: 'no-data-to-move', vg };
    case 'all-stays':
      return { code: 'no-data-to-move', vg, skipped: true };
    case 'stays':
      return no.reason === 'converting'
        ? { code: 'move-while-converting', vg, lv: no.piece.lv }
        : { code: 'moves-stay', vg, lv: no.piece.lv, why: no.reason };
    case 'no-such-lv':
      return { code: 'lv-not-found', vg, lv: no.lv };
    case 'outside': {
      const range = { first: no.first, last: no.last };
      const ofVolume = wish.kind === 'contiguous';
      return { code: ofVolume ? 'le-range-outside' : 'pe-range-outside', ...range };
    }
    case 'not-open': {
      const unusable = [{ device: device(no.pvId), why: 'not-allocatable' }] as const;
      return { code: 'no-allocatable-pvs', unusable };
    }
    case 'onto-itself':
      return { code: 'moves-onto-itself' };
    case 'taken': {
      const { pvId, start, count, lv } = no.by;
      const last = extents(start + count - 1);
      const place = { device: device(pvId), first: extents(start), last };
      return { code: 'moves-place-taken', ...place, vg, lv };
    }
    case 'kin':
      return { code: 'moves-kin', vg, lv: no.lv, device: device(no.pvId), kin: no.kin };
    case 'short':
      return no.free === 0
        ? { code: 'no-extents-to-move-to' }
        : { code: 'pvs-short', needed: extents(no.needed), free: extents(no.free) };
    case 'unplaced': {
      const contiguous = wish.kind === 'contiguous';
      const kin = no.kin ? { kin: no.kin } : {};
      const count = extents(no.count);
      return { code: 'moves-unplaced', vg, lv: no.lv, count, contiguous, ...kin };
    }
    case 'no-turning':
      return { code: 'moves-no-turning', count: extents(no.count) };
    case 'below-use': {
      const counts = { count: extents(no.to), allocated: extents(no.used) };
      return { code: 'pv-shrink-below-use', device: device(no.pvId), ...counts };
    }
  }
}

function proposalOf(scanned: ScannedVg, plan: MovePlan): MoveProposal {
  const { vg } = scanned;
  const device = (pvId: LvmId): string => pathOf(scanned, pvId);
  const runs = (pieces: readonly Piece[]): readonly OwnedRun[] => joined(vg, pieces);
  return {
    vg: vg.name,
    lines: linesOf(vg, plan.moves, device).map(({ argv, moves }) => ({
      argv,
      text: joinWords(argv),
      moves: moves.length,
    })),
    moves: plan.moves.map(({ piece, to, aside }) => ({
      lv: piece.lv,
      count: extents(piece.count),
      from: { device: device(piece.pvId), first: extents(piece.start) },
      to: { device: device(to.pvId), first: extents(to.start) },
      ...(aside ? { aside } : {}),
    })),
    maps: vg.pvs
      .filter(({ id }) => plan.touched.includes(id))
      .map(({ id, peCount }): PvMap => ({
        device: device(id),
        pvId: id,
        extentCount: peCount,
        before: runs(plan.before(id)),
        after: runs(plan.after(id)),
      })),
    stays: plan.stays.map(({ piece, reason }) => ({
      ...runOf(vg, piece),
      device: device(piece.pvId),
      why: reason,
    })),
    extents: extents(plan.extents),
    twice: extents(plan.twice),
  };
}

function runOf(vg: VolumeGroup, { lv, segment, start, count }: Piece): OwnedRun {
  const body = findLv(vg, lv)?.segments[segment];
  const type = body ? segmentTypeName(body) : '';
  return { first: extents(start), count: extents(count), lv, type };
}

/** Segments of a linear volume that come to continue one another are one, as LVM writes them. */
function joined(vg: VolumeGroup, pieces: readonly Piece[]): readonly OwnedRun[] {
  const out: { run: OwnedRun; last: Piece }[] = [];
  for (const piece of pieces) {
    const before = out.at(-1);
    if (before && goesOn(vg, before.last, piece)) {
      const count = extents(before.run.count + piece.count);
      out[out.length - 1] = { run: { ...before.run, count }, last: piece };
    } else out.push({ run: runOf(vg, piece), last: piece });
  }
  return out.map(({ run }) => run);
}

function goesOn(vg: VolumeGroup, a: Piece, b: Piece): boolean {
  if (a.lv !== b.lv || a.start + a.count !== b.start) return false;
  const segments = findLv(vg, a.lv)?.segments ?? [];
  const [one, two] = [segments[a.segment], segments[b.segment]];
  if (one?.kind !== 'striped' || two?.kind !== 'striped') return false;
  if (one.areas.length !== 1 || two.areas.length !== 1) return false;
  return one.start + a.offset + a.count === two.start + b.offset;
}
