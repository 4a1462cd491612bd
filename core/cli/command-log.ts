/** The log of one command line: what `-v` to `-vvvv` show of what happens (reference 8.6). */
import type { OutputLine } from '../contract/events.ts';
import type { Log } from '../engine/log-actions.ts';
import type { CommandEngine } from '../engine/types.ts';
import { logLine, VERBOSE } from '../report/log-lines.ts';
import { oldLogLine } from '../report/log-lines-2008.ts';

/** From here on every line says when, who and where. */
const PREFIXED = 4;

export class CommandLog {
  private lines: OutputLine[] = [];
  /** Absent where nothing of the log is shown. */
  readonly sink: Log | undefined;

  /** @param verbosity how often `-v` was given */
  constructor(
    private readonly command: string,
    verbosity: number,
    private readonly engine: Pick<CommandEngine, 'nowMicros' | 'processId' | 'era'>,
  ) {
    if (verbosity < VERBOSE) return;
    this.sink = (record) => {
      const old = engine.era?.logs === 'of-2008' ? oldLogLine(record) : undefined;
      if (old !== undefined && verbosity >= PREFIXED) {
        this.lines.push({ stream: 'stderr', text: old });
        return;
      }
      const { level, at, texts } = logLine(record);
      if (level > verbosity) return;
      const head = verbosity < PREFIXED ? '  ' : this.prefix(at);
      for (const text of texts) this.lines.push({ stream: 'stderr', text: head + text });
    };
  }

  /** What was logged since it was taken last. */
  taken(): readonly OutputLine[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  private prefix(at: string): string {
    return `${clock(this.engine.nowMicros())} ${this.command}[${this.engine.processId}] ${at}  `;
  }
}

/** Time of day (UTC) with microseconds: `08:15:00.000000`. */
function clock(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${time}.${String(Math.floor(micros % 1_000_000)).padStart(6, '0')}`;
}
