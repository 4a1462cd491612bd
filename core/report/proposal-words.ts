/** Why no moves are proposed, in LVM's words where pvmove has them (reference 13). */
import type { ProposalError } from '../contract/moves.ts';

type Of<K extends ProposalError['code']> = Extract<ProposalError, { readonly code: K }>;

/** LVM's, of whatever does not fit. */
const NO_EXTENTS = 'No extents available for allocation.';

const KIN: Readonly<Record<Of<'moves-kin'>['kin'], string>> = {
  legs: 'another leg of its mirror is there',
  log: 'the log or a leg of its mirror is there',
  stripes: 'another stripe of it is there',
};

export const PROPOSAL_SENTENCES: {
  readonly [K in ProposalError['code']]: (error: Of<K>) => readonly string[];
} = {
  'moves-stay': ({ vg, lv, why }) => [
    {
      locked: `Skipping locked LV ${vg}/${lv}.`,
      unsupported: `Volume ${vg}/${lv} is of a type that cannot be moved here.`,
    }[why],
  ],
  'moves-onto-itself': () => [NO_EXTENTS, 'Source and destination are the same extents.'],
  'moves-place-taken': ({ device, first, last, vg, lv }) => [
    NO_EXTENTS,
    `Extents ${first}-${last} of ${device} belong to ${vg}/${lv}.`,
  ],
  'moves-kin': ({ vg, lv, device, kin }) => [`${vg}/${lv} cannot go to ${device}: ${KIN[kin]}.`],
  'moves-no-turning': ({ count }) => [
    NO_EXTENTS,
    `Extents would change places, and there is no room to put ${count} aside.`,
  ],
  'moves-unplaced': ({ vg, lv, count, contiguous, kin }) => [
    `Insufficient suitable ${contiguous ? 'contiguous ' : ''}allocatable extents for logical ` +
      `volume ${vg}/${lv}: ${count} more required`,
    ...(kin ? [`There is room on a PV where it may not be: ${KIN[kin]}.`] : []),
  ],
  'le-range-outside': ({ first, last }) => [
    `LE range error: start extent ${first} to end extent ${last}.`,
  ],
};
