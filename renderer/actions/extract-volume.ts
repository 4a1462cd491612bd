import { needsLv, type ActionSpec } from './action.ts';

const KEEP = 'refuse';
const REPLACE = 'replace it';

/** Copies a volume into a file, in the background. */
export const extractVolume: ActionSpec = {
  id: 'extract-volume',
  title: 'Extract volume',
  on: 'lv',
  verb: 'Extract',
  shows: { place: 'Console and log', view: 'jobs' },
  unavailable: needsLv(({ active }) => (active ? undefined : 'It is not active.')),
  fields: () => [
    {
      id: 'file',
      label: 'File',
      kind: 'text',
      hint: 'a path on this machine, from / on; it gets holes where the volume is empty',
    },
    { id: 'there', label: 'If it is there', kind: 'choice', options: [KEEP, REPLACE] },
  ],
  initial: () => ({ file: '', there: KEEP }),
  words({ file = '', there }, selected) {
    if (!selected || file.trim() === '') return undefined;
    const force = there === REPLACE ? ['--force'] : [];
    return ['extract', selected.id, file.trim(), ...force, '--background'];
  },
};
