/** To add an operation: one file beside this one, then one line here. */
import { ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { OpContext, Operation } from './context.ts';
import { planActivation } from './activation.ts';
import { planLvchange } from './lvchange.ts';
import { planLvconvert } from './lvconvert.ts';
import { planLvcreate } from './lvcreate.ts';
import { planLvextend } from './lvextend.ts';
import { planLvreduce } from './lvreduce.ts';
import { planLvremove } from './lvremove.ts';
import { planLvrename } from './lvrename.ts';
import { planLvresize } from './lvresize.ts';
import { planPvchange } from './pvchange.ts';
import { planPvck } from './pvck.ts';
import { planPvcreate } from './pvcreate.ts';
import { planPvmove } from './pvmove.ts';
import { planPvremove } from './pvremove.ts';
import { planPvresize } from './pvresize.ts';
import { planRemovemissing } from './removemissing.ts';
import { planRestoremissing } from './restoremissing.ts';
import { planLvminor } from './lvminor.ts';
import { planRefresh } from './refresh.ts';
import { planResync } from './resync.ts';
import { planVgcfgrestore } from './vgcfgrestore.ts';
import { planVgchange } from './vgchange.ts';
import { planVgck } from './vgck.ts';
import { planVgcreate } from './vgcreate.ts';
import { planVgexport } from './vgexport.ts';
import { planVgextend } from './vgextend.ts';
import { planVgimport } from './vgimport.ts';
import { planVgimportclone } from './vgimportclone.ts';
import { planVgmerge } from './vgmerge.ts';
import { planVgreduce } from './vgreduce.ts';
import { planVgremove } from './vgremove.ts';
import { planVgrename } from './vgrename.ts';
import { planVgsplit } from './vgsplit.ts';
import { withBackups } from './with-backups.ts';

const OPERATIONS = {
  activation: planActivation,
  pvcreate: planPvcreate,
  pvck: planPvck,
  pvmove: planPvmove,
  pvremove: planPvremove,
  pvchange: planPvchange,
  pvresize: planPvresize,
  vgcreate: planVgcreate,
  vgextend: planVgextend,
  vgreduce: planVgreduce,
  vgremove: planVgremove,
  vgrename: planVgrename,
  vgchange: planVgchange,
  vgexport: planVgexport,
  vgimport: planVgimport,
  vgsplit: planVgsplit,
  vgmerge: planVgmerge,
  vgimportclone: planVgimportclone,
  vgcfgrestore: planVgcfgrestore,
  vgck: planVgck,
  removemissing: planRemovemissing,
  restoremissing: planRestoremissing,
  lvconvert: planLvconvert,
  lvcreate: planLvcreate,
  lvextend: planLvextend,
  lvreduce: planLvreduce,
  lvresize: planLvresize,
  lvremove: planLvremove,
  lvrename: planLvrename,
  lvchange: planLvchange,
  lvminor: planLvminor,
  refresh: planRefresh,
  resync: planResync,
};

/** Everything that changes a lab's volumes; `verb` is the operation's name. */
export type Request = Parameters<(typeof OPERATIONS)[keyof typeof OPERATIONS]>[0] & {
  /** No archive and no backup is made of it. */
  readonly unsaved?: true;
};

/** The plan of any request against the world as it is. */
export function planRequest(request: Request, context: OpContext): Result<Plan, VolumeError> {
  // The compiler does not follow that the verb found the operation of just this request.
  const operation = OPERATIONS[request.verb] as Operation<Request>;
  const plan = operation(request, context);
  return plan.ok ? ok(withBackups(plan.value, context, request.unsaved !== true)) : plan;
}
