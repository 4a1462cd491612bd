import { ok } from '../../base/result.ts';
import { invalid, type TargetType } from '../target.ts';

/** Reads as zeroes and swallows everything else (reference 5.3). */
export const zero: TargetType = {
  name: 'zero',
  version: [1, 1, 0],
  usage: '',

  construct(args) {
    if (args.length > 0) return invalid('No arguments required');
    return ok({
      map(io) {
        if (io.op === 'read') io.data.fill(0);
        return { kind: 'done' };
      },
      source: () => 'zeros',
      ranges: () => [],
      table: () => '',
      status: () => '',
    });
  },
};
