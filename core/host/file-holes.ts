/** The holes of an image: where they are, and making them. */
import type { FileHandle } from 'node:fs/promises';
import { SECTOR, sectorsToBigBytes, type Sectors } from '../base/units.ts';
import type { Allocation } from '../block/device.ts';
import { storedRuns } from './file-extents.ts';
import { HoleMap, type FileRun } from './hole-map.ts';
import { openFilePath, runTool } from './system-tool.ts';

/** Sectors that one call punches, 64 GiB: no call is long, nor what is noted of it much. */
const CALL = 2 ** 36 / SECTOR;

interface Wanted extends FileRun {
  readonly done: (punched: boolean) => void;
}

export class FileHoles {
  readonly map = new HoleMap();
  private learning: Promise<void> | undefined;
  private changed: bigint | undefined;
  private waiting: Wanted[] = [];
  private punching = false;
  /** The file system or the machine refused it. */
  private cannot = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly readOnly: boolean,
    /** Whether another program is known to have written to the file. */
    private readonly touched: () => boolean,
    private readonly tool: typeof runTool = runTool,
  ) {}

  /** Asks the file system, the first time. What others have written to is all data. */
  async learn(): Promise<void> {
    await (this.learning ??= this.ask());
    if (this.touched()) this.map.forget();
  }

  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    await this.learn();
    const now = this.readOnly ? await this.timeOfChange() : undefined;
    const strange = this.readOnly && (now === undefined || now !== this.changed);
    if (strange) this.map.forget();
    return this.map.allocation(start, count);
  }

  /** @returns whether the run reads as zeros now; if not, any part of it may */
  punch(start: Sectors, count: Sectors): Promise<boolean> {
    if (this.cannot) return Promise.resolve(false);
    return new Promise((done) => {
      this.waiting.push({ start, end: start + count, done });
      void this.punchAll();
    });
  }

  private async ask(): Promise<void> {
    const before = await this.timeOfChange();
    const stored = await storedRuns(this.handle, this.tool);
    this.changed = before;
    if (stored) this.map.learn(stored);
  }

  private async timeOfChange(): Promise<bigint | undefined> {
    try {
      return (await this.handle.stat({ bigint: true })).mtimeNs;
    } catch {
      return undefined;
    }
  }

  /** What comes together and lies end to end goes together: a trim often comes in pieces. */
  private async punchAll(): Promise<void> {
    if (this.punching) return;
    this.punching = true;
    while (this.waiting.length > 0) {
      const wanted = this.waiting;
      this.waiting = [];
      for (const { start, end, parts } of joined(wanted)) {
        const punched = await this.punchRun(start, end);
        for (const { done } of parts) done(punched);
      }
    }
    this.punching = false;
  }

  private async punchRun(start: number, end: number): Promise<boolean> {
    for (let at = start; at < end; at += CALL) {
      if (!(await this.punchOnce({ start: at, end: Math.min(end, at + CALL) }))) return false;
    }
    return true;
  }

  private async punchOnce(part: FileRun): Promise<boolean> {
    if (this.cannot) return false;
    this.map.beginPunch(part);
    const [offset, length] = [part.start, part.end - part.start].map((count) =>
      sectorsToBigBytes(count as Sectors),
    );
    const path = openFilePath(this.handle.fd);
    const options = `--punch-hole --keep-size --offset ${offset} --length ${length}`;
    const done = (await this.tool(`fallocate ${options} ${path}`)) !== undefined;
    this.map.endPunch(part, done);
    this.cannot ||= !done;
    return done;
  }
}

/** Neighbours and overlapping ones become one. */
function joined(wanted: readonly Wanted[]): (FileRun & { readonly parts: readonly Wanted[] })[] {
  const runs: { start: number; end: number; parts: Wanted[] }[] = [];
  for (const one of [...wanted].sort((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (!last || one.start > last.end) runs.push({ start: one.start, end: one.end, parts: [one] });
    else {
      last.end = Math.max(last.end, one.end);
      last.parts.push(one);
    }
  }
  return runs;
}
