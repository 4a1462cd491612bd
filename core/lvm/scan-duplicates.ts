/** Disks that carry the same PV: one is used, the others are left alone (reference 11.6). */
import type { LvmId } from '../base/ids.ts';
import type { Notice } from '../contract/errors.ts';
import { findPv } from './format/model.ts';
import type { Group } from './scan-groups.ts';
import type { FoundPv } from './scan-pv.ts';

export interface Chosen {
  readonly chosen: readonly FoundPv[];
  readonly losers: readonly FoundPv[];
  readonly notices: readonly Notice[];
}

/** Whether a mapped device uses the disk with this path. */
export type InUse = (path: string) => boolean;

/** @param groups what the metadata of all disks says about sizes and former paths. */
export function chooseTwins(
  pvs: readonly FoundPv[],
  groups: readonly Group[],
  inUse: InUse,
): Chosen {
  const byId = new Map<LvmId, FoundPv[]>();
  for (const pv of pvs) {
    const same = byId.get(pv.label.pvId) ?? [];
    same.push(pv);
    byId.set(pv.label.pvId, same);
  }
  const preferred = new Set<FoundPv>();
  const losers: Notice[] = [];
  const winners: Notice[] = [];
  for (const [pvId, same] of byId) {
    const winner = prefer(pvId, same, groups, inUse);
    if (!winner) continue;
    preferred.add(winner.pv);
    for (const { path } of same) {
      if (path === winner.pv.path) continue;
      losers.push({ code: 'duplicate-pv', device: path, pvId, preferred: winner.pv.path });
      const { reason } = winner;
      winners.push({ code: 'duplicate-preferred', device: winner.pv.path, pvId, reason });
    }
  }
  return {
    chosen: pvs.filter((pv) => preferred.has(pv)),
    losers: pvs.filter((pv) => !preferred.has(pv)),
    notices: [...losers, ...winners],
  };
}

interface Winner {
  readonly pv: FoundPv;
  /** As LVM says it. */
  readonly reason: string;
}

/** What tells them apart, in LVM's order; the first where nothing does. */
function prefer(
  pvId: LvmId,
  same: readonly FoundPv[],
  groups: readonly Group[],
  inUse: InUse,
): Winner | undefined {
  const entry = groups.flatMap(({ vg }) => findPv(vg, pvId) ?? [])[0];
  const tests: readonly (readonly [string, (pv: FoundPv) => boolean])[] = [
    ['device is used by LV', ({ path }) => inUse(path)],
    ['device size is correct', ({ device }) => device.size === entry?.deviceSize],
    ['device name matches previous', ({ path }) => path === entry?.deviceHint],
  ];
  let left = same;
  let reason = 'device was seen first';
  for (const [why, holds] of tests) {
    if (left.length === 1) break;
    const better = left.filter(holds);
    if (better.length === 0 || better.length === left.length) continue;
    [left, reason] = [better, why];
  }
  const [pv] = left;
  return pv && { pv, reason };
}
