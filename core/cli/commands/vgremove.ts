import { FORCE, syntax, type ChangeCommand } from '../command.ts';
import { groupsOf, namesObjects } from '../objects.ts';

export const vgremove: ChangeCommand = {
  name: 'vgremove',
  about: 'Remove volume group(s)',
  forms: ['VG|Tag|Select ...'],
  options: [FORCE],
  parse(line, known) {
    if (!namesObjects(line)) return line.refuse(syntax());
    const vgs = groupsOf(line, known);
    if (!vgs.ok) return line.refuse(vgs);
    const force = line.has('force') ? { force: true } : {};
    return line.requests(vgs.value.map((vg) => ({ verb: 'vgremove', vg, ...force })));
  },
};
