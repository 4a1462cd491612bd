/** A group as an administrator would sketch it: volumes, their extents, and what was written. */
import type { VgState } from '../../core/contract/state.ts';

export interface ModelLv {
  /** Per logical extent the stamp last written to its start; undefined: nobody wrote there. */
  readonly stamps: readonly (number | undefined)[];
  readonly tags: readonly string[];
  readonly readOnly: boolean;
  /** Of type zero or error: it has no extents that could hold anything. */
  readonly virtual?: true;
}

export interface Model {
  readonly vg: string;
  readonly lvs: ReadonlyMap<string, ModelLv>;
}

/** Where PVs are split off to; it comes behind every name that the group may have. */
export const ASIDE = 'zz';

export const fresh: Model = { vg: 'vg', lvs: new Map() };

/** The model with a volume changed, or without it. */
export function withLv(model: Model, name: string, lv: ModelLv | undefined): Model {
  const lvs = new Map(model.lvs);
  if (lv) lvs.set(name, lv);
  else lvs.delete(name);
  return { ...model, lvs };
}

export const newLv = (extents: number): ModelLv => ({
  stamps: Array<undefined>(extents).fill(undefined),
  tags: [],
  readOnly: false,
});

/** More extents that nobody wrote to, or fewer. */
export const resized = (lv: ModelLv, extents: number): ModelLv => ({
  ...lv,
  stamps: Array.from({ length: extents }, (_, at) => lv.stamps[at]),
});

/** How the group of the engine differs from the sketch; undefined where it does not. */
export function difference(model: Model, vgs: readonly VgState[]): string | undefined {
  // PVs that were split off, without a volume: they say nothing of the model.
  const [vg, ...others] = vgs.filter(({ name }) => name !== ASIDE);
  if (vg?.name !== model.vg || others.length > 0)
    return `groups ${vgs.map(({ name }) => name).join()}`;
  const names = vg.lvs.map(({ name }) => name).sort();
  const wanted = [...model.lvs.keys()].sort();
  if (names.join() !== wanted.join()) return `volumes ${names.join()}, not ${wanted.join()}`;
  for (const lv of vg.lvs) {
    const { stamps, tags, readOnly } = model.lvs.get(lv.name) ?? newLv(0);
    if (lv.extentCount !== stamps.length) return `${lv.name} has ${lv.extentCount} extents`;
    if (lv.tags.join() !== tags.join()) return `${lv.name} has the tags ${lv.tags.join()}`;
    if ((lv.attr[1] === 'r') !== readOnly) return `${lv.name} has the attributes ${lv.attr}`;
  }
  return extentFault(vg);
}

/** No extent has two owners, and what nobody owns is counted as free. */
function extentFault(vg: VgState): string | undefined {
  for (const pv of vg.pvs) {
    const owners = new Map<number, string>();
    for (const lv of vg.lvs) {
      for (const area of lv.segments.flatMap(({ areas }) => areas)) {
        if (area.on !== 'pv' || area.id !== pv.id) continue;
        for (let at = 0; at < area.count; at++) {
          const owner = owners.get(area.start + at);
          if (owner) return `${pv.device}:${area.start + at} is of ${owner} and ${lv.name}`;
          owners.set(area.start + at, lv.name);
        }
      }
    }
    if (owners.size + pv.freeCount !== pv.extentCount) return `${pv.device} counts wrongly`;
  }
  return undefined;
}
