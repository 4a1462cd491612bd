import { ok } from '../../base/result.ts';
import type { TargetType } from '../target.ts';

/** Fails all I/O (reference 5.3). What stands behind its name is not looked at. */
export const error: TargetType = {
  name: 'error',
  version: [1, 5, 0],
  usage: '',

  construct() {
    return ok({
      map: () => ({ kind: 'fail', reason: 'error target' }),
      ranges: () => [],
      isHollow: true,
      table: () => '',
      status: () => '',
    });
  },
};
