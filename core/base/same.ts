/**
 * Whether two plain values (what JSON can hold, and undefined) say the same. Parts that are the
 * same object are not looked into: of two states of a large group nearly all are.
 */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => same(item, b[index]));
  }
  const [mine, theirs] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  if (mine.length !== theirs.size) return false;
  return mine.every(([key, value]) => theirs.has(key) && same(value, theirs.get(key)));
}
