import { err } from '../../base/result.ts';
import { syntax, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';
import { groupsOf, namesObjects } from '../objects.ts';

export const vgexport: ChangeCommand = {
  name: 'vgexport',
  about: 'Unregister volume group(s) from the system',
  forms: ['VG|Tag|Select ...', '-a|--all'],
  options: [flag('all', 'a')],
  parse(line, known) {
    if (line.has('all')) {
      if (namesObjects(line)) return line.refuse(err({ kind: 'unwanted', what: 'option: --all' }));
    } else if (!namesObjects(line)) return line.refuse(syntax());
    const vgs = groupsOf(line, known);
    if (!vgs.ok) return line.refuse(vgs);
    return line.requests(vgs.value.map((vg) => ({ verb: 'vgexport', vg })));
  },
};
