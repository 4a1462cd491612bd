/** Why LVM refuses a name (reference 2.8, 13). */
import type { VolumeError } from '../contract/errors.ts';

type Refused = Extract<VolumeError, { readonly code: 'name-refused' }>;

const VALID_SET = 'Name contains invalid character, valid set includes: [a-zA-Z0-9.-_+].';

export function refusedName(error: Refused): readonly string[] {
  const { object, name } = error;
  if (object === 'tag') return [`Invalid tag ${name}`];
  if (object === 'lv') return refusedLvName(error);
  const { max } = error;
  if (max !== undefined) return [`New volume group path exceeds maximum length of ${max}!`];
  return [...reason(error), `New volume group name "${name}" is invalid.`];
}

function refusedLvName({ name, why, reserved, isNew, max }: Refused): readonly string[] {
  const choose = 'Please choose a different LV name.';
  if (why === 'reserved-prefix') return [`Names starting "${reserved}" are reserved. ${choose}`];
  if (why === 'reserved-part') return [`Names including "${reserved}" are reserved. ${choose}`];
  if (isNew && max !== undefined) {
    return [`New logical volume name "${name}" may not exceed ${max} characters.`];
  }
  if (isNew) return [`New logical volume name "${name}" is invalid`];
  return [`Logical volume name "${name}" is invalid.`];
}

function reason({ why }: Refused): readonly string[] {
  switch (why) {
    case 'empty':
      return ['Name is zero length.'];
    case 'character':
      return [VALID_SET];
    case 'hyphen':
      return ['Name cannot start with hyphen.'];
    case 'dots':
      return ['Name starts with . or .. and has no following character(s).'];
    case 'too-long':
      return ['Name length exceeds maximum limit of 127.'];
    case 'reserved-prefix':
    case 'reserved-part':
      return [];
  }
}
