/** What became of all crashes at one point of one stage, kind of snapshot by kind. */
import type { Crash } from './crash-table.ts';
import type { Cut } from './run.ts';
import type { Outcome } from './types.ts';

/** What a mode made of all crashes at one point. */
export interface Cell {
  readonly mode: string;
  readonly crashes: number;
  /** How many of them ended so. */
  readonly counts: Readonly<Record<Outcome['kind'], number>>;
  /** Of those lost: how many show data that came later, and how many the store's old content. */
  readonly newData: number;
  readonly staleData: number;
}

export interface CrashRow extends Cut {
  /** Of the modes that have such a point. */
  readonly cells: readonly Cell[];
}

/** In the order in which the points are first met. */
export function rowsOf(crashes: readonly Crash[]): readonly CrashRow[] {
  const rows = grouped(crashes, ({ stage, point }) => `${stage}, ${point}`);
  return rows.map(({ first, all }) => {
    const cells = grouped(all, ({ mode }) => mode).map((own) => cellOf(own.first.mode, own.all));
    return { stage: first.stage, point: first.point, cells };
  });
}

function grouped(crashes: readonly Crash[], keyOf: (crash: Crash) => string) {
  const groups = new Map<string, { readonly first: Crash; readonly all: Crash[] }>();
  for (const crash of crashes) {
    const key = keyOf(crash);
    const known = groups.get(key);
    if (known) known.all.push(crash);
    else groups.set(key, { first: crash, all: [crash] });
  }
  return [...groups.values()];
}

function cellOf(mode: string, crashes: readonly Crash[]): Cell {
  const counts = { kept: 0, disabled: 0, lost: 0, none: 0, full: 0 };
  let [newData, staleData] = [0, 0];
  for (const { outcome } of crashes) {
    counts[outcome.kind]++;
    if (outcome.kind !== 'lost') continue;
    if (outcome.newData > 0) newData++;
    if (outcome.staleData > 0) staleData++;
  }
  return { mode, crashes: crashes.length, counts, newData, staleData };
}
