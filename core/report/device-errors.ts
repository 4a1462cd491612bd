/** What is wrong with the device of a volume, in LVM's words. */
import { printable } from '../base/printable.ts';
import type { DeviceError } from '../contract/device-errors.ts';

const aborting = (vg: string, part: string): string =>
  `Aborting.  LV ${vg}/${part} is now incomplete and '--activationmode partial' was not specified.`;

type Of<K extends DeviceError['code']> = Extract<DeviceError, { readonly code: K }>;

export const DEVICE_SENTENCES: {
  readonly [K in DeviceError['code']]: (error: Of<K>) => readonly string[];
} = {
  'disk-unusable': ({ device, why }) => [
    `Device ${device} cannot be used: ${printable(why)}.`,
    'A disk that cannot be read is not missing: detach it if it is lost.',
  ],
  'beyond-volume': ({ volume, size, offset, length }) => [
    length === undefined
      ? `${volume}: byte ${offset} lies outside its ${size} bytes.`
      : `${volume}: ${length} bytes from byte ${offset} on reach outside its ${size} bytes.`,
  ],
  'lv-inactive': ({ vg, lv }) => [`Logical volume ${vg}/${lv} is not active.`],
  'activation-partial': ({ vg, lv }) => [
    `Refusing activation of partial LV ${vg}/${lv}.  Use '--activationmode partial' to override.`,
  ],
  'refresh-partial': ({ vg, lv }) => [
    `Refusing refresh of partial LV ${vg}/${lv}. Use '--activationmode partial' to override.`,
  ],
  // LVM cannot suspend it, and then cannot go back either.
  'reload-partial': ({ vg, lv, part }) =>
    ['suspend', 'revert'].flatMap((what) => [
      aborting(vg, part),
      `Failed to ${what} logical volume ${vg}/${lv}.`,
    ]),
  'monitor-partial': ({ vg, part }) => [aborting(vg, part)],
  'lv-in-use': ({ vg, lv, held, device }) => {
    const what = device === undefined ? `Logical volume ${vg}/${lv}` : `Device ${device}`;
    return [`${what} ${held ? 'is used by another device' : 'in use'}.`];
  },
  'minor-in-use': ({ vg, lv, minor, creating }) => [
    `The requested major:minor pair (253:${minor}) is already used.`,
    ...(creating ? [`Failed to activate new LV ${vg}/${lv}.`] : []),
  ],
  'minor-out-of-range': ({ minor, max }) => [`Minor number ${minor} outside range 0-${max}.`],
  'minor-not-persistent': ({ vg, lv }) => [
    `Minor number is already not persistent for ${vg}/${lv}.`,
  ],
  'resize-fs-inactive': ({ vg, lv }) => [
    `Logical volume ${vg}/${lv} must be activated before resizing filesystem.`,
  ],
  'resize-fs-unknown': () => ['Filesystem check failed.'],
  'mirrors-vary': () => ['Cannot vary number of mirrors in LV yet.'],
  'policies-unsupported': () => [
    'Policy-based resize is supported only for snapshot, thin pool and vdo pool volumes.',
  ],
  'read-ahead-same': ({ vg, lv, readAhead }) => [
    `Read ahead is already ${readAhead} for ${vg}/${lv}.`,
  ],
};
