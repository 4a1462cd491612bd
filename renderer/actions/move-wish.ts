/** The form of a wish for moves: its fields, and what they say together. */
import type { MoveWish } from '../../core/contract/moves.ts';
import type { LabState, LvState, PvState, VgState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { vgOf } from '../state/subjects.ts';
import { chosen, type ActionField, type Values } from './action.ts';

/** What can be wished of a PV, a volume, or a run of extents. */
const OF_PV = ['everything off it', 'pack it, so that it can shrink'] as const;
const OF_LV = ['in one piece', 'spread evenly over PVs'] as const;
const APART = 'on PVs of their own';
const TOGETHER = 'may share a PV';
const KINDS: Readonly<Record<string, MoveWish['kind']>> = {
  [OF_PV[0]]: 'empty',
  [OF_PV[1]]: 'compact',
  [OF_LV[0]]: 'contiguous',
  [OF_LV[1]]: 'spread',
};

/** The group whose extents the wish is about. */
export function groupOfWish(
  lab: LabState,
  selected: Subject | undefined,
  wish: MoveWish | undefined,
): VgState | undefined {
  if (wish?.kind !== 'run') return vgOf(lab, selected);
  return lab.vgs.find(({ pvs }) => pvs.some(({ device }) => device === wish.device));
}

/** @param wish of a run that was marked or dragged; absent: what is selected */
export function initialValues(
  { pvs }: VgState,
  selected: Subject | undefined,
  wish: MoveWish | undefined,
): Values {
  if (wish?.kind === 'run') {
    const { device, first, count, to } = wish;
    const other = pvs.find((pv) => pv.device !== device && takes(pv))?.device ?? device;
    return {
      kind: 'run',
      source: device,
      first: String(first),
      last: String(first + count - 1),
      to: to.device === '' ? other : to.device,
      place: to.first === undefined ? '' : String(to.first),
      together: APART,
    };
  }
  const kind = selected?.kind === 'lv' ? OF_LV[0] : OF_PV[0];
  return { kind, pvs: '', count: '', together: APART };
}

/** Parts that keep apart: stripes, or legs and a log. */
const hasParts = ({ segments }: LvState): boolean => segments.some(({ areas }) => areas.length > 1);

const takes = ({ allocatable, missing }: PvState): boolean => allocatable && !missing;

export function wishFields(
  { pvs, lvs }: VgState,
  selected: Subject | undefined,
  values: Values,
): readonly ActionField[] {
  const together: readonly ActionField[] = lvs.some(hasParts)
    ? [{ id: 'together', label: 'Stripes and logs', kind: 'choice', options: [APART, TOGETHER] }]
    : [];
  const devices = pvs.flatMap((pv) => (pv.missing ? [] : pv.device));
  if (values.kind === 'run') {
    return [
      { id: 'first', label: 'First PE', kind: 'number', least: 0 },
      { id: 'last', label: 'Last PE', kind: 'number', least: 0 },
      { id: 'to', label: 'To PV', kind: 'choice', options: devices },
      {
        id: 'place',
        label: 'First PE there',
        kind: 'number',
        least: 0,
        optional: true,
        hint: 'empty: where there is room',
      },
      ...together,
    ];
  }
  const isLv = selected?.kind === 'lv';
  const kind = KINDS[values.kind ?? ''];
  const wish: ActionField = {
    id: 'kind',
    label: 'Wish',
    kind: 'choice',
    options: isLv ? OF_LV : OF_PV,
  };
  const others = isLv ? devices : devices.filter((device) => device !== selected?.id);
  const label = isLv ? 'On these PVs' : 'To these PVs only';
  const places: ActionField = {
    id: 'pvs',
    label,
    kind: 'choices',
    optional: true,
    options: others,
  };
  const count: ActionField = {
    id: 'count',
    label: 'Extents that it shall have',
    kind: 'number',
    optional: true,
    hint: 'empty: as few as it can',
  };
  if (kind === 'compact') return [wish, count];
  return kind === 'contiguous' ? [wish, ...together] : [wish, ...together, places];
}

/** Undefined while a field that is needed is empty. */
export function wishOf(values: Values, selected: Subject | undefined): MoveWish | undefined {
  const shared = values.together === APART ? {} : { together: true };
  const [id, pvs] = [selected?.id ?? '', chosen(values.pvs)];
  if (values.kind === 'run') return runOf(values, shared);
  switch (KINDS[values.kind ?? '']) {
    case 'empty':
      return { kind: 'empty', device: id, ...(pvs.length > 0 ? { to: pvs } : {}), ...shared };
    case 'compact': {
      const count = numberOf(values.count);
      return { kind: 'compact', device: id, ...(count === undefined ? {} : { to: count }) };
    }
    case 'contiguous':
      return { kind: 'contiguous', volume: id, ...shared };
    case 'spread':
      return pvs.length === 0 ? undefined : { kind: 'spread', volume: id, over: pvs, ...shared };
    default:
      return undefined;
  }
}

function runOf(
  { source = '', first: from, last: until, to = '', place }: Values,
  shared: { readonly together?: boolean },
): MoveWish | undefined {
  const [first, last, at] = [numberOf(from), numberOf(until), numberOf(place)];
  if (first === undefined || last === undefined || last < first || to === '') return undefined;
  const target = { device: to, ...(at === undefined ? {} : { first: at }) };
  return { kind: 'run', device: source, first, count: last - first + 1, to: target, ...shared };
}

/** Undefined: the field is empty. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text.trim() === '' || !Number.isInteger(number) || number < 0
    ? undefined
    : number;
}
