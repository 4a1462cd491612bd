/** The last images of a mirror as a volume of their own (reference 12.1, `--splitmirrors`). */
import { must } from '../../../base/assert.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { renewSteps } from '../../activate/steps.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { checkLvName } from '../../format/names.ts';
import { hasLv } from '../../format/sound-lvs.ts';
import type { Conversion, Converted, LvconvertRequest } from '../lvconvert.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { namedPvs } from './convert.ts';
import { forget, reloadWith } from './detach.ts';
import {
  hidden,
  hiddenLv,
  imageName,
  imagesOf,
  layerOf,
  lvNamed,
  mirrorOf,
  mirrorSegment,
  shown,
  withLvs,
  withoutLvs,
} from './parts.ts';
import { chooseImages, imagesOn, without } from './remove-images.ts';

type Split = Extract<Conversion, { kind: 'split' }>;

/** The images keep their devices: one becomes the new volume, several its images. */
export function splitImages(
  request: LvconvertRequest,
  { images: count, name }: Split,
  stages: Stages,
  lv: LogicalVolume,
): Result<Converted, VolumeError> {
  const { vg } = stages;
  const names = { vg: vg.name, lv: lv.name };
  const segment = must(mirrorOf(lv), 'a mirror');
  const present = imagesOf(segment);
  // LVM takes none apart, and says nothing.
  if (count === 0) return ok({ done: [] });
  if (layerOf(vg, lv)) return err({ code: 'already-converting', ...names });
  if (count >= present.length) {
    return err({ code: 'too-few-images', lv: lv.name, only: present.length });
  }
  const badName = checkLvName(vg.name, name);
  if (badName) return err(badName);
  if (hasLv(vg, name)) return err({ code: 'lv-exists', vg: vg.name, lv: name, splitting: true });
  const active = stages.isActive(lv);
  // What was never copied is in sync by the word of whoever made it.
  if (!stages.isSynced(lv)) {
    return err({ code: 'split-out-of-sync', ...names, ...(!active && { inactive: true }) });
  }
  const pvs = namedPvs(request, stages);
  if (!pvs.ok) return pvs;
  const removable = pvs.value ? imagesOn(vg, present, pvs.value) : present;
  if (removable.length < count) return err({ code: 'images-not-on-pvs' });
  const chosen = chooseImages(stages, lv, count, pvs.value);
  if (!chosen.ok) return chosen;
  const splits = present.filter((image) => chosen.value.includes(image));
  stages.inSync = true;
  const refused = detach(stages, lv, splits, name);
  return refused ? err(refused) : ok({ done: [{ code: 'lv-converted', ...names }] });
}

function detach(
  stages: Stages,
  lv: LogicalVolume,
  chosen: readonly string[],
  name: string,
): VolumeError | undefined {
  const { next, gone } = without(stages.vg, lv, { images: chosen, log: false });
  const split = chosen.length > 1 ? severalImages(stages, next, lv, chosen, name) : undefined;
  const vg = split ?? oneImage(next, must(chosen[0], 'the image that is split off'), name);
  const left = gone.filter((one) => !chosen.includes(one));
  const active = stages.isActive(lv);
  // Its images are the same as long as nobody forgets it: nothing is copied.
  const synced = withLvs(vg, withSync(lvNamed(vg, name)));
  const cycle = active ? reloadWith(stages, synced, lv.name, [...left, name]) : undefined;
  if (cycle && isRefusal(cycle)) return cycle;
  // The devices are there under the names of the images.
  const tree = active ? stages.tree(synced, name) : undefined;
  if (tree && isRefusal(tree)) return tree;
  const after = tree ? renewSteps(tree, stages.kernel) : [];
  const title = `Split ${name} off ${lv.name}`;
  return (
    stages.change({ title, next: vg, ...(cycle && { reload: cycle }), after }) ??
    forget(stages, lv.name, left)
  );
}

function oneImage(vg: VolumeGroup, image: string, name: string): VolumeGroup {
  const old = lvNamed(vg, image);
  const renamed = { ...shown(old), name };
  return { ...vg, lvs: vg.lvs.map((one) => (one === old ? renamed : one)) };
}

/**
 * A mirror of its own, with its regions in memory, all in sync. As in LVM the first image's volume
 * becomes the mirror, and a new one takes what it was.
 */
function severalImages(
  { context }: Stages,
  vg: VolumeGroup,
  lv: LogicalVolume,
  chosen: readonly string[],
  name: string,
): VolumeGroup {
  const { regionSize } = must(mirrorOf(lv), 'a mirror');
  const [first = '', ...others] = chosen;
  const top = lvNamed(vg, first);
  const images = [
    hiddenLv(context, imageName(name, 0), top.segments),
    ...others.map((image, index) => ({
      ...hidden(lvNamed(vg, image)),
      name: imageName(name, index + 1),
    })),
  ];
  const parts = images.map((image) => image.name);
  const region = regionSize === undefined ? {} : { regionSize };
  const segment = mirrorSegment(lvExtentCount(lv), parts, region);
  const mirror = { ...shown(top), name, segments: [segment] };
  return withLvs(withoutLvs(vg, chosen), mirror, ...images);
}

/** For its tables only: the metadata does not say so. */
const withSync = (lv: LogicalVolume): LogicalVolume => ({
  ...lv,
  status: [...lv.status, 'NOTSYNCED'],
});
