/** Lines of `pvmove` by chance, in all of its forms, for a group as it is. */
import type { PvState, VgState } from '../../core/contract/state.ts';
import type { Prng } from '../../core/env/prng.ts';
import { areasOn } from './move-forms.ts';

const POLICIES = ['anywhere', 'anywhere', 'contiguous', 'cling', 'normal'];

/** A move that may be refused: there may be no room, or nothing to move. */
export function moveLine(vg: VgState, random: Prng, waits: readonly string[]): string {
  const pvs = vg.pvs.filter(({ device }) => device.startsWith('/'));
  const used = pvs.filter(({ freeCount, extentCount }) => freeCount < extentCount);
  const source = random.pick(used.length > 0 ? used : pvs);
  const words = ['pvmove', random.pick(waits)];
  if (random.chance(25)) words.push('--atomic');
  if (random.chance(25)) words.push('--alloc', random.pick(POLICIES));
  if (random.chance(25)) words.push('-n', random.pick(vg.lvs).name);
  words.push(source.device + (random.chance(55) ? rangesOn(vg, source, random) : ''));
  if (random.chance(50)) {
    const others = pvs.filter((pv) => pv !== source);
    const first = random.pick(others.length > 0 ? others : pvs);
    words.push(first.device + (random.chance(40) ? `:${random.below(first.extentCount)}-` : ''));
    const second = random.pick(pvs);
    if (second !== first && random.chance(50)) words.push(second.device);
  }
  return words.join(' ');
}

/** One to three, which begin where something lies or anywhere; they may overlap. */
function rangesOn(vg: VgState, { device, extentCount }: PvState, random: Prng): string {
  const areas = vg.lvs.flatMap(({ segments }) =>
    segments.flatMap((segment) =>
      segment.areas
        .filter((area) => area.on === 'pv' && area.device === device)
        .map(({ start, count }) => start + random.below(Math.max(1, count))),
    ),
  );
  const starts = Array.from({ length: 1 + random.below(3) }, () =>
    areas.length > 0 && random.chance(80) ? random.pick(areas) : random.below(extentCount),
  );
  return starts
    .map((start) => `:${start}-${Math.min(extentCount - 1, start + random.below(6))}`)
    .join('');
}

/**
 * One whose range begins in one volume and ends in the next that lies behind it, or another way
 * to write ranges; undefined: no two volumes lie beside each other.
 */
export function spanningLine(
  vg: VgState,
  random: Prng,
  waits: readonly string[],
): string | undefined {
  const borders = vg.pvs.flatMap(({ device }) => bordersOn(vg, device));
  if (borders.length === 0) return undefined;
  const { device, at } = random.pick(borders);
  const [first, last] = [Math.max(0, at - 1 - random.below(4)), at + random.below(4)];
  const range = random.pick([`${first}-${last}`, `${first}+${last - first + 1}`]);
  const words = ['pvmove', random.pick(waits), `${device}:${range}`];
  if (random.chance(30)) words.splice(1, 0, '--atomic');
  const others = vg.pvs.filter((pv) => pv.device !== device);
  for (const { device: to, extentCount } of others) {
    if (!random.chance(60)) continue;
    const middle = random.below(extentCount - 1);
    words.push(`${to}:0-${middle}${random.chance(50) ? `:${middle + 1}-` : ''}`);
  }
  return words.join(' ');
}

/** Where one volume ends and another begins. */
function bordersOn(vg: VgState, device: string): readonly { device: string; at: number }[] {
  const owners = new Map<number, string>();
  for (const { lv, start, count } of areasOn(vg, device)) {
    for (let extent = start; extent < start + count; extent++) owners.set(extent, lv.name);
  }
  return [...owners]
    .filter(([at, name]) => owners.has(at - 1) && owners.get(at - 1) !== name)
    .map(([at]) => ({ device, at }));
}
