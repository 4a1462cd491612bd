/** Volumes that are parts of mirrors, as the metadata has them (reference 2.6.2, 2.6.3). */
import type { LvState, VgState } from '../../core/contract/state.ts';
import { isLayer } from './mirror-table.ts';

/** What a hidden volume is to the one that it is a part of. */
export interface Part {
  readonly as: 'leg' | 'log' | 'layer';
  /** Of a leg: its place in the mirror, 0 upwards. */
  readonly index: number;
  /** Name of the mirror that it is a part of. */
  readonly of: string;
  /** The visible volume that all of it belongs to. */
  readonly top: string;
}

/** All parts of mirrors in a group, by the name of the volume. */
export function partsOf({ lvs }: Pick<VgState, 'lvs'>): ReadonlyMap<string, Part> {
  const parts = new Map<string, Omit<Part, 'top'>>();
  const names = new Set(lvs.map(({ name }) => name));
  for (const lv of lvs) {
    for (const [index, part] of legsOf(lv).entries()) {
      const layer = isLayer(part);
      parts.set(part, { as: layer ? 'layer' : 'leg', index, of: lv.name });
    }
  }
  for (const lv of lvs) {
    const log = `${lv.name}_mlog`;
    if (!names.has(log) || legsOf(lv).length === 0) continue;
    // A log that is a mirror itself has legs of its own.
    parts.set(log, { as: 'log', index: 0, of: lv.name });
  }
  const topOf = (name: string, depth: number): string => {
    const above = parts.get(name)?.of;
    return above === undefined || depth > names.size ? name : topOf(above, depth + 1);
  };
  return new Map([...parts].map(([name, part]) => [name, { ...part, top: topOf(name, 0) }]));
}

/** Names of the volumes that a mirror is made of, in order; none: no mirror. */
export const legsOf = ({ segments }: LvState): readonly string[] => {
  const [first] = segments.filter(({ type }) => type === 'mirror');
  return first?.areas.flatMap(({ on, device }) => (on === 'lv' ? [device] : [])) ?? [];
};

/** The layer of one that is being converted: what it was before (reference 2.6.3). */
export function layerOf({ lvs }: Pick<VgState, 'lvs'>, lv: LvState): LvState | undefined {
  const [first = ''] = legsOf(lv);
  return isLayer(first) ? lvs.find(({ name }) => name === first) : undefined;
}

export const isMirror = (lv: LvState): boolean => legsOf(lv).length > 0;

/** `leg 0`, `log`; `layer leg 0` of the mirror below one that is being converted. */
export function partName({ as, index, of, top }: Part): string {
  const name = as === 'leg' ? `leg ${index}` : as;
  return of === top ? name : `layer ${name}`;
}

/** Whether `name` is the volume, or one of the parts that it is made of. */
export function belongsTo(parts: ReadonlyMap<string, Part>, name: string, volume: string): boolean {
  if (name === volume) return true;
  const above = parts.get(name);
  return above !== undefined && (above.of === volume || above.top === volume);
}
