/** What a mirror has lost, and what is left of it then (reference 7.3, 10.14, 11.3). */
import { must } from '../../../base/assert.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { mirrorsOf, type MirrorPart } from '../../activate/mirror-status.ts';
import { partialLvs } from '../../format/partial.ts';
import type { LogicalVolume, VolumeGroup } from '../../format/model.ts';
import { realDeviceOf } from '../find.ts';
import { missingPvs } from '../missing.ts';
import type { Stages } from '../stages.ts';
import { abandon, collapse } from './add-images.ts';
import { allImages, imagesOf, innermost, layerOf, lvNamed, mirrorOf } from './parts.ts';
import { removeImages } from './remove-images.ts';

export interface Failure {
  /** Of the innermost mirror: these were complete. */
  readonly images: readonly string[];
  /** Of those that a layer copies to. */
  readonly added: readonly string[];
  readonly log: boolean;
}

/** @param lost names of volumes that miss something, parts of other mirrors among them */
export function failureIn(vg: VolumeGroup, lv: LogicalVolume, lost: ReadonlySet<string>): Failure {
  const owner = innermost(vg, lv);
  const complete = allImages(vg, owner);
  const log = mirrorOf(owner)?.log;
  const isLost = (name: string): boolean => lost.has(name);
  return {
    images: complete.filter(isLost),
    added: allImages(vg, lv).slice(complete.length).filter(isLost),
    log: log !== undefined && isLost(log),
  };
}

/**
 * On PVs that are missing, and what the running mirror could not write to although it is there. A
 * mirrored log goes as a whole: LVM finds nothing to repair where one leg of it only fails, and
 * what the log has to be told waits for ever.
 */
export function failureOf(stages: Stages, lv: LogicalVolume): Failure {
  const { vg, scanned } = stages;
  const dead = [lv, innermost(vg, lv)].flatMap((mirror) => {
    const { log, ...segment } = must(mirrorOf(mirror), 'a mirror');
    const [status] = statusesOf(stages, mirror);
    const images = imagesOf(segment).filter((_, index) => isDead(status?.legs[index]));
    const hasDeadLog =
      log !== undefined &&
      (isDead(status?.log) ||
        statusesOf(stages, lvNamed(vg, log)).some(({ legs }) => legs.some(isDead)));
    return hasDeadLog ? [...images, log] : images;
  });
  return failureIn(vg, lv, new Set([...partialLvs(vg, missingPvs(scanned)), ...dead]));
}

const statusesOf = ({ vg, context }: Stages, lv: LogicalVolume) =>
  mirrorsOf(realDeviceOf(context, vg, lv));

/** Reads and copies that fail are no reason to give a leg up (reference 7.3). */
const isDead = (part: MirrorPart | undefined): boolean =>
  part !== undefined && ['D', 'F', 'U'].includes(part.health);

export const isSome = ({ images, added, log }: Failure): boolean =>
  images.length > 0 || added.length > 0 || log;

/** What is left of a mirror, one after the other: its layer, images, log. */
export function drop(
  stages: Stages,
  lv: LogicalVolume,
  { images, added, log }: Failure,
): VolumeError | undefined {
  const layer = layerOf(stages.vg, lv);
  if (layer) {
    // What the layer lost can be dropped only once it is the mirror again; a new image that has
    // not all of the data is no image yet. Nor is one that was written where the log of the mirror
    // in the layer could not be told: by its word the region is clean.
    const keeps = added.length === 0 && stages.isSynced(lv) && !log;
    const old = allImages(stages.vg, layer).length;
    if (!keeps && images.length === old) {
      return { code: 'all-images-failed', images: images.length + added.length };
    }
    return (keeps ? collapse : abandon)(stages, lv.name, { images, log });
  }
  const lost = images.length > 0 || log;
  return lost ? removeImages(stages, lv.name, { images, log }) : undefined;
}
