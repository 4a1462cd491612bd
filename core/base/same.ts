/**
 * Whether two plain values (what JSON can hold, and undefined) say the same. Parts that are the
 * same object are not looked into: of two states of a large group nearly all are.
 */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) if (!same(a[at], b[at])) return false;
    return true;
  }
  const [mine, theirs] = [a as Plain, b as Plain];
  const keys = Object.keys(mine);
  if (keys.length !== Object.keys(theirs).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(theirs, key) || !same(mine[key], theirs[key])) return false;
  }
  return true;
}

type Plain = Readonly<Record<string, unknown>>;
