/** Does what a request asks for, and says what to send. */
import type { IoResult } from '../../block/device.ts';
import { COMMAND, COMMAND_FLAG } from '../protocol.ts';
import { HEAD, type Slot } from './memory.ts';
import { dataReply, emptyReply, errorReply, faultOfIo, simpleReply } from './replies.ts';
import { countOf, startOf, type Fault, type Request, type Terms } from './request.ts';
import { allocationReply } from './status.ts';
import { sparseRead } from './sparse-read.ts';
import { trim, writeZeroes } from './zero.ts';

/** Parts of one reply, in order; `failed` where they tell an error. */
export type Answer = (parts: readonly Uint8Array[], failed?: boolean) => void;

/**
 * @param request without a fault; the payload of a write is in the slot
 * @param wanted whether the client is still there
 */
export function perform(
  request: Request,
  slot: Slot,
  terms: Terms,
  wanted: () => boolean,
  answer: Answer,
): void {
  const { type, flags, length } = request;
  const { device } = terms.export;
  if (length === 0 && type !== COMMAND.flush) return answer([success(request, slot, terms)]);
  const start = startOf(request);
  const fua = (flags & COMMAND_FLAG.fua) !== 0;
  const end = (done: Promise<IoResult>): void => {
    void done.then((result) => {
      if (result.ok) return answer([success(request, slot, terms)]);
      answer([refusal(request, slot, terms, faultOfIo(result.error, type))], true);
    });
  };
  switch (type) {
    case COMMAND.read: {
      const data = slot.bytes.subarray(HEAD, HEAD + length);
      if (!terms.structured || !terms.holes.isWorthAsking(device, request)) {
        if (device.readNow?.(start, data)) return answer([success(request, slot, terms)]);
        return end(device.submit({ op: 'read', start, data }));
      }
      return void sparseRead(device, request, data, terms.holes).then((read) => {
        if (read.ok) {
          return answer(read.value ?? [success(request, slot, terms)]);
        }
        answer([refusal(request, slot, terms, faultOfIo(read.error, type))], true);
      });
    }
    case COMMAND.write: {
      const data = slot.bytes.subarray(HEAD, HEAD + length);
      return end(device.submit({ op: 'write', start, data, fua }));
    }
    case COMMAND.flush:
      return end(device.submit({ op: 'flush' }));
    case COMMAND.trim:
      return end(trim(device, start, countOf(request), fua));
    case COMMAND.writeZeroes: {
      const unmap = (flags & COMMAND_FLAG.noHole) === 0;
      return end(writeZeroes(device, start, countOf(request), { durable: fua, unmap }, wanted));
    }
    case COMMAND.blockStatus:
      return void allocationReply(device, request, slot).then((part) => answer([part]));
  }
}

export function refusal(request: Request, slot: Slot, terms: Terms, fault: Fault): Uint8Array {
  return errorReply(request, slot, fault, terms.structured);
}

function success(request: Request, slot: Slot, { structured }: Terms): Uint8Array {
  const { type, length } = request;
  if (type !== COMMAND.read) return simpleReply(request, slot);
  if (!structured) return simpleReply(request, slot, length);
  return length === 0 ? emptyReply(request, slot) : dataReply(request, slot);
}
