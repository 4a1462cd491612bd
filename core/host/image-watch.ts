/** Whether an image that is open is still the file that was opened, and as we left it. */
import { SECTOR } from '../base/units.ts';
import { statImage } from './image-file.ts';
import type { ImageFacts } from './image-file.ts';

/** What became of an image while it was open; `why` is a clause about it. */
export type ImageChange =
  /** It is not the image any more: nothing is read or written until it is opened again. */
  | { readonly kind: 'lost'; readonly why: string }
  /** Somebody else wrote to it. */
  | { readonly kind: 'changed'; readonly why: string };

export class ImageWatch {
  /** Why the file is not the image any more. */
  lost: string | undefined;
  /** Another program wrote to it. */
  strange = false;
  /** Time of the last change that is known of. */
  private changed: bigint;
  /** Whether a later time may be that of one of our own writes. */
  private wrote = false;
  private writing = 0;
  private lostListener = (): void => undefined;
  private wroteToo = (): boolean => false;

  constructor(
    private readonly path: string,
    /** As the image was when it was opened. */
    readonly opened: ImageFacts,
  ) {
    this.changed = opened.changed;
  }

  beginWrite(): void {
    this.writing++;
    this.wrote = true;
  }

  endWrite(): void {
    this.writing--;
    this.wrote = true;
  }

  /** One listener. */
  onLost(listener: () => void): void {
    this.lostListener = listener;
  }

  /** @param wrote whether a write of ours is under way that is not told here, or has ended since */
  alsoWrites(wrote: () => boolean): void {
    this.wroteToo = wrote;
  }

  /** Whether a write is under way, or has ended since this was asked; asking anew begins anew. */
  private takeWrote(anew = true): boolean {
    const too = this.wroteToo();
    const wrote = this.wrote || this.writing > 0 || too;
    // Asked again, it answers for what came since.
    this.wrote = anew ? false : wrote;
    return wrote;
  }

  /** Changes by others are only seen where we did not write since the look before. */
  async check(): Promise<ImageChange | undefined> {
    if (this.lost !== undefined) return undefined;
    const mine = this.takeWrote();
    const now = await statImage(this.path);
    const why = now.ok ? lossOf(this.opened, now.value) : now.error.why;
    if (!now.ok || why !== undefined) {
      this.lost = why;
      this.lostListener();
      return { kind: 'lost', why: why ?? '' };
    }
    const moved = now.value.changed !== this.changed;
    this.changed = now.value.changed;
    if (!moved || mine || this.takeWrote(false)) return undefined;
    this.strange = true;
    return { kind: 'changed', why: 'was changed by another program' };
  }
}

function lossOf(opened: ImageFacts, now: ImageFacts): string | undefined {
  if (now.identity !== opened.identity) return 'was replaced by another file';
  const [before, after] = [byteCount(opened), byteCount(now)];
  return after < before ? `was cut from ${before} to ${after} bytes` : undefined;
}

/** Size of an image in bytes, with those that make no sector. */
export const byteCount = ({ size, surplus }: ImageFacts): number => size * SECTOR + surplus;
