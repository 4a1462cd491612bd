/**
 * What the window remembers from one start to the next: looks only, nothing of a lab. Whatever
 * stands in the storage was perhaps written by another version, or by hand: it is checked.
 */
const PREFIX = 'lvstudio.';

/** Makes the value of what was stored; undefined: rubbish, as if nothing had been stored. */
export type Reader<T> = (stored: unknown) => T | undefined;

/** Undefined where nothing was stored, nothing usable, or where there is no storage. */
export function recall<T>(name: string, read: Reader<T>): T | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : read(JSON.parse(text));
  } catch {
    // Not JSON, or a browser that keeps nothing: the window starts as it does the first time.
    return undefined;
  }
}

/** @param value anything JSON can hold */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Full or forbidden: the window works all the same, it only forgets.
  }
}

export const oneOf =
  <T extends string>(allowed: readonly T[]): Reader<T> =>
  (stored) =>
    allowed.find((one) => one === stored);

export const aBoolean: Reader<boolean> = (stored) =>
  typeof stored === 'boolean' ? stored : undefined;

export const numberWithin =
  (least: number, most: number): Reader<number> =>
  (stored) =>
    typeof stored === 'number' && stored >= least && stored <= most ? stored : undefined;

/** Shares of a group of panels in percent, by panel: exactly these panels, 100 together. */
export const sharesOf =
  (panels: readonly string[]): Reader<Record<string, number>> =>
  (stored) => {
    if (typeof stored !== 'object' || stored === null) return undefined;
    const shares = new Map(Object.entries(stored));
    if (shares.size !== panels.length) return undefined;
    const read = panels.map((panel) => numberWithin(0, 100)(shares.get(panel)));
    const sum = read.reduce<number>((all, one) => all + (one ?? NaN), 0);
    if (!(Math.abs(sum - 100) < 1)) return undefined;
    return Object.fromEntries(panels.map((panel, index) => [panel, read[index] ?? 0]));
  };
