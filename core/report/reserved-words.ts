/** Words that `-S` takes for the values of a field beside what the field itself says. */
import type { SelectField } from './selection-value.ts';
import { UNDEFINED } from './value.ts';

/** Of fields that hold or not: each of these words, and `yes`. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  pv_allocatable: ['allocatable'],
  pv_exported: ['exported'],
  pv_missing: ['missing'],
  pv_in_use: ['used', 'in use'],
  pv_duplicate: ['duplicate'],
  vg_extendable: ['extendable'],
  vg_exported: ['exported'],
  vg_autoactivation: ['enabled'],
  vg_partial: ['partial'],
  vg_clustered: ['clustered'],
  vg_shared: ['shared'],
  lv_initial_image_sync: ['initial image sync', 'sync'],
  lv_image_synced: ['image synced', 'synced'],
  lv_merging: ['merging'],
  lv_converting: ['converting'],
  lv_allocation_locked: ['allocation locked', 'locked'],
  lv_fixed_minor: ['fixed minor', 'fixed'],
  lv_skip_activation: ['skip activation', 'skip'],
  lv_autoactivation: ['enabled'],
  lv_active_locally: ['active locally', 'active', 'locally'],
  lv_active_remotely: ['active remotely', 'active', 'remotely'],
  lv_active_exclusively: ['active exclusively', 'active', 'exclusively'],
  lv_historical: ['historical'],
  lv_merge_failed: ['merge failed', 'failed'],
  lv_snapshot_invalid: ['snapshot invalid', 'invalid'],
  lv_check_needed: ['check needed', 'needed'],
  lv_suspended: ['suspended'],
  lv_live_table: ['live table present', 'live table', 'live'],
  lv_inactive_table: ['inactive table present', 'inactive table', 'inactive'],
  lv_device_open: ['open'],
  zero: ['zero'],
};

/** Synonyms of what a field shows, and amounts that have a name. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  vg_permissions: { rw: 'writeable', 'read-write': 'writeable', r: 'read-only', ro: 'read-only' },
  lv_permissions: {
    rw: 'writeable',
    'read-write': 'writeable',
    r: 'read-only',
    ro: 'read-only',
    'ro-override': 'read-only-override',
    'r-override': 'read-only-override',
    R: 'read-only-override',
  },
  vg_mda_copies: { unmanaged: UNDEFINED },
  lv_read_ahead: { auto: UNDEFINED },
};

const NOT_KNOWN: readonly string[] = ['-1', 'unknown', 'undefined', 'undef'];

/** The key that a word stands for; undefined where the word is nothing special to the field. */
export function reservedKey(
  { name, type }: SelectField,
  word: string,
): string | number | undefined {
  if (type === 'number' && NOT_KNOWN.includes(word)) return UNDEFINED;
  const flags = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (flags) {
    if (word === 'yes' || flags.includes(word)) return 1;
    return word === 'no' ? 0 : undefined;
  }
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  return words && Object.hasOwn(words, word) ? words[word] : undefined;
}
