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

/** @param groups what the metadata of all disks says about sizes and former paths. */
export function chooseTwins(pvs: readonly FoundPv[], groups: readonly Group[]): Chosen {
  const byId = new Map<LvmId, FoundPv[]>();
  for (const pv of pvs) {
    const same = byId.get(pv.label.pvId) ?? [];
    same.push(pv);
    byId.set(pv.label.pvId, same);
  }
  const preferred = new Set<FoundPv>();
  const notices: Notice[] = [];
  for (const [pvId, same] of byId) {
    const winner = prefer(pvId, same, groups);
    if (winner) preferred.add(winner);
    for (const { path } of same) {
      if (path === winner?.path) continue;
      notices.push({ code: 'duplicate-pv', device: path, pvId, preferred: winner?.path ?? '' });
    }
  }
  return {
    chosen: pvs.filter((pv) => preferred.has(pv)),
    losers: pvs.filter((pv) => !preferred.has(pv)),
    notices,
  };
}

/** The one of the right size, of those the one under its old path, of those the first. */
function prefer(
  pvId: LvmId,
  same: readonly FoundPv[],
  groups: readonly Group[],
): FoundPv | undefined {
  if (same.length < 2) return same[0];
  const entry = groups.flatMap(({ vg }) => findPv(vg, pvId) ?? [])[0];
  const fitting = same.filter((pv) => pv.device.size === entry?.deviceSize);
  const candidates = fitting.length > 0 ? fitting : same;
  return candidates.find((pv) => pv.path === entry?.deviceHint) ?? candidates[0];
}
