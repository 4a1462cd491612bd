import { vgOfBackup } from '../state/backup-path.ts';
import type { ActionSpec } from './action.ts';

export const restoreGroup: ActionSpec = {
  id: 'restore-group',
  title: 'Restore this version',
  on: 'backup',
  verb: 'Restore',
  unavailable: (_lab, selected) =>
    selected?.kind === 'backup' && vgOfBackup(selected.id) !== undefined
      ? undefined
      : 'Select an archived version first.',
  fields: () => [],
  initial: () => ({}),
  words(_values, selected) {
    const vg = selected && vgOfBackup(selected.id);
    return selected && vg !== undefined ? ['vgcfgrestore', '-f', selected.id, vg] : undefined;
  },
  then(_values, selected) {
    const vg = selected && vgOfBackup(selected.id);
    return vg === undefined ? undefined : { kind: 'vg', id: vg };
  },
};
