import { syntax, vgName, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';

export const vgexport: ChangeCommand = {
  name: 'vgexport',
  about: 'Unregister volume group(s) from the system',
  forms: ['VG ...', '-a|--all'],
  options: [flag('all', 'a')],
  parse(line, known) {
    const vgs = line.has('all') ? known.vgs() : line.words.map(vgName);
    if (vgs.length === 0) return line.refuse(syntax());
    return line.requests(vgs.map((vg) => ({ verb: 'vgexport', vg })));
  },
};
