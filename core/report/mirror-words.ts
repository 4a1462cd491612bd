/** What LVM says of mirrors (reference 10.5-10.8, 11; as lvm 2.03.16 was seen to print it). */
import type { OutputLine } from '../contract/events.ts';
import type { MirrorError, MirrorNotice, MirrorQuestion } from '../contract/mirror-errors.ts';
import { hiddenLvLines } from './hidden-lv.ts';
import { sizeWords } from './size-text.ts';

export type Sentences<T extends { readonly code: string }, Out> = {
  readonly [K in T['code']]: (one: Extract<T, { readonly code: K }>) => Out;
};

export const said = (text: string): OutputLine => ({ stream: 'stdout', text });
export const warned = (text: string): OutputLine => ({
  stream: 'stderr',
  text: `WARNING: ${text}`,
});
const told = (...lines: readonly string[]): OutputLine => ({
  stream: 'stderr',
  text: lines.join('\n  '),
});

/** Percentages have two decimals; only what is done is 100. */
export const percentWords = (percent: number): string =>
  `${(Math.floor(percent * 100) / 100).toFixed(2)}%`;

export const MIRROR_SENTENCES: Sentences<MirrorError, readonly string[]> = {
  'lv-internal': hiddenLvLines,
  'too-many-images': ({ most }) => [`Only up to ${most} images in mirror supported currently.`],
  'images-not-on-pvs': () => ['Insufficient removable PVs given to satisfy request.'],
  'too-few-images': ({ lv, only }) => [
    only === undefined
      ? 'Unable to reduce images by specified amount.'
      : `Unable to reduce images by specified amount - only ${only} in ${lv}`,
  ],
  'no-room-for-images': () => ['Unable to allocate extents for mirror(s).'],
  'no-room-for-log': () => ['Unable to allocate extents for mirror log.'],
  'already-converting': ({ vg, lv }) => [
    `${vg}/${lv} is already being converted.  Unable to start another conversion.`,
  ],
  'mirror-out-of-sync': () => [
    "Can't add mirror to out-of-sync mirrored LV: use lvchange --resync first.",
  ],
  'split-out-of-sync': ({ vg, lv, inactive }) => [
    ...unknownSync(vg, lv, inactive),
    `Unable to split mirror ${vg}/${lv} that is not in-sync.`,
  ],
  'primary-out-of-sync': ({ vg, lv, inactive }) => [
    ...unknownSync(vg, lv, inactive),
    `Unable to remove primary mirror image while mirror volume ${vg}/${lv} is not in-sync.`,
  ],
  'lv-type-not-accepted': ({ vg, lv, type }) => [
    `Command on LV ${vg}/${lv} does not accept LV type ${type}.`,
    `Command not permitted on LV ${vg}/${lv}.`,
  ],
  'lv-not-converting': ({ vg, lv }) => [
    `Command on LV ${vg}/${lv} requires LV with properties: lv_is_converting .`,
    `Command not permitted on LV ${vg}/${lv}.`,
  ],
  'log-of-no-mirror': ({ isMirror }) => [
    `--corelog and --mirrorlog are only compatible with mirror devices${isMirror ? '.' : ''}`,
  ],
  'log-name-taken': ({ vg, lv }) => [
    `Unable to create LV ${lv} in Volume Group ${vg}: name already in use.`,
    'Failed to create mirror log.',
  ],
  'lv-hidden': ({ vg, lv }) => [`Operation not permitted on hidden LV ${vg}/${lv}.`],
  'images-unsaid': () => ['Conversions to --type mirror require -m/--mirrors'],
  'type-not-yet': ({ type }) => [`Volumes of type ${type} cannot be created here yet.`],
  'mirrored-log-deprecated': () => [
    'Log type "mirrored" is DEPRECATED. Use RAID1 LV or disk log instead.',
  ],
  'all-images-failed': ({ images }) => [`Removing more than existing: ${images} <= ${images}.`],
};

export const MIRROR_NOTICES: Sentences<MirrorNotice, OutputLine> = {
  'no-usable-images': ({ vg, lv }) => told(`No usable images left in ${vg}/${lv}.`),
  'sync-unknown': ({ vg, lv }) => told(...unknownSync(vg, lv, true)),
  'mirror-not-synced': () =>
    warned("New mirror won't be synchronised. Don't read what you didn't write!"),
  'mirror-unwatched': ({ vg, lv }) =>
    warned(`Mirror ${vg}/${lv} without monitoring will not react on failures.`),
  'mirrored-log-unsupported': () =>
    told('Log type "mirrored" creation/conversion is not supported for regular operation!'),
  'region-size-reduced': ({ size }) =>
    said(`Using reduced mirror region size of ${sizeWords(size)}`),
  'lv-converted': ({ vg, lv }) => said(`Logical volume ${vg}/${lv} converted.`),
  'lv-being-converted': ({ vg, lv }) => said(`Logical volume ${vg}/${lv} being converted.`),
  'lv-convert-percent': ({ vg, lv, percent }) =>
    said(`${vg}/${lv}: Converted: ${percentWords(percent)}`),
  'conversion-after-activation': () => said('Conversion starts after activation.'),
  'image-count-same': ({ vg, lv, images }) =>
    warned(`${vg}/${lv} already has image count of ${images}.`),
  'lv-successfully-converted': ({ vg, lv }) =>
    said(`Logical volume ${vg}/${lv} successfully converted.`),
  'nothing-to-repair': ({ vg, lv }) => said(`Volume ${vg}/${lv} is consistent. Nothing to repair.`),
  'images-failed': ({ what, failed, of }) =>
    said(`Mirror ${what === 'logs' ? 'log ' : ''}status: ${failed} of ${of} images failed.`),
  'up-converting': ({ images, logs }) =>
    warned(`Trying to up-convert to ${images} images, ${logs} logs.`),
  'copy-not-written': ({ vg, device }) =>
    told(`Failed to write metadata to ${device}.`, `WARNING: Failed to write an MDA of VG ${vg}.`),
  'not-replaced': ({ vg, lv, what, failed, of }) =>
    warned(`Failed to replace ${failed} of ${of} ${what} in volume ${vg}/${lv}.`),
  'extending-images': ({ images }) => said(`Extending ${images} mirror images.`),
};

export const MIRROR_QUESTIONS: Sentences<MirrorQuestion, string> = {
  'deactivate-for-resync': ({ vg, lv }) =>
    `Do you really want to deactivate logical volume ${vg}/${lv} to resync it? [y/n]: `,
  'replace-images': () =>
    'Attempt to replace failed mirror images (requires full device resync)? [y/n]: ',
  'replace-log': () => 'Attempt to replace failed mirror log? [y/n]: ',
};

const unknownSync = (vg: string, lv: string, inactive: true | undefined): readonly string[] =>
  inactive ? [`Unable to determine mirror sync status of ${vg}/${lv}.`] : [];
