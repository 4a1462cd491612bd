import { err } from '../../base/result.ts';
import { FORCE, syntax, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';
import { groupsOf, namesObjects } from '../objects.ts';

export const vgimport: ChangeCommand = {
  name: 'vgimport',
  about: 'Register exported volume group with system',
  forms: ['VG|Tag|Select ...', '-a|--all'],
  options: [FORCE, flag('all', 'a')],
  parse(line, known) {
    if (line.has('all')) {
      if (namesObjects(line)) return line.refuse(err({ kind: 'unwanted', what: 'option: --all' }));
    } else if (!namesObjects(line)) return line.refuse(syntax());
    const vgs = groupsOf(line, known);
    if (!vgs.ok) return line.refuse(vgs);
    return line.requests(vgs.value.map((vg) => ({ verb: 'vgimport', vg })));
  },
};
