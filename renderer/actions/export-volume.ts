/** Volumes for other programs, over NBD. */
import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { needsLv, option, plain, selectedLv, type ActionSpec } from './action.ts';

const PLACES = ['a socket', 'a port'] as const;
const SHOWS = { place: 'Console and log', view: 'exports' } as const;

function isExported(lab: LabState, selected: Subject | undefined): boolean {
  const lv = selectedLv(lab, selected);
  return lab.exports.some(({ lvId }) => lvId === lv?.id);
}

export const exportVolume: ActionSpec = {
  id: 'export-volume',
  title: 'NBD export of volume',
  on: 'lv',
  verb: 'Export',
  shows: SHOWS,
  unavailable: (lab, selected) =>
    needsLv(({ active }) => (active ? undefined : 'It is not active.'))(lab, selected) ??
    (isExported(lab, selected) ? 'It is exported already.' : undefined),
  fields: () => [
    {
      id: 'access',
      label: 'Programs may',
      kind: 'choice',
      options: ['read and write', 'read-only'],
    },
    { id: 'place', label: 'At', kind: 'choice', options: PLACES },
    {
      id: 'socket',
      label: 'Path of the socket',
      kind: 'text',
      optional: true,
      hint: "empty: in the lab's folder",
    },
    {
      id: 'port',
      label: 'Port',
      kind: 'number',
      optional: true,
      least: 0,
      hint: 'of this machine alone; 0: a free one',
    },
  ],
  initial: () => ({ access: 'read and write', place: 'a socket', socket: '', port: '0' }),
  words({ access, place, socket, port = '0' }, selected) {
    const how = place === 'a port' ? option('--port', port || '0') : option('--socket', socket);
    const readOnly = access === 'read-only' ? ['--read-only'] : [];
    return selected && ['export', selected.id, ...readOnly, ...how];
  },
};

export const endExport = plain({
  id: 'end-export',
  title: 'End NBD export of volume',
  on: 'lv',
  verb: 'End export',
  shows: SHOWS,
  unavailable: (lab, selected) =>
    needsLv()(lab, selected) ?? (isExported(lab, selected) ? undefined : 'It is not exported.'),
  words: (_values, selected) => selected && ['export', selected.id, '--end'],
});
