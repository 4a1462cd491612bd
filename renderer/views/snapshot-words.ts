/** Snapshots, their stores and their chunks in words. */
import type { SnapshotCondition, SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabSettings } from '../../core/contract/settings.ts';
import {
  ageOf,
  AGES,
  chunksOf,
  fillPercent,
  movingCells,
  restingKind,
  sectorsOfCell,
  type Age,
  type ChunkKind,
} from '../viz/chunk-cells.ts';
import { sizeText } from '../widgets/size-text.ts';
import { range, timeWords } from './number-words.ts';

/** As LVM prints Data%: 0.00 and 100.00 only where nothing and all is used. */
export function percentText(snapshot: SnapshotState): string {
  const percent = fillPercent(snapshot);
  if (percent === 0 || percent === 100) return percent.toFixed(2);
  return Math.min(99.99, Math.max(0.01, percent)).toFixed(2);
}

/** `12.50 % full: 1.00 MiB of 8.00 MiB, 8.00 KiB of it tables`. */
export function fillWords(snapshot: SnapshotState): string {
  const { allocated, total, metadata } = snapshot;
  const tables = metadata > 0 ? `, ${sizeText(metadata)} of it tables` : '';
  return `${percentText(snapshot)} % full: ${sizeText(allocated)} of ${sizeText(total)}${tables}`;
}

/** `4,096 chunks of 4.00 KiB`. */
export const chunkWords = ({ chunks, chunkSize }: SnapshotState): string =>
  `${chunks === 1 ? '1 chunk' : `${chunks.toLocaleString('en')} chunks`} of ${sizeText(chunkSize)}`;

/** `1 chunk kept`; of a merge what is left of it. */
export function keptWords({ exceptions, role }: SnapshotState): string {
  const count = exceptions === 1 ? '1 chunk' : `${exceptions.toLocaleString('en')} chunks`;
  return role === 'merge' ? `${count} to flow back` : `${count} kept`;
}

/**
 * `full in about 3 min at the present rate`; what is to be said of one that is not filling.
 * @param rate sectors a second lately; undefined: not known
 * @param quiet nothing was written lately
 */
export function forecastWords(
  { allocated, total, condition }: SnapshotState,
  rate: number | undefined,
  quiet: boolean,
): string {
  if (condition === 'invalid' || condition === 'waiting') return '';
  if (allocated >= total) return 'full: the next chunk makes it invalid';
  if (quiet) return 'not filling at present';
  if (rate === undefined || rate <= 0) return '';
  const left = timeWords((total - allocated) / rate);
  return `full in about ${left} at the present rate, ${sizeText(rate)} a second`;
}

/** `12 s left`, of a merge. @param rate chunks a second lately; undefined: not known */
export function mergePace(snapshot: SnapshotState, rate: number | undefined): string {
  const { exceptions, limit, waits } = snapshot;
  if (exceptions === 0) return '';
  if (waits) return 'held: nothing flows back until it goes on';
  if (limit === 0) return 'stopped by the throttle';
  const most = limit === undefined ? '' : `at most ${limit.toLocaleString('en')} runs a second`;
  if (rate === undefined || rate <= 0) return most;
  const now = `${Math.max(1, Math.round(rate)).toLocaleString('en')} chunks a second`;
  return `${[now, most].filter(Boolean).join(', ')}; ${timeWords(exceptions / rate)} left`;
}

/** From here on dmeventd warns (reference 7.4). */
export const WARNS_AT = 80;
/** LVM's own: nothing is extended (reference 7.4). */
const NEVER = 100;

/** Percent at which the monitor extends stores; undefined: it does not. */
export function extendsAt(settings: LabSettings): number | undefined {
  const at = Number(settings['activation/snapshot_autoextend_threshold'] ?? NEVER);
  return at < NEVER ? at : undefined;
}

/** LVM's own, in percent of the store. */
const EXTENDS_BY = 20;

/** `the monitor adds 20 % at 70 %`. */
export function policyWords(settings: LabSettings): string {
  const at = extendsAt(settings);
  const by = Number(settings['activation/snapshot_autoextend_percent'] ?? EXTENDS_BY);
  return at === undefined ? 'nothing extends it by itself' : `the monitor adds ${by} % at ${at} %`;
}

/** How a snapshot is, in a word. */
export const CONDITION: Readonly<Record<SnapshotCondition, string>> = {
  good: '',
  waiting: 'waits for its store',
  invalid: 'Invalid',
  overflowed: 'Overflow',
  'merge-failed': 'Merge failed',
};

export interface Trouble {
  readonly what: string;
  /** What can be done about it. */
  readonly way: string;
  /** Ids of actions that do it. */
  readonly actions: readonly string[];
}

const TROUBLES: Readonly<Record<Exclude<SnapshotCondition, 'good'>, Trouble>> = {
  waiting: {
    what: 'Another device has its store until this one is resumed.',
    way: 'Resume its device: then the store changes hands.',
    actions: [],
  },
  invalid: {
    what:
      'Its store was full, or could not be written, when a chunk had to be kept: that chunk is ' +
      'lost to it, and every read and write of it fails. The origin is whole.',
    way: 'Nothing brings it back: remove it, and take a new one with more room.',
    actions: ['remove-volume'],
  },
  overflowed: {
    what:
      'A write to the snapshot itself found no room and failed. What it keeps can be read; it ' +
      'takes no more writes.',
    way: 'Extend its store, then deactivate and activate it; or copy out what you need.',
    actions: ['extend-store', 'extract-volume'],
  },
  'merge-failed': {
    what:
      'A chunk could not be copied back. What is left is still in the store, and the origin is ' +
      'read from there: nothing is lost yet.',
    way: 'Mend the disk, then deactivate and activate the origin: the merge goes on from there.',
    actions: [],
  },
};

/** Undefined: nothing is wrong. */
export function troubleOf(snapshot: SnapshotState): Trouble | undefined {
  const { condition } = snapshot;
  if (condition !== 'good') return TROUBLES[condition];
  if (snapshot.role === 'merge' || fillPercent(snapshot) < WARNS_AT) return undefined;
  return {
    what: `It is ${percentText(snapshot)} % full. When it has no room for a chunk it is invalid.`,
    way: 'Extend its store; or merge it back or remove it if it is not needed.',
    actions: ['extend-store'],
  };
}

/** In the order of the legend. */
export const KIND_WORDS: Readonly<Record<ChunkKind, string>> = {
  shared: 'as in the origin',
  kept: 'kept in the store',
  copying: 'being copied into the store',
  recording: 'its exception is recorded',
  merging: 'flows back',
};

export const ageWords = (age: Age): string =>
  ['oldest quarter', 'older', 'newer', 'newest quarter'][Math.min(AGES - 1, age)] ?? '';

/** `chunks 64-67: 3 kept, newest quarter · sectors 512-543 of the origin`. */
export function describeChunks(snapshot: SnapshotState, cell: number): string {
  const [first, last] = chunksOf(snapshot, cell);
  const kind = movingCells(snapshot).get(cell) ?? restingKind(snapshot, cell);
  const age = ageOf(snapshot, cell);
  const kept = snapshot.cells[cell]?.kept ?? 0;
  const many = last > first && kept > 0 ? `${kept.toLocaleString('en')} ` : '';
  const what = kind === 'kept' ? `${many}kept in the store` : KIND_WORDS[kind];
  const where = snapshot.recent.find(({ oldChunk }) => oldChunk >= first && oldChunk <= last);
  return [
    `${range('chunk', first, last)}: ${what}${age === undefined ? '' : `, ${ageWords(age)}`}`,
    where ? `chunk ${where.oldChunk} → ${where.newChunk} of the store` : '',
    `${range('sector', ...sectorsOfCell(snapshot, cell))} of the origin`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `chunks 16-31 → 40-55`. */
export function runWords(run: {
  readonly oldChunk: number;
  readonly newChunk: number;
  readonly count: number;
}): string {
  const { oldChunk, newChunk, count } = run;
  const to = newChunk + count - 1;
  const kept = newChunk === to ? newChunk.toLocaleString('en') : `${newChunk}-${to}`;
  return `${range('chunk', oldChunk, oldChunk + count - 1)} → ${kept}`;
}

/** What should be told of a change: what is wrong, every tenth that fills, the end of a merge. */
export function snapshotNews(
  before: SnapshotState | undefined,
  after: SnapshotState,
  name: string,
): string | undefined {
  if (!before) return undefined;
  if (after.condition !== before.condition && after.condition !== 'good') {
    return `${name}: ${CONDITION[after.condition]}.`;
  }
  const [from, to] = [before, after].map((one) => Math.floor(fillPercent(one) / 10));
  if (from === to) return undefined;
  return after.role === 'merge'
    ? `${name}: ${keptWords(after)}.`
    : `${name}: ${percentText(after)} % full.`;
}
