/**
 * A mirror without what has failed (reference 7.3, 10.14): parts on PVs that are missing, and parts
 * to which the running mirror could not write although their disks are there.
 */
import { must } from '../../../base/assert.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { LvmId } from '../../../base/ids.ts';
import type { Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import { partialLvs } from '../../format/partial.ts';
import type { LogicalVolume } from '../../format/model.ts';
import { realDeviceOf, unreadDisk } from '../find.ts';
import { copyingOf, type Conversion, type Converted, type LvconvertRequest } from '../lvconvert.ts';
import { missingPvs } from '../missing.ts';
import { DEFAULT_REGION } from '../../format/region-size.ts';
import type { Stages } from '../stages.ts';
import { addImages, addLog, layerForNothing, mirrorVolume, sameAgain } from './add-images.ts';
import { placeFor } from './convert.ts';
import { drop, failureOf } from './failure.ts';
import {
  allImages,
  COPIES,
  imagesOf,
  innermost,
  layerOf,
  logKindOf,
  lvNamed,
  mirrorOf,
  type LogKind,
} from './parts.ts';
import { pvsUnder } from './place-images.ts';
import { primaryOutOfSync } from './remove-images.ts';

type Repair = Extract<Conversion, { kind: 'repair' }>;
type Done = Result<Converted, VolumeError>;

export function repair(
  request: LvconvertRequest,
  to: Repair,
  stages: Stages,
  lv: LogicalVolume,
): Done {
  const { vg, context } = stages;
  const names = { vg: vg.name, lv: lv.name };
  const failure = failureOf(stages, lv);
  const { images, added, log } = failure;
  const failed = images.length + added.length;
  if (failed === 0 && !log) return ok({ done: [{ code: 'nothing-to-repair', ...names }] });
  const before = allImages(vg, lv).length;
  if (failed >= before) return err({ code: 'all-images-failed', images: failed });
  const kind = logKindOf(vg, lv);
  const warnings: Notice[] = [];
  if (failed > 0) warnings.push({ code: 'images-failed', what: 'images', failed, of: before });
  if (log) warnings.push({ code: 'images-failed', what: 'logs', failed: 1, of: 1 });
  const owner = innermost(vg, lv);
  const segment = must(mirrorOf(owner), 'a mirror');
  const device = realDeviceOf(context, vg, owner)?.name ?? '';
  const source = imagesOf(segment)[context.sourceLeg(device)];
  // One that is there, and may work again, has what no other one has. LVM writes a disk off that it
  // cannot read just now, and takes a leg that was never complete for the data; so it does where
  // any other disk of the volume is missing.
  const mayReturn = (image: string): boolean =>
    !isPartial(stages, image) || unreadDisk(context) !== undefined;
  const isSourceLost = source !== undefined && images.includes(source);
  if (isSourceLost && mayReturn(source) && !stages.isSynced(owner)) {
    return err(primaryOutOfSync(stages, lv));
  }
  const lostLog = log ? segment.log : undefined;
  const gone = [...images, ...added, ...(lostLog === undefined ? [] : [lostLog])];
  const wasConverting = layerOf(vg, lv) !== undefined;
  const missing = missingPvs(stages.scanned);
  const under = new Set(
    gone.flatMap((name) => {
      const pvs = [...pvsUnder(vg, lvNamed(vg, name))];
      // Of one that misses a disk, the others under it are as good as any.
      return isPartial(stages, name) ? pvs.filter((id) => missing.includes(id)) : pvs;
    }),
  );
  const region = segment.regionSize ?? DEFAULT_REGION;
  const refused = drop(stages, lv, failure);
  if (refused) return err(refused);
  const replaces = (failed > 0 && to.images === 'replace') || (log && to.log === 'replace');
  if (!replaces) return ok({ warnings, done: [] });
  const wish = {
    request,
    stages,
    name: lv.name,
    before,
    kind,
    failed: under,
    region,
    lost: { failed, log },
    wasConverting,
  };
  const done = replace(wish, to, warnings);
  if (!done.ok || !to.asks) return done;
  const code = failed > 0 ? 'replace-images' : 'replace-log';
  return ok({ ...done.value, questions: [{ code }] });
}

const isPartial = ({ vg, scanned }: Stages, name: string): boolean =>
  partialLvs(vg, missingPvs(scanned)).has(name);

interface Replacement {
  readonly request: LvconvertRequest;
  readonly stages: Stages;
  readonly name: string;
  /** Images before the failure. */
  readonly before: number;
  readonly kind: LogKind;
  /** PVs that failed: nothing new goes there. */
  readonly failed: ReadonlySet<LvmId>;
  readonly region: Sectors;
  readonly lost: { readonly failed: number; readonly log: boolean };
  /** What was being converted is not given another image by the same command. */
  readonly wasConverting: boolean;
}

/**
 * As many images and logs as there were. Where there is no room for all of them, as in LVM, one
 * image less, down to two; then without a log.
 */
function replace(wish: Replacement, to: Repair, warnings: Notice[]): Done {
  const { stages, name, before, kind, lost } = wish;
  const names = { vg: stages.vg.name, lv: name };
  const present = Math.max(1, allImages(stages.vg, stages.lv(name)).length);
  const hadLog = kind !== 'core';
  const wantsLog = to.log === 'replace' && hadLog && (lost.log || present === 1);
  let total = to.images === 'replace' ? before : present;
  let logs = wantsLog || (hadLog && !lost.log) ? 1 : 0;
  let done = false as boolean;
  for (;;) {
    warnings.push({ code: 'up-converting', images: total, logs });
    const refused = upConvert(wish, total, logs > 0);
    if (refused?.code === 'several') {
      for (const error of refused.errors) warnings.push({ code: 'lv-skipped', error });
    } else if (refused) return err(refused);
    done = !refused;
    if (done || (total <= 2 && logs === 0)) break;
    if (total > 2) total--;
    else logs = 0;
  }
  const images = Math.max(1, allImages(stages.vg, stages.lv(name)).length);
  const failed = (what: 'images' | 'logs', count: number, of: number): void => {
    if (count > 0) warnings.push({ code: 'not-replaced', ...names, what, failed: count, of });
  };
  if (to.images === 'replace') failed('images', before - images, before);
  if (wantsLog && logKindOf(stages.vg, stages.lv(name)) === 'core') failed('logs', 1, 1);
  const begins = images > present ? { begins: copyingOf(stages, stages.lv(name)) } : {};
  return ok({ warnings, done: [], ...begins });
}

/** @returns why not: `several` where fewer may do */
function upConvert(wish: Replacement, total: number, log: boolean): VolumeError | undefined {
  const { request, stages, name, kind, region, failed } = wish;
  const present = Math.max(1, allImages(stages.vg, stages.lv(name)).length);
  // First: with it, what the legs have in common stays known while more of them are made.
  const lacksLog = log && present > 1 && logKindOf(stages.vg, stages.lv(name)) === 'core';
  if (lacksLog) {
    const refused = replaceLog(wish);
    if (refused) return refused;
  }
  if (total <= present) return lacksLog ? undefined : sameAgain(stages, name);
  if (wish.wasConverting) {
    const error = { code: 'already-converting', vg: stages.vg.name, lv: name } as const;
    return { code: 'several', errors: [error] };
  }
  const logs = { copies: log && present === 1 ? COPIES[kind] : 0, region };
  const images = total - present;
  const placed = placeFor(request, stages, stages.lv(name), { images, logs, failed });
  if (!placed.ok) {
    const layered = present > 1 && logKindOf(stages.vg, stages.lv(name)) !== 'core';
    return (layered ? layerForNothing(stages, name) : undefined) ?? placed.error;
  }
  return present === 1
    ? mirrorVolume(stages, name, placed.value, region)
    : addImages(stages, name, placed.value);
}

function replaceLog(wish: Replacement): VolumeError | undefined {
  const { request, stages, name, kind, region, failed } = wish;
  const logs = { copies: COPIES[kind], region };
  const placed = placeFor(request, stages, stages.lv(name), { images: 0, logs, failed });
  // As it was when the old one was taken out.
  return placed.ok ? addLog(stages, name, placed.value.logs, stages.inSync) : placed.error;
}
