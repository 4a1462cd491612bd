/** To add an operation: a case in contract/requests.ts, one file beside this one, one line here. */
import { unreachable } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Request } from '../../contract/requests.ts';
import type { OpContext } from './context.ts';
import { planLvcreate } from './lvcreate.ts';
import { planLvextend } from './lvextend.ts';
import { planLvremove } from './lvremove.ts';
import { planLvrename } from './lvrename.ts';
import { planPvcreate } from './pvcreate.ts';
import { planVgcreate } from './vgcreate.ts';
import { planVgextend } from './vgextend.ts';
import { planVgremove } from './vgremove.ts';

/** The plan of any request against the world as it is. */
export function planRequest(request: Request, context: OpContext): Result<Plan, VolumeError> {
  switch (request.verb) {
    case 'pvcreate':
      return planPvcreate(request, context);
    case 'vgcreate':
      return planVgcreate(request, context);
    case 'vgextend':
      return planVgextend(request, context);
    case 'vgremove':
      return planVgremove(request, context);
    case 'lvcreate':
      return planLvcreate(request, context);
    case 'lvextend':
      return planLvextend(request, context);
    case 'lvremove':
      return planLvremove(request, context);
    case 'lvrename':
      return planLvrename(request, context);
    default:
      return unreachable(request);
  }
}
