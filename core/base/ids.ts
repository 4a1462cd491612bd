/** LVM identifiers (reference 1.4): 32 characters, printed in groups of 6-4-4-4-4-4-6. */
declare const brand: unique symbol;

/** 32 characters without dashes, as in labels and device-mapper UUIDs. */
export type LvmId = string & { readonly [brand]: 'lvm-id' };

const CREATED_FROM = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const VALID = /^[0-9a-zA-Z!#]{32}$/;
const GROUPS = [6, 4, 4, 4, 4, 4, 6];

/** @param below returns an integer in [0, limit). */
export function newLvmId(below: (limit: number) => number): LvmId {
  let id = '';
  for (let i = 0; i < 32; i++) id += CREATED_FROM.charAt(below(CREATED_FROM.length));
  return id as LvmId;
}

/** Accepts both spellings, with and without dashes; undefined if it is not an identifier. */
export function parseLvmId(text: string): LvmId | undefined {
  const id = text.replaceAll('-', '');
  return VALID.test(id) ? (id as LvmId) : undefined;
}

/** `xvUwUd-ia0N-q2w2-dxLc-alTK-SnSB-MwvDFB`. Identifiers that begin with `#` are printed raw. */
export function formatLvmId(id: LvmId): string {
  if (id.startsWith('#')) return id;
  let at = 0;
  return GROUPS.map((length) => id.slice(at, (at += length))).join('-');
}
