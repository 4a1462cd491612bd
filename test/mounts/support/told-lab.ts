/** A lab that is closed and opened again amid a test; what was done there, and how often. */
import type { EngineApi } from '../../../core/contract/api.ts';
import { exportingLab, type ExportingLab } from '../../programs/support/exporting-lab.ts';
import { exportingAgain } from '../../support/exporting-lab.ts';
import { Undone } from './mounted.ts';
import { readVolume } from './taken.ts';

/** Lines. */
const TOLD = 40;

export class ToldLab {
  readonly happened: Record<string, number> = {};
  private readonly lines: string[] = [];
  private readonly undone = new Undone();

  private constructor(private lab: ExportingLab) {
    this.undone.add(() => this.lab.close());
  }

  /** @param lines run before it is given away */
  static async begin(disks: number, size: string, lines: readonly string[]): Promise<ToldLab> {
    return new ToldLab(await exportingLab(disks, size, lines));
  }

  /** Until it is opened again. */
  get now(): ExportingLab {
    return this.lab;
  }

  get api(): EngineApi {
    return this.lab.api;
  }

  /** What was done last, line by line. */
  get story(): string {
    return this.lines.slice(-TOLD).join('\n');
  }

  tell(line: string): void {
    this.lines.push(line);
  }

  count(what: string, times = 1): void {
    this.happened[what] = (this.happened[what] ?? 0) + times;
  }

  /** What was done to snapshots, and not refused. */
  operated(what: string): void {
    this.count('operations');
    this.count(what);
  }

  run(line: string): Promise<string> {
    this.tell(line);
    return this.lab.run(line);
  }

  /** @returns whether it was not refused */
  async tryTo(line: string): Promise<boolean> {
    try {
      await this.run(line);
      return true;
    } catch (refused) {
      this.tell(`  ${String(refused).slice(0, 200)}`);
      return false;
    }
  }

  async throttle(rate: string): Promise<void> {
    await this.run(`throttle ${rate}`);
    this.count('throttled');
  }

  /** Exports a volume: its address. */
  uri(volume: string): Promise<string> {
    return this.lab.uri(volume);
  }

  /** @param size of the volume, in bytes */
  async content(volume: string, size: number): Promise<Buffer> {
    const found = await readVolume(this.api, volume, size);
    if (typeof found === 'string') throw new Error(`${volume} cannot be read: ${found}`);
    return found;
  }

  async isThere(name: string): Promise<boolean> {
    const { vgs } = await this.api.state();
    return vgs.some(({ lvs }) => lvs.some((lv) => lv.name === name));
  }

  async reopen(): Promise<void> {
    this.tell('the lab is closed, and opened again');
    await this.undone.all();
    this.lab = await exportingAgain(this.lab.directory);
    this.undone.add(() => this.lab.close());
    this.count('reopened');
  }

  close(): Promise<void> {
    return this.undone.all();
  }
}
