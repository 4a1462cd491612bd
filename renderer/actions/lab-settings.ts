/** What the lab says of LVM's settings: for every command, and for the monitor. */
import type { ActionSpec } from './action.ts';

/** LVM's policies (reference 7.3). */
type Policy = 'remove' | 'allocate' | 'allocate_anywhere';

interface PolicyForm {
  readonly id: string;
  readonly title: string;
  readonly setting: string;
  /** What LVM does by itself. */
  readonly usual: Policy;
  /** What is done about a part that failed. */
  readonly meanings: Readonly<Record<Policy, string>>;
}

function policyForm({ id, title, setting, usual, meanings }: PolicyForm): ActionSpec {
  const path = `activation/${setting}`;
  const byItself = `as LVM: ${usual}`;
  const options = [byItself, ...Object.keys(meanings)];
  const field = { id: 'policy', label: 'Policy', kind: 'choice', options } as const;
  return {
    id,
    title,
    on: 'lab',
    verb: 'Set',
    unavailable: () => undefined,
    fields: () => [{ ...field, meanings: { ...meanings, [byItself]: meanings[usual] } }],
    initial: ({ settings }) => ({ policy: String(settings.lvm[path] ?? byItself) }),
    words: ({ policy = byItself }) =>
      policy === byItself ? ['lab', 'unset', path] : ['lab', 'set', path, policy],
  };
}

const ANYWHERE = 'As allocate, even on a PV that has another part of the mirror already.';

export const legPolicy = policyForm({
  id: 'leg-policy',
  title: 'Policy for failed legs',
  setting: 'mirror_image_fault_policy',
  usual: 'remove',
  meanings: {
    remove:
      'The mirror goes on without the leg; one of two legs becomes a plain volume. A new leg ' +
      'is added by hand.',
    allocate:
      'The leg is replaced by one on a PV with room, which is copied in whole. Where there is ' +
      'no room it is removed.',
    allocate_anywhere: ANYWHERE,
  },
});

export const logPolicy = policyForm({
  id: 'log-policy',
  title: 'Policy for failed logs',
  setting: 'mirror_log_fault_policy',
  usual: 'allocate',
  meanings: {
    remove:
      'The log is kept in memory from then on: whenever the mirror comes up all of it is ' +
      'copied again.',
    allocate:
      'The log is replaced by one on a PV with room, and no data is copied. Where there is no ' +
      'room it is kept in memory.',
    allocate_anywhere: ANYWHERE,
  },
});

/** Whatever lvm.conf could say. */
export const changeSetting: ActionSpec = {
  id: 'change-setting',
  title: 'Change an LVM setting',
  on: 'lab',
  verb: 'Set',
  unavailable: () => undefined,
  fields: ({ settings }) => {
    const set = Object.entries(settings.lvm).map(([path, value]) => `${path}=${value}`);
    const now = set.length === 0 ? 'none is set' : `set now: ${set.join(', ')}`;
    return [
      { id: 'path', label: 'Setting', kind: 'text', hint: `as in lvm.conf; ${now}` },
      { id: 'value', label: 'Value', kind: 'text', optional: true, hint: 'empty: as LVM has it' },
    ];
  },
  initial: () => ({ path: 'activation/monitoring', value: '' }),
  words({ path = '', value = '' }) {
    if (path.trim() === '') return undefined;
    const setting = path.trim();
    return value.trim() === '' ? ['lab', 'unset', setting] : ['lab', 'set', setting, value.trim()];
  },
};
