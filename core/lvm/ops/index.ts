/** To add an operation: one file beside this one, then one line here. */
import type { Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { OpContext, Operation } from './context.ts';
import { planLvcreate } from './lvcreate.ts';
import { planLvextend } from './lvextend.ts';
import { planLvremove } from './lvremove.ts';
import { planLvrename } from './lvrename.ts';
import { planPvcreate } from './pvcreate.ts';
import { planVgcreate } from './vgcreate.ts';
import { planVgextend } from './vgextend.ts';
import { planVgremove } from './vgremove.ts';

const OPERATIONS = {
  pvcreate: planPvcreate,
  vgcreate: planVgcreate,
  vgextend: planVgextend,
  vgremove: planVgremove,
  lvcreate: planLvcreate,
  lvextend: planLvextend,
  lvremove: planLvremove,
  lvrename: planLvrename,
};

/** Everything that changes a lab's volumes; `verb` is the operation's name. */
export type Request = Parameters<(typeof OPERATIONS)[keyof typeof OPERATIONS]>[0];

/** The plan of any request against the world as it is. */
export function planRequest(request: Request, context: OpContext): Result<Plan, VolumeError> {
  // The compiler does not follow that the verb found the operation of just this request.
  const operation = OPERATIONS[request.verb] as Operation<Request>;
  return operation(request, context);
}
