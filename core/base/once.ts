/** Computes what belongs to an immutable object once, and forgets it with the object. */
export function oncePer<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const cached = known.get(key);
    if (cached) return cached.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}
