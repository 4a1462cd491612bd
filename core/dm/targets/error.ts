import { ok } from '../../base/result.ts';
import { invalid, type TargetType } from '../target.ts';

/** Fails all I/O (reference 5.3). */
export const error: TargetType = {
  name: 'error',
  usage: '',

  construct(args) {
    if (args.length > 0) return invalid('No arguments required');
    return ok({
      map: () => ({ kind: 'fail', reason: 'error target' }),
      ranges: () => [],
      table: () => '',
      status: () => '',
    });
  },
};
