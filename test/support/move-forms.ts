/** Which forms of `pvmove` lines have, and what such a line moves: what chance has reached. */
import type { LvState, VgState } from '../../core/contract/state.ts';

/** All that should be met by whoever says that moves were tried in every form. */
export const FORMS = [
  ...['whole PV', 'ranges', 'ranges over several volumes', 'one range over several volumes'],
  ...['-n', 'destinations', 'destinations with ranges', 'to the same PV', 'beside another'],
  ...['anywhere', 'contiguous', 'cling', 'normal'].map((policy) => `--alloc ${policy}`),
  ...['-b', '-i0', '-i1', '--atomic', 'named again'],
  ...['linear', 'striped', 'image', 'log'],
  ...['resumed', 'aborted', 'PV aborted'],
] as const;

export interface AreaOn {
  readonly lv: LvState;
  readonly start: number;
  readonly count: number;
}

/** What lies on a PV itself. */
export const areasOn = ({ lvs }: VgState, device: string): readonly AreaOn[] =>
  lvs.flatMap((lv) =>
    lv.segments.flatMap(({ areas }) =>
      areas
        .filter((area) => area.on === 'pv' && area.device === device)
        .map(({ start, count }) => ({ lv, start, count })),
    ),
  );

/** The forms that an accepted line takes, and what it moves, in a group as it was before. */
export function formsOf(line: string, vg: VgState): readonly string[] {
  const found: string[] = [];
  const words = line.split(' ').slice(1);
  const valueOf = (option: string): string | undefined => {
    const at = words.indexOf(option);
    return at < 0 ? undefined : words.splice(at, 2)[1];
  };
  const policy = valueOf('--alloc');
  if (policy !== undefined) found.push(`--alloc ${policy}`);
  const only = valueOf('-n');
  if (only !== undefined) found.push('-n');
  const [source = '', ...to] = words.filter((word) => !word.startsWith('-'));
  found.push(...words.filter((word) => word.startsWith('-')));
  const [device = '', ...ranges] = source.split(':');
  if (vg.lvs.some((lv) => leaves(lv, device))) return ['named again'];
  const moved = new Set(
    areasOn(vg, device)
      .filter(({ lv: { name } }) => !isLayer(name) && isPartOf(name, only ?? name))
      .filter((area) => ranges.length === 0 || ranges.some((range) => touches(area, range)))
      .map(({ lv }) => lv),
  );
  found.push(ranges.length === 0 ? 'whole PV' : 'ranges');
  if (ranges.length > 0 && moved.size > 1) found.push('ranges over several volumes');
  if (ranges.length === 1 && moved.size > 1) found.push('one range over several volumes');
  if (to.length > 0) found.push('destinations');
  if (to.some((one) => one.includes(':'))) found.push('destinations with ranges');
  if (to.some((one) => one.split(':')[0] === device)) found.push('to the same PV');
  if (vg.lvs.some(({ name }) => isLayer(name))) found.push('beside another');
  return [...found, ...new Set([...moved].map(kindOf))];
}

const isLayer = (name: string): boolean => /^pvmove\d+/.test(name);

const isPartOf = (name: string, whole: string): boolean =>
  name === whole || name.startsWith(`${whole}_m`);

/** A layer, or its first image where all moves as one. */
const leaves = ({ name, segments }: LvState, device: string): boolean =>
  /^pvmove\d+(_mimage_0)?$/.test(name) &&
  segments.some(({ areas: [from] }) => from?.device === device);

function touches({ start, count }: AreaOn, range: string): boolean {
  const [, first = '', sign, last = ''] = /^(\d+)(?:([-+])(\d*))?$/.exec(range) ?? [];
  const from = Number(first);
  if (sign === undefined) return start <= from && from < start + count;
  const end = last === '' ? Infinity : sign === '+' ? from + Number(last) - 1 : Number(last);
  return from < start + count && start <= end;
}

function kindOf({ role, segments }: LvState): string {
  if (role.includes('log')) return 'log';
  if (role.includes('image')) return 'image';
  return segments.some(({ stripes }) => stripes > 1) ? 'striped' : 'linear';
}
