/** Refusals of device-mapper's own, as the engine sees them. */
import { err } from '../base/result.ts';
import type { DmErrorData } from '../contract/errors.ts';
import type { MappedDevice } from './mapped-device.ts';
import type { Refusal } from './target.ts';

type Op = DmErrorData['op'];

/** Linux's limit, in characters. */
const MAX_NAME = 127;

export const isName = (name: string): boolean =>
  name !== '' && name.length <= MAX_NAME && !name.includes('/');

export function blame(op: Op, device: MappedDevice, { errno, reason }: Refusal) {
  return refuse(op, device.name, errno, reason, { devno: device.devno });
}

export function refuse(
  op: Op,
  device: string,
  errno: DmErrorData['errno'],
  reason: string,
  which: Pick<DmErrorData, 'uuid' | 'devno'> = {},
): { ok: false; error: DmErrorData } {
  return err({ code: 'dm', op, device, errno, reason, ...which });
}
