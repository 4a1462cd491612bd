/**
 * The newest version of each group that the engine knows of. A disk that cannot be read may carry a
 * newer one than all others (docs/decisions/006), unless the engine itself has seen or written what
 * the others carry.
 */
import type { EventBody } from '../contract/events.ts';
import { unreadArea } from '../lvm/ops/find.ts';
import type { Request } from '../lvm/ops/index.ts';
import { doesWithout } from '../lvm/ops/lvconvert.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { DmRequest } from './dm-request.ts';

type Found = Pick<Scan, 'vgs' | 'notices'>;

export class NewestVersions {
  /** By name. */
  private readonly known = new Map<string, number>();

  of(vg: string): number | undefined {
    return this.known.get(vg);
  }

  /** Counts where every disk was read; a version that was known before may be on none of them. */
  saw(found: Found): void {
    if (isUnread(found)) return;
    for (const { vg } of found.vgs) {
      this.known.set(vg.name, Math.max(vg.seqno, this.known.get(vg.name) ?? 0));
    }
  }

  /** A version that a disk has committed is the one that is valid, whatever its number. */
  tell(body: EventBody): void {
    if (body.kind !== 'metadata' || body.phase !== 'commit' || !this.known.has(body.vg)) return;
    this.known.set(body.vg, body.seqno);
  }
}

/** A disk, or a copy of a group's metadata, could not be read. */
function isUnread({ vgs, notices }: Found): boolean {
  return notices.some(({ code }) => code === 'disk-unreadable') || vgs.some(unreadArea);
}

/** What cannot be read may be written off: not for a failure that is gone a moment later. */
export async function lookFor<T extends { readonly scan: Found }>(
  request: Request | DmRequest,
  look: () => Promise<T>,
): Promise<T> {
  const found = await look();
  const tolerant = request.verb === 'lvconvert' && doesWithout(request);
  return tolerant && isUnread(found.scan) ? look() : found;
}
