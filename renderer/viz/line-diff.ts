/** The difference of two texts, line by line (Myers: the fewest lines removed and added). */

export interface DiffRow {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Changes beyond which the search is given up: all between is then removed and added. */
const MOST_CHANGES = 1500;

/** Removed and added lines stand beside what is the same, in the order of both texts. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffRow[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (text: string): DiffRow => ({ kind: 'same', text });
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly DiffRow[] {
  const trace = shortest(before, after);
  if (trace) return backtracked(before, after, trace);
  return [
    ...before.map((text): DiffRow => ({ kind: 'removed', text })),
    ...after.map((text): DiffRow => ({ kind: 'added', text })),
  ];
}

type Furthest = ReadonlyMap<number, number>;

/** Furthest points by diagonal, for 0, 1, 2, ... changes; undefined: too many changes. */
function shortest(
  before: readonly string[],
  after: readonly string[],
): readonly Furthest[] | undefined {
  const trace: Furthest[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= MOST_CHANGES; changes++) {
    const next = new Map<number, number>();
    for (let k = -changes; k <= changes; k += 2) {
      const down = goesDown(furthest, k, changes);
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next.set(k, x);
      if (x >= before.length && x - k >= after.length) return [...trace, next];
    }
    trace.push(next);
    furthest = next;
  }
  return undefined;
}

const goesDown = (furthest: Furthest, k: number, changes: number): boolean =>
  k === -changes || (k !== changes && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));

function backtracked(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Furthest[],
): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let [x, y] = [before.length, after.length];
  for (let changes = trace.length - 1; changes >= 0; changes--) {
    const furthest = trace[changes - 1] ?? new Map([[1, 0]]);
    const k = x - y;
    const down = goesDown(furthest, k, changes);
    const from = down ? k + 1 : k - 1;
    const fromX = changes === 0 ? 0 : (furthest.get(from) ?? 0);
    const fromY = changes === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      rows.push({ kind: 'same', text: before[--x] ?? '' });
      y--;
    }
    if (changes === 0) break;
    if (down) rows.push({ kind: 'added', text: after[--y] ?? '' });
    else rows.push({ kind: 'removed', text: before[--x] ?? '' });
  }
  return rows.reverse();
}

/** A row of the difference, or how many rows in a row are the same and left out. */
export type ShownRow = DiffRow | { readonly kind: 'skipped'; readonly count: number };

/** Rows with `around` unchanged ones before and after each change; the others are counted. */
export function folded(rows: readonly DiffRow[], around = 3): readonly ShownRow[] {
  const near = new Uint8Array(rows.length);
  for (const [index, { kind }] of rows.entries()) {
    if (kind !== 'same') near.fill(1, Math.max(0, index - around), index + around + 1);
  }
  const shown: ShownRow[] = [];
  let count = 0;
  for (const [index, row] of rows.entries()) {
    if (near[index] === 1) {
      if (count > 0) shown.push({ kind: 'skipped', count });
      count = 0;
      shown.push(row);
    } else count++;
  }
  return count > 0 ? [...shown, { kind: 'skipped', count }] : shown;
}
