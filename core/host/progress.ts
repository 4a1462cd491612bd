/** A line on a terminal that says how far something is. */
import type { Writable } from 'node:stream';

/** Milliseconds between two drawings. */
const OFTEN = 100;
/** Milliseconds that the shown rate is the mean of. */
const RATE_OVER = 3000;

export const isTerminal = (stream: Writable & { readonly isTTY?: boolean }): boolean =>
  stream.isTTY === true;

/** Draws nothing where the stream is no terminal. */
export class ProgressLine {
  private readonly terminal: boolean;
  private drawn = -Infinity;
  private width = 0;
  private marks: { readonly time: number; readonly done: number }[] = [];

  constructor(
    private readonly stream: Writable,
    /** Bytes; absent where it is not known. */
    private readonly total?: number,
    private readonly clock = (): number => performance.now(),
  ) {
    this.terminal = isTerminal(stream);
  }

  /** @param done bytes so far */
  at(done: number): void {
    if (!this.terminal) return;
    const time = this.clock();
    if (time - this.drawn < OFTEN) return;
    this.drawn = time;
    this.marks = [...this.marks.filter((one) => time - one.time <= RATE_OVER), { time, done }];
    const text = progressText(done, this.total, this.rate());
    this.stream.write(`\r${text.padEnd(this.width)}`);
    this.width = text.length;
  }

  /** Takes the line away: what is written next begins where it stood. */
  end(): void {
    if (this.width > 0) this.stream.write(`\r${' '.repeat(this.width)}\r`);
    this.width = 0;
  }

  /** Bytes a second. */
  private rate(): number | undefined {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.time === first.time) return undefined;
    return ((last.done - first.done) / (last.time - first.time)) * 1000;
  }
}

/** `  12.5 MiB of 64.0 MiB   19 %   120.4 MiB/s` */
export function progressText(done: number, total?: number, rate?: number): string {
  const known = total !== undefined && Number.isFinite(total) && total > 0;
  const of = known ? ` of ${bytesText(total)}` : '';
  // 100 % is said of what is whole, and of nothing else.
  const percent = known ? `   ${Math.min(100, Math.floor((done / total) * 100))} %` : '';
  const speed = rate === undefined ? '' : `   ${bytesText(rate)}/s`;
  return `  ${bytesText(done)}${of}${percent}${speed}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
