/** Where data lies, as the protocol tells it. */
import { SECTOR } from '../../base/units.ts';
import { allocationOf } from '../../block/allocation.ts';
import type { BlockDevice } from '../../block/device.ts';
import { ALLOCATION, COMMAND_FLAG } from '../protocol.ts';
import { ALLOCATION_CONTEXT } from './negotiation.ts';
import { HEAD, type Slot } from './memory.ts';
import { statusReply } from './replies.ts';
import { countOf, startOf, type Request } from './request.ts';

/** Bytes of an answer at most; what does not fit the client asks for again. */
export const STATUS_BYTES = 8192;
const DESCRIPTOR = 8;
const MOST = Math.floor((STATUS_BYTES - 4) / DESCRIPTOR);

export async function allocationReply(
  device: BlockDevice,
  request: Request,
  slot: Slot,
): Promise<Uint8Array> {
  const runs = await allocationOf(device, startOf(request), countOf(request));
  const one = (request.flags & COMMAND_FLAG.onlyOneExtent) !== 0;
  const told = runs.slice(0, one ? 1 : MOST);
  slot.view.setUint32(HEAD, ALLOCATION_CONTEXT);
  for (const [index, { count, kind }] of told.entries()) {
    const at = HEAD + 4 + index * DESCRIPTOR;
    slot.view.setUint32(at, count * SECTOR);
    slot.view.setUint32(at + 4, kind === 'hole' ? ALLOCATION.hole | ALLOCATION.zero : 0);
  }
  return statusReply(request, slot, 4 + told.length * DESCRIPTOR);
}
