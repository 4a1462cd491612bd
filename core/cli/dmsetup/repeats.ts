/** `--count` and `--interval`: a line that is run again and again. */
import type { LineReader } from '../line-reader.ts';
import { atoi } from './options.ts';

/** A line that runs longer is taken for one that does not end. */
const MOST = 10_000;

/** An answer is given when the line has ended: one that never does is none. */
export const isEndless = (line: LineReader): boolean =>
  (line.has('count') || line.has('interval')) && (count(line) < 1 || count(line) > MOST);

export const timesOf = (line: LineReader): number => (line.has('count') ? count(line) : 1);

/** Seconds between two runs. */
export const intervalOf = (line: LineReader): number => atoi(line.text('interval') ?? '1');

const count = (line: LineReader): number => atoi(line.text('count') ?? '');
