/** The log that a command keeps of itself: what it said of which object, and how that ended. */

/** What a command is at work on: each empty where there is nothing to say. */
export interface LogObject {
  readonly type: 'vg' | 'lv' | 'pv' | 'label' | 'orphan';
  readonly name: string;
  /** As reports print it. */
  readonly id: string;
  /** The group of a volume or of a PV. */
  readonly group: string;
  readonly groupId: string;
}

export type LogLevel = 'print' | 'warn' | 'error';

export interface LogEntry {
  /** 1, 2, 3 ... */
  readonly seq: number;
  readonly type: LogLevel | 'status';
  readonly object: LogObject | undefined;
  readonly message: string;
  /** -1 from the first error on. */
  readonly errno: number;
  /** Of a status as LVM's functions return it: 1 for success, 5 for failure. */
  readonly code: number;
}

const SUCCESS = 1;
const FAILURE = 5;

export class LogBook {
  private readonly kept: LogEntry[] = [];
  private errno = 0;

  get entries(): readonly LogEntry[] {
    return this.kept;
  }

  /** @param text one line or several, each an entry, with LVM's blanks in front or without. */
  say(level: LogLevel, text: string, object?: LogObject): void {
    if (level === 'error') this.errno = -1;
    for (const line of text.split('\n')) this.add(level, line.replace(/^ {2}/, ''), 0, object);
  }

  end(object: LogObject, done: boolean): void {
    this.add('status', done ? 'success' : 'failure', done ? SUCCESS : FAILURE, object);
  }

  private add(type: LogEntry['type'], message: string, code: number, object?: LogObject): void {
    const seq = this.kept.length + 1;
    this.kept.push({ seq, type, object, message, errno: this.errno, code });
  }
}
