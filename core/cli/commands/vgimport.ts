import { FORCE, syntax, vgName, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';

export const vgimport: ChangeCommand = {
  name: 'vgimport',
  about: 'Register exported volume group with system',
  forms: ['VG ...', '-a|--all'],
  options: [FORCE, flag('all', 'a')],
  parse(line, known) {
    const vgs = line.has('all') ? known.vgs() : line.words.map(vgName);
    if (vgs.length === 0) return line.refuse(syntax());
    return line.requests(vgs.map((vg) => ({ verb: 'vgimport', vg })));
  },
};
