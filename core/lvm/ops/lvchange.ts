import type { AllocationPolicy } from '../../contract/state.ts';
import { err, ok } from '../../base/result.ts';
import type { Notice } from '../../contract/errors.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { after } from './after.ts';
import { withMinor } from '../format/device-number.ts';
import type { LogicalVolume } from '../format/model.ts';
import { snapshotOn } from '../format/snapshots.ts';
import type { Operation } from './context.ts';
import { surroundings, isActive, lvToChange, vgToChange } from './find.ts';
import { incompletePart } from './missing.ts';
import { planChange } from './plan-change.ts';
import { tagged, type TagChange } from './tags.ts';
import { withoutProfile, withWord } from './vgchange.ts';

/** Changes what the metadata says of a volume, also while it is in use. */
export interface LvchangeRequest extends TagChange {
  readonly verb: 'lvchange';
  readonly vg: string;
  readonly lv: string;
  readonly permission?: 'r' | 'rw';
  readonly allocation?: AllocationPolicy;
  /** Stays down unless it is asked for with `-K`. */
  readonly skipActivation?: boolean;
  readonly autoactivation?: boolean;
  /** In sectors, a multiple of 8; 0: LVM finds out, -1: none. */
  readonly readAhead?: bigint;
  /** `none`: the number that its device always had may change from now on. */
  readonly minor?: 'none';
  /** It follows no profile of settings any more. */
  readonly detachProfile?: true;
  /** Known from the line alone, and said first. */
  readonly notices?: readonly Notice[];
}

export const planLvchange: Operation<LvchangeRequest> = (request, context) =>
  after(request.notices, planIt(request, context));

const planIt: Operation<LvchangeRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const lv = lvToChange(vg, request.lv, 'lvchange');
  if (!lv.ok) return lv;
  const { permission } = request;
  const writable = lv.value.status.includes('WRITE');
  const names = { vg: vg.name, lv: request.lv };
  if (permission !== undefined && writable === (permission === 'rw')) {
    return err({ code: 'permission-same', ...names, permission });
  }
  const { readAhead, minor } = request;
  const before = lv.value.readAhead ?? 0n;
  if (readAhead === before) {
    const said = before === 0n ? 'auto' : before < 0n ? 'none' : String(before);
    return err({ code: 'read-ahead-same', ...names, readAhead: said });
  }
  if (minor && !lv.value.status.includes('FIXED_MINOR')) {
    return err({ code: 'minor-not-persistent', ...names });
  }
  const { allocationPolicy, ...rest } = minor ? withMinor(lv.value, undefined) : lv.value;
  const policy = request.allocation ?? allocationPolicy;
  const skip = request.skipActivation;
  const auto = request.autoactivation;
  const flags = withWord(lv.value.flags, 'ACTIVATION_SKIP', skip);
  const changed: LogicalVolume = {
    ...rest,
    ...(policy === undefined || policy === 'inherit' ? {} : { allocationPolicy: policy }),
    tags: tagged(lv.value.tags, request),
    status: withPermission(rest.status, permission),
    ...(readAhead === undefined ? {} : { readAhead }),
    flags: withWord(flags, 'NOAUTOACTIVATE', auto === undefined ? undefined : !auto),
    extra: request.detachProfile ? withoutProfile(rest.extra) : rest.extra,
  };
  const lvs = vg.lvs.map((one) => (one === lv.value ? changed : one));
  const done = [{ code: 'lv-changed', ...names }] as const;
  const reloads = (permission ?? readAhead) !== undefined && isActive(context, vg, lv.value);
  const title = `Change logical volume ${vg.name}/${request.lv}`;
  const part = reloads ? incompletePart(scanned.value, lv.value) : undefined;
  if (part !== undefined) {
    // A snapshot is suspended by the name of its origin.
    const holder = snapshotOn(vg, request.lv)?.origin ?? request.lv;
    const short = { code: 'reload-partial', vg: vg.name, lv: holder, part } as const;
    return ok({ title, steps: [], commitAt: -1, warnings: [], questions: [], done, short });
  }
  const tree = reloads
    ? deviceTree({ ...vg, lvs }, changed, surroundings(context, scanned.value), true)
    : undefined;
  if (tree && !tree.ok) return tree;
  return planChange(context, scanned.value, {
    title,
    next: { ...vg, lvs },
    ...(tree ? { reload: reloadSteps(tree.value, context.kernel()) } : {}),
    ...(permission && { log: { first: [{ code: 'setting-permission', ...names, permission }] } }),
    done,
  });
};

function withPermission(
  status: readonly string[],
  permission: 'r' | 'rw' | undefined,
): readonly string[] {
  if (permission === undefined) return status;
  const others = status.filter((word) => word !== 'WRITE');
  // LVM writes it behind READ.
  return permission === 'r'
    ? others
    : others.flatMap((word) => (word === 'READ' ? ['READ', 'WRITE'] : [word]));
}
