/**
 * Which groups this machine may use. One with a system ID is used by the machine of that ID alone
 * (lvmsystemid(7)), and one that several machines share needs a lock manager, which a lab has not
 * (lvmlockd(8)). What may not be used is neither shown nor changed (lib/metadata/metadata.c).
 */
import type { LvmId } from '../base/ids.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { VolumeGroup } from './format/model.ts';
import { isShared, lockTypeOf } from './format/write-lock.ts';
import { inLvmOrder } from './scan-order.ts';
import type { BarredVg, Scan, ScannedPv, ScannedVg } from './scan-types.ts';

/** What a command is, and what it may look at beyond its own. */
export interface Access {
  /** Of this machine; absent: it has none. */
  readonly systemId?: string;
  /** Of machines whose groups are used as well: `local/extra_system_ids`. */
  readonly extraIds?: readonly string[];
  /** `--foreign`, `--shared`: shown all the same. */
  readonly foreign?: true;
  readonly shared?: true;
}

/** @param isActive whether volumes of the group are up: then it is this machine's business. */
export function withAccess(scan: Scan, access: Access, isActive: (vg: LvmId) => boolean): Scan {
  const judged = inLvmOrder(scan).map((one) => ({ one, why: barOf(one.vg, access) }));
  const { systemId: localId } = access;
  const barred: BarredVg[] = [];
  const inUse = new Map<ScannedVg, Notice>();
  const said: Notice[] = [];
  for (const { one, why } of judged) {
    if (why === undefined) continue;
    if (why === 'foreign' && isActive(one.vg.id)) {
      const notice = activeNotice(one.vg);
      inUse.set(one, notice);
      said.push(notice);
      continue;
    }
    const group = { ...one, why, ...(localId === undefined ? {} : { localId }) };
    const told = isTold(group) ? [barredNotice(group)] : [];
    barred.push({ ...group, notices: [...one.notices, ...told] });
    said.push(...told);
  }
  if (barred.length + inUse.size === 0) return scan;
  const out = new Set(barred.map(({ vg }) => vg));
  return {
    ...scan,
    vgs: scan.vgs
      .filter(({ vg }) => !out.has(vg))
      .map((one) => {
        const notice = inUse.get(one);
        return notice ? { ...one, notices: [...one.notices, notice] } : one;
      }),
    barred,
    notices: [...scan.notices, ...said],
  };
}

/** Why this machine may not use the group; undefined: it may. */
export function barOf(vg: VolumeGroup, access: Access): BarredVg['why'] | undefined {
  if (vg.status.includes('CLUSTERED')) return 'clustered';
  const { systemId: id = '' } = vg;
  const own = [access.systemId, ...(access.extraIds ?? [])];
  if (id !== '' && !own.includes(id) && !access.foreign) return 'foreign';
  return isShared(vg) && !access.shared ? 'shared' : undefined;
}

/** Whoever goes through all groups is told of these; of the others only who names them. */
const isTold = ({ why, localId }: BarredVg): boolean =>
  why === 'clustered' || (why === 'foreign' && localId === undefined);

const activeNotice = ({ name: vg, systemId = '' }: VolumeGroup): Notice => ({
  code: 'foreign-active',
  vg,
  systemId,
});

/** What is said of it where it is passed over. */
export const barredNotice = (barred: BarredVg): Notice => ({
  code: 'vg-passed-over',
  error: barredError(barred),
});

/** Why whoever names it is refused. */
export function barredError({
  vg,
  why,
  localId,
}: Pick<BarredVg, 'vg' | 'why'> & { readonly localId?: string | undefined }): VolumeError & {
  readonly code: 'vg-barred';
} {
  return {
    code: 'vg-barred',
    vg: vg.name,
    why,
    ...(why === 'foreign' ? { id: vg.systemId ?? '' } : {}),
    ...(why === 'shared' ? { id: lockTypeOf(vg) ?? '' } : {}),
    ...(localId === undefined ? {} : { localId }),
  };
}

/** The group that bars a PV from being used. */
export const barring = ({ barred }: Scan, pv: ScannedPv): BarredVg | undefined =>
  barred.find(({ devices }) => devices.get(pv.label.pvId) === pv);

/** Those that are barred, too: their names and their disks are taken. */
export const allGroups = ({ vgs, barred }: Scan): readonly ScannedVg[] =>
  barred.length === 0 ? vgs : [...vgs, ...barred];
