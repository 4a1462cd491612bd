import { ok } from '../../base/result.ts';
import { PV_CREATION, pvCreationOf, times, usage, type ChangeCommand } from '../command.ts';

export const pvcreate: ChangeCommand = {
  name: 'pvcreate',
  options: PV_CREATION,
  parse(line) {
    if (line.positionals.length === 0) return usage('Please enter a physical volume path.');
    const creation = pvCreationOf(line);
    if (!creation.ok) return creation;
    const force = times(line, 'force');
    const devices = line.positionals;
    const forced = force > 0 ? { force } : {};
    return ok([{ verb: 'pvcreate', devices, ...forced, ...creation.value }]);
  },
};
