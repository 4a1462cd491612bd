/** Why a volume could not have its size or its place, in LVM's words. */
import type { PlaceError, PlaceNotice } from '../contract/place-errors.ts';
import { printable } from '../base/printable.ts';
import { sectors } from '../base/units.ts';
import { sizeWords } from './size-text.ts';

type Of<K extends PlaceError['code']> = Extract<PlaceError, { readonly code: K }>;

export const PLACE_SENTENCES: {
  readonly [K in PlaceError['code']]: (error: Of<K>) => readonly string[];
} = {
  'pv-range-twice': ({ device, range, twice }) => {
    const both = [range, twice].map(({ first, last }) => `${first}-${last}`).join(', ');
    return [`Overlapping PE ranges specified (${both}) on ${device}.`];
  },
  'pe-range-unreadable': ({ text }) => [`Physical extent parsing error at ${text}.`],
  'pe-range-outside': ({ first, last }) => [
    `PE range error: start extent ${first} to end extent ${last}.`,
  ],
  'volume-too-large': ({ size, extentSize }) => {
    const limit = sizeWords(sectors((2 ** 32 - 1) * extentSize));
    const fit = `for extent size ${sizeWords(extentSize)}`;
    return [`Volume too large (${sizeWords(size)}) ${fit}. Upper limit is less than ${limit}.`];
  },
  'size-zero': () => ['--extents may not be zero.'],
  'size-comes-to-zero': ({ rounded }) => {
    const how = rounded ? 'Adjusted' : 'Calculated';
    return [`${how} size of logical volume is 0 extents. Needs to be larger.`];
  },
  'size-of-no-origin': ({ isNew }) => [
    isNew ? "Couldn't find origin volume." : 'Specified LV does not have an origin LV.',
  ],
  'stripes-unsaid': () => ['Please specify number of stripes (-i) and stripesize (-I)'],
  'size-of-new-lv': ({ ofOrigin }) => [
    `Please express size as %FREE, ${ofOrigin ? '%ORIGIN, ' : ''}%PVS or %VG.`,
  ],
  'vg-short': ({ vg, needed, free }) => [
    `Volume group "${vg}" has insufficient free space (${free} extents): ${needed} required.`,
  ],
  'pvs-short': ({ needed, free }) => [
    `Insufficient free space: ${needed} extents needed, but only ${free} available`,
  ],
  'no-suitable-extents': ({ lv, contiguous, more }) => {
    const what = `${contiguous ? 'contiguous ' : ''}allocatable extents`;
    return more === undefined
      ? [`Insufficient suitable ${what} found for logical volume ${lv}.`]
      : [`Insufficient suitable ${what} for logical volume ${lv}: ${more} more required`];
  },
  'no-allocatable-pvs': ({ unusable }) => [
    ...unusable.map(({ device, why }) =>
      why === 'full'
        ? `WARNING: No free extents on physical volume "${device}".`
        : `WARNING: Physical volume ${device} not allocatable.`,
    ),
    'No specified PVs have space available.',
  ],
  'stripes-exceed-pvs': ({ stripes, pvs }) => [
    `Number of stripes (${stripes}) must not exceed number of physical volumes (${pvs})`,
  ],
  'stripes-invalid': ({ stripes }) => [`Number of stripes (${stripes}) must be between 1 and 128.`],
  'stripe-size-invalid': ({ size, command }) => [
    command === 'lvcreate' || Number.isInteger(Math.log2(size))
      ? `Invalid stripe size ${sizeWords(size)}.`
      : 'Stripe size must be power of 2.',
  ],
  'not-larger': ({ extents, existing, rounded }) => [
    extents === existing
      ? sameSize(extents) + (rounded ? '' : '.')
      : `New size given (${extents} extents) not larger than existing size (${existing} extents)`,
  ],
  'not-smaller': ({ extents, existing, rounded }) => [
    extents === existing
      ? sameSize(extents) + (rounded ? '' : '.')
      : `New size given (${extents} extents) not less than existing size (${existing} extents)`,
  ],
  'reduce-to-nothing': ({ vg, lv }) => [`Unable to reduce ${vg}/${lv} below 1 extent.`],
};

const sameSize = (count: number): string =>
  `New size (${count} extents) matches existing size (${count} extents)`;

type Why<K extends PlaceNotice['code']> = Extract<PlaceNotice, { readonly code: K }>['why'];

/** A whole line: not all of them are warnings. */
export function clingListWords(why: Why<'cling-list-odd'>): string {
  const setting = 'Configuration setting "allocation/cling_tag_list"';
  switch (why) {
    case 'empty-list':
      return `${setting} invalid. Empty value not allowed.`;
    case 'empty-string':
      return `${setting} invalid. It cannot be set to an empty value.`;
    default: {
      const wanted = 'array with values of type: string';
      return `WARNING: ${setting} has invalid type. Found ${why} but expected ${wanted}.`;
    }
  }
}

export function clingTagWords(why: Why<'cling-tag-ignored'>, text: string): string {
  const entry = 'in config file entry allocation/cling_tag_list';
  switch (why) {
    case 'no-string':
      return `Ignoring invalid string ${entry}`;
    case 'empty':
      return `Ignoring empty string ${entry}`;
    case 'no-at':
      return `Ignoring string not starting with @ ${entry}: ${printable(text)}`;
    case 'no-tag':
      return `Ignoring empty tag ${entry}`;
  }
}
