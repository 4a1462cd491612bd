/** Words of `status` and `flags` (reference 2.4, 2.5). An unknown word in `status` is an error. */
import type { Fields } from './config/fields.ts';

const VG_STATUS = ['EXPORTED', 'RESIZEABLE', 'PVMOVE', 'READ', 'WRITE', 'CLUSTERED', 'SHARED'];
const VG_FLAGS = ['WRITE_LOCKED', 'NOAUTOACTIVATE'];
/** No longer written; found in old backups. */
const VG_OLD = ['PARTIAL'];

/** MISSING is written in `flags` and was once written in `status`. */
const PV_STATUS = ['ALLOCATABLE', 'EXPORTED', 'MISSING'];

const LV_STATUS = [
  'READ',
  'WRITE',
  'FIXED_MINOR',
  'VISIBLE',
  'PVMOVE',
  'LOCKED',
  'NOTSYNCED',
  'REBUILD',
  'WRITEMOSTLY',
];
const LV_FLAGS = [
  'WRITE_LOCKED',
  'ACTIVATION_SKIP',
  'NOAUTOACTIVATE',
  'ERROR_WHEN_FULL',
  'CACHE_VOL',
];

/** What may stand in `status`: a reader takes the words of either list in either place. */
const STATUS_WORDS: Readonly<Record<'vg' | 'pv' | 'lv', ReadonlySet<string>>> = {
  vg: new Set([...VG_STATUS, ...VG_FLAGS, ...VG_OLD]),
  pv: new Set(PV_STATUS),
  lv: new Set([...LV_STATUS, ...LV_FLAGS]),
};

export const isLvStatus = (word: string): boolean => STATUS_WORDS.lv.has(word);

/** The status list, all of whose words must be known. */
export function knownWords(fields: Fields, of: 'vg' | 'pv' | 'lv'): readonly string[] {
  const words = fields.words('status');
  const unknown = words.find((word) => !STATUS_WORDS[of].has(word));
  if (unknown !== undefined) fields.fail('status', `"${unknown}" is not a known status`);
  return words;
}
