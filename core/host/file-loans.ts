/** Who reads and writes an image past its disk, and what the disk has to know of it. */
import { sectors } from '../base/units.ts';
import type { Lent } from '../block/device.ts';
import { isMarking, sharedMarks, takeMarks, type WriteMarks } from '../block/write-marks.ts';
import type { ImageWatch } from './image-watch.ts';

export class FileLoans {
  private marks: WriteMarks | undefined;
  private readonly recalls = new Set<() => void>();
  /** Who waits until nobody has one. */
  private waiting: (() => void)[] = [];
  /** Of those who have one. */
  private readonly lent = new Set<WriteMarks>();
  /** Anything was written since the watch asked. */
  private wrote = false;
  /** None is lent as long as somebody wants to be alone. */
  private alone = 0;

  /**
   * @param newMarks for the first who may write; absent: the file can only be read
   * @param written is told of every run that was written to, in sectors, before anybody asks for it
   */
  constructor(
    private readonly newMarks: (() => WriteMarks) | undefined,
    watch: ImageWatch | undefined,
    private readonly written: (start: number, count: number) => void,
  ) {
    watch?.alsoWrites(() => this.takeWrote());
    watch?.onLost(() => this.recallAll());
  }

  /** @param file number of the open file */
  lend(file: number, recall: () => void): Lent | undefined {
    if (this.alone > 0) return undefined;
    this.recalls.add(recall);
    this.marks ??= this.newMarks?.();
    const marks = this.marks && sharedMarks(this.marks);
    if (marks) this.lent.add(marks);
    const giveBack = (): void => {
      this.recalls.delete(recall);
      if (marks) this.lent.delete(marks);
      this.look();
      if (this.recalls.size > 0) return;
      for (const resolve of this.waiting.splice(0)) resolve();
    };
    return { file, first: sectors(0), ...(marks && { marks }), giveBack };
  }

  /** Tells what was written meanwhile. */
  look(): void {
    if (!this.marks) return;
    for (const { start, count } of takeMarks(this.marks)) {
      this.wrote = true;
      this.written(start, count);
    }
  }

  /** Whether a write is under way, or has ended since this was asked. */
  private takeWrote(): boolean {
    // In this order: what ends in between has left its marks.
    const busy = [...this.lent].some(isMarking);
    this.look();
    const { wrote } = this;
    this.wrote = false;
    return wrote || busy;
  }

  /** Does it while nobody has one. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.alone++;
    try {
      await this.allBack();
      return await work();
    } finally {
      this.alone--;
    }
  }

  /** None is lent any more. */
  async end(): Promise<void> {
    this.alone++;
    await this.allBack();
  }

  private async allBack(): Promise<void> {
    this.recallAll();
    if (this.recalls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private recallAll(): void {
    for (const recall of [...this.recalls]) recall();
  }
}
