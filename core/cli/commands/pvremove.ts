import { defined, FORCE, syntax, type ChangeCommand } from '../command.ts';
import { absentFirst } from '../unfit.ts';

export const pvremove: ChangeCommand = {
  name: 'pvremove',
  about: 'Remove LVM label(s) from physical volume(s)',
  forms: ['PV ...'],
  options: [FORCE],
  warnsOf: 'devices',
  parse(line, known) {
    if (line.words.length === 0) return line.refuse(syntax());
    const force = defined({ force: line.has('force') ? line.times('force') : undefined });
    const devices = absentFirst(line.words, known);
    return line.requests(devices.map((device) => ({ verb: 'pvremove', device, ...force })));
  },
};
