import { defined, FORCE, syntax, type ChangeCommand } from '../command.ts';

export const pvremove: ChangeCommand = {
  name: 'pvremove',
  about: 'Remove LVM label(s) from physical volume(s)',
  forms: ['PV ...'],
  options: [FORCE],
  warnsOf: 'devices',
  parse(line) {
    if (line.words.length === 0) return line.refuse(syntax());
    const force = defined({ force: line.has('force') ? line.times('force') : undefined });
    return line.requests(line.words.map((device) => ({ verb: 'pvremove', device, ...force })));
  },
};
