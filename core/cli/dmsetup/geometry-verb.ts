/** setgeometry: what a partitioning program would be told; no program of a lab asks for it. */
import { whichOf } from '../../engine/plan-dm.ts';
import { deviceRef } from './device-ref.ts';
import type { Verb } from './verb.ts';

/** Of cylinders, heads and sectors. */
const MOST = [65_535, 255, 255];

export const setgeometry: Verb = {
  name: 'setgeometry',
  help: ['<device> <cyl> <head> <sect> <start>'],
  words: [5, 5],
  run(call, [word, ...numbers]) {
    const ref = deviceRef(call, word);
    if (!ref.ok) return call.complain(...ref.error);
    const device = ref.value;
    if (!call.device(device)) return call.missing('setgeometry', device);
    const [cylinders = 0, heads = 0, sectors = 0, start = 0] = numbers.map(Number);
    const inRange =
      numbers.every((text) => /^\d+$/.test(text)) &&
      [cylinders, heads, sectors].every((count, index) => count <= (MOST[index] ?? 0));
    if (inRange && start <= cylinders * heads * sectors) return true;
    const reason = inRange
      ? 'Start sector is beyond the geometry limits.'
      : 'Unable to interpret geometry settings.';
    const error = { code: 'dm', op: 'setgeometry', errno: 'EINVAL', device: '', reason } as const;
    return call.failed(error, whichOf(device));
  },
};
