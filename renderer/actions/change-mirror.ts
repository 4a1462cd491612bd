import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { vgOf } from '../state/subjects.ts';
import { isMirror, layerOf, legsOf } from '../viz/mirror-parts.ts';
import { chosen, option, plain, selectedLv, type ActionSpec } from './action.ts';
import {
  logField,
  logOption,
  needsMirror,
  needsWhole,
  pvsField,
  REGION_HINT,
} from './mirror-fields.ts';

const ADD = 'add';
const REMOVE = 'remove';
const SET = 'set the number of copies';
const SIGNS: Readonly<Record<string, string>> = { [ADD]: '+', [REMOVE]: '-' };

/** Up and down; what is no mirror becomes one. */
export const changeLegs: ActionSpec = {
  id: 'change-legs',
  title: 'Add or remove legs',
  on: 'lv',
  verb: 'Convert',
  unavailable: needsWhole(() => undefined),
  fields(lab, selected) {
    const lv = selectedLv(lab, selected);
    const mirror = lv !== undefined && isMirror(lv);
    const count = { id: 'count', label: 'How many', kind: 'number', least: 0 } as const;
    const pvs = pvsField(lab, selected, mirror ? 'On, or from, these PVs' : 'On these PVs only');
    if (!mirror) {
      return [
        { ...count, label: 'Copies', least: 1, hint: 'beside the data that is there' },
        logField,
        { id: 'region', label: 'Region size', kind: 'text', optional: true, hint: REGION_HINT },
        waitField,
        pvs,
      ];
    }
    const how = { id: 'how', label: 'Legs', kind: 'choice', options: [ADD, REMOVE, SET] } as const;
    return [how, { ...count, hint: '0 copies: no mirror any more' }, waitField, pvs];
  },
  initial(lab, selected) {
    const lv = selectedLv(lab, selected);
    const from = lv && isMirror(lv) ? 'mirror' : 'plain';
    return { from, how: ADD, count: '1', log: 'disk', region: '', wait: 'no', pvs: '' };
  },
  words(values, selected) {
    const { count = '', how = ADD, from, wait } = values;
    if (!selected || count === '') return undefined;
    const make =
      from === 'mirror'
        ? ['-m', `${SIGNS[how] ?? ''}${count}`]
        : // Without a type LVM would make a raid1.
          ['--type', 'mirror', '-m', count, ...logOption(values), ...option('-R', values.region)];
    const copies = from !== 'mirror' || how !== REMOVE;
    const background = copies && wait !== 'yes' ? ['-b'] : [];
    return ['lvconvert', ...make, ...background, selected.id, ...chosen(values.pvs)];
  },
  shows: { place: 'Stage', view: 'regions' },
};

/** The copy goes on as a job, and the dialog need not. */
const waitField = {
  id: 'wait',
  label: 'Wait for the copy',
  kind: 'choice',
  options: ['no', 'yes'],
  hint: 'no: Jobs shows how far it is',
} as const;

export const changeLog: ActionSpec = {
  id: 'change-log',
  title: 'Change mirror log',
  on: 'lv',
  verb: 'Change',
  unavailable: needsMirror,
  fields: (lab, selected) => [logField, pvsField(lab, selected, 'On these PVs only')],
  initial: () => ({ log: 'disk', pvs: '' }),
  words: ({ log, pvs }, selected) =>
    selected && ['lvconvert', ...option('--mirrorlog', log), selected.id, ...chosen(pvs)],
};

export const splitLegs: ActionSpec = {
  id: 'split-legs',
  title: 'Split legs off',
  on: 'lv',
  verb: 'Split',
  unavailable: needsMirror,
  fields: (lab, selected) => [
    { id: 'count', label: 'How many', kind: 'number' },
    { id: 'name', label: 'Name of the new volume', kind: 'text' },
    pvsField(lab, selected, 'Those on these PVs'),
  ],
  initial: () => ({ count: '1', name: '', pvs: '' }),
  words({ count, name = '', pvs }, selected) {
    if (!selected || !count || name.trim() === '') return undefined;
    const split = [...option('--splitmirrors', count), ...option('-n', name)];
    return ['lvconvert', ...split, selected.id, ...chosen(pvs)];
  },
  then(values, selected) {
    const [vg] = selected?.id.split('/') ?? [];
    return vg ? { kind: 'lv', id: `${vg}/${values.name?.trim() ?? ''}` } : undefined;
  },
};

const REPLACE = 'replaced';
const TAKE_OUT = 'only taken out';
const POLICY = 'as the policies say';

export const repairMirror: ActionSpec = {
  id: 'repair-mirror',
  title: 'Repair mirror',
  on: 'lv',
  verb: 'Repair',
  unavailable: needsMirror,
  fields: (lab, selected) => [
    {
      id: 'parts',
      label: 'What failed is',
      kind: 'choice',
      options: [REPLACE, TAKE_OUT, POLICY],
      meanings: {
        [REPLACE]: 'Legs and logs are made anew where there is room; a new leg is copied in whole.',
        [TAKE_OUT]: 'The mirror goes on with what is left of it, the log in memory if it failed.',
        [POLICY]: 'As the monitor would do it: see “Policy for failed legs” and “… logs”.',
      },
    },
    pvsField(lab, selected, 'By room on these PVs only'),
  ],
  initial: () => ({ parts: REPLACE, pvs: '' }),
  words({ parts, pvs }, selected) {
    const how = parts === REPLACE ? [] : [parts === TAKE_OUT ? '-f' : '--use-policies'];
    return selected && ['lvconvert', '--repair', ...how, selected.id, ...chosen(pvs)];
  },
  shows: { place: 'Stage', view: 'regions' },
};

export const resyncMirror = plain({
  id: 'resync-mirror',
  title: 'Resynchronise mirror',
  on: 'lv',
  verb: 'Resynchronise',
  unavailable: needsMirror,
  words: (_values, selected) => selected && ['lvchange', '--resync', selected.id],
  shows: { place: 'Stage', view: 'regions' },
});

const needsConversion: ActionSpec['unavailable'] = (lab, selected) => {
  const reason = needsMirror(lab, selected);
  if (reason !== undefined) return reason;
  return imagesBefore(lab, selected) === undefined ? 'It is not being converted.' : undefined;
};

/** Of a conversion under way: how many legs there were before; undefined: there is none. */
function imagesBefore(lab: LabState, selected: Subject | undefined): number | undefined {
  const vg = vgOf(lab, selected);
  const lv = selectedLv(lab, selected);
  let below = vg && lv && layerOf(vg, lv);
  for (let next = below; vg && next; next = layerOf(vg, next)) below = next;
  return below && legsOf(below).length;
}

/** What a conversion does, when it was cut short or nobody waits for it any more. */
export const goOnConverting = plain({
  id: 'go-on-converting',
  title: 'Continue conversion',
  on: 'lv',
  verb: 'Continue',
  unavailable: needsConversion,
  words: (_values, selected) => selected && ['lvchange', '--poll', 'y', selected.id],
  shows: { place: 'Stage', view: 'regions' },
});

export const takeBackConversion: ActionSpec = {
  id: 'take-back-conversion',
  title: 'Take conversion back',
  on: 'lv',
  verb: 'Take back',
  unavailable: needsConversion,
  fields: () => [],
  initial: (lab, selected) => ({ copies: String((imagesBefore(lab, selected) ?? 1) - 1) }),
  words: ({ copies = '0' }, selected) => selected && ['lvconvert', '-m', copies, selected.id],
  shows: { place: 'Stage', view: 'regions' },
};
