/** Logs of mirrors: making one, and filling it before anybody uses it (reference 6.2, 10.2). */
import { must } from '../../../base/assert.ts';
import { sectors, type Sectors } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import type { AllocationPolicy } from '../../../contract/state.ts';
import type { Step } from '../../../contract/plan.ts';
import { dmName } from '../../activate/names.ts';
import {
  lvExtentCount,
  type LogicalVolume,
  type Segment,
  type VolumeGroup,
} from '../../format/model.ts';
import { fittingRegion } from '../../format/region-size.ts';
import type { OpContext } from '../context.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { hasLv } from '../../format/sound-lvs.ts';
import {
  hidden,
  hiddenLv,
  imageName,
  logName,
  lvNamed,
  mirrorOf,
  mirrorSegment,
  nextImageNumber,
  shown,
  withLvs,
} from './parts.ts';

interface LogWish {
  /** Segments of each of its copies: one, or two. */
  readonly places: readonly (readonly Segment[])[];
  readonly region: Sectors;
  readonly policy?: AllocationPolicy | undefined;
}

/** The log of a mirror, seen until it is attached, and its own images where it is a mirror. */
function makeLog(
  context: OpContext,
  vg: VolumeGroup,
  lv: string,
  { places, region, policy }: LogWish,
): readonly LogicalVolume[] {
  const name = logName(lv);
  const [only, second] = places;
  const part = (own: string, segments: readonly Segment[]): LogicalVolume =>
    hiddenLv(context, own, segments, policy);
  if (!second) return [shown(part(name, must(only, 'the place of the log')))];
  const first = nextImageNumber(vg, name);
  const images = places.map((segments, index) => part(imageName(name, first + index), segments));
  const count = lvExtentCount(must(images[0], 'an image of the log'));
  const regionSize = fittingRegion(region, sectors(count * vg.extentSize));
  const names = images.map((image) => image.name);
  return [shown(part(name, [mirrorSegment(count, names, { regionSize })])), ...images];
}

/** A log that a conversion left behind when it was cut short is in the way of the next one. */
function logNameTaken(vg: VolumeGroup, lv: string): VolumeError | undefined {
  const name = logName(lv);
  return hasLv(vg, name) ? { code: 'log-name-taken', vg: vg.name, lv: name } : undefined;
}

/**
 * A version with the log as a volume of its own, which is filled.
 * @param next the version without it
 */
export function createLog(
  stages: Stages,
  next: VolumeGroup,
  lv: string,
  { synced, ...wish }: LogWish & { readonly synced: boolean },
): VolumeError | undefined {
  const taken = logNameTaken(next, lv);
  if (taken) return taken;
  const vg = withLvs(next, ...makeLog(stages.context, next, lv, wish));
  const filled = fillLog(stages, vg, logName(lv), synced);
  if (isRefusal(filled)) return filled;
  return stages.change({ title: `Create the log of ${lv}`, next: vg, after: filled });
}

/** The version in which the log is a part of the mirror. */
export function withLog(vg: VolumeGroup, name: string, called = logName(name)): VolumeGroup {
  const log = lvNamed(vg, called);
  const lv = lvNamed(vg, name);
  const segment = { ...must(mirrorOf(lv), 'a mirror'), log: log.name };
  return withLvs(vg, { ...lv, segments: [segment] }, hidden(log));
}

/** Brings a log up alone, fills it, and takes it down again. @param vg the version that has it */
export function fillLog(
  stages: Stages,
  vg: VolumeGroup,
  log: string,
  synced: boolean,
): readonly Step[] | VolumeError {
  const up = stages.activate(vg, log);
  if (isRefusal(up)) return up;
  const down = stages.deactivate(vg, log);
  if (isRefusal(down)) return down;
  return [...up, initStep(dmName(vg.name, log), synced), ...down];
}

function initStep(device: string, synced: boolean): Step {
  return {
    what: `fill the log ${device}`,
    why: synced
      ? 'What the extents held before must not be taken for regions that have to be copied.'
      : 'What the extents held before must not be taken for regions that are in sync.',
    action: { kind: 'init-mirror-log', device, synced },
    undo: { kind: 'none', because: 'the extents belong to nobody else' },
  };
}
