import { ok } from '../../base/result.ts';
import { PV_CREATION, pvCreationOf, usage, type ChangeCommand } from '../command.ts';

export const vgextend: ChangeCommand = {
  name: 'vgextend',
  options: PV_CREATION,
  parse(line) {
    const [vg, ...devices] = line.positionals;
    if (vg === undefined || devices.length === 0) {
      return usage('Please enter volume group name and physical volume(s)');
    }
    const creation = pvCreationOf(line);
    if (!creation.ok) return creation;
    return ok([{ verb: 'vgextend', vg: vg.replace(/^\/dev\//, ''), devices, ...creation.value }]);
  },
};
