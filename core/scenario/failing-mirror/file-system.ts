/** A volume with those who use it: a file system that can be frozen, and programs past it. */
import { sectors } from '../../base/units.ts';
import type { BlockDevice, IoResult } from '../../block/device.ts';
import { stamped, stampsOf } from '../stamps.ts';

/** What the sectors of a volume have been told to hold. */
export class Content {
  /** By sector; undefined: a write to it failed, and nobody knows. */
  readonly now: (number | undefined)[];
  private readonly busy = new Set<number>();
  private stamps = 0;

  constructor(
    private readonly device: BlockDevice,
    /** A write has failed. */
    private readonly failed: (why: string) => void,
  ) {
    this.now = new Array<number | undefined>(device.size).fill(0);
  }

  /** Only where nobody else writes; elsewhere nothing is done. */
  async write(start: number, count: number): Promise<void> {
    const run = Array.from({ length: count }, (_, at) => start + at);
    if (run.some((sector) => this.busy.has(sector))) return;
    for (const sector of run) this.busy.add(sector);
    const stamp = ++this.stamps;
    const data = stamped(run.map(() => stamp));
    const done = await this.device.submit({ op: 'write', start: sectors(start), data });
    for (const sector of run) {
      this.now[sector] = done.ok ? stamp : undefined;
      this.busy.delete(sector);
    }
    this.see(done);
  }

  async flush(): Promise<void> {
    this.see(await this.device.submit({ op: 'flush' }));
  }

  private see(done: IoResult): void {
    if (!done.ok) this.failed('why' in done.error ? done.error.why : done.error.code);
  }
}

/** @returns the first sector that holds something else; undefined: none, `read`: it fails */
export async function firstWrong(
  device: BlockDevice,
  wanted: readonly (number | undefined)[],
): Promise<number | 'read' | undefined> {
  const data = new Uint8Array(wanted.length * 512);
  const done = await device.submit({ op: 'read', start: sectors(0), data });
  if (!done.ok) return 'read';
  const found = stampsOf(data);
  const at = wanted.findIndex((stamp, sector) => stamp !== undefined && stamp !== found[sector]);
  return at < 0 ? undefined : at;
}

/** Its first sector is its journal. */
export class FileSystem {
  private frozen = false;
  private underWay = 0;
  private readonly quiet: (() => void)[] = [];
  private readonly thawed: (() => void)[] = [];

  constructor(private readonly content: Content) {}

  async write(start: number, count: number): Promise<void> {
    while (this.frozen) {
      await new Promise<void>((go) => {
        this.thawed.push(go);
      });
    }
    this.underWay++;
    await this.content.write(start, count);
    this.underWay--;
    if (this.underWay === 0) for (const go of this.quiet.splice(0)) go();
  }

  /** Nothing new is written, what is under way ends, the journal is cleaned up. */
  async freeze(): Promise<void> {
    this.frozen = true;
    while (this.underWay > 0) {
      await new Promise<void>((go) => {
        this.quiet.push(go);
      });
    }
    await this.content.write(0, 1);
    await this.content.flush();
  }

  thaw(): void {
    this.frozen = false;
    for (const go of this.thawed.splice(0)) go();
  }
}
