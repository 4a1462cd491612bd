import { PV_CREATION, defined, syntax, type ChangeCommand } from '../command.ts';

export const pvcreate: ChangeCommand = {
  name: 'pvcreate',
  about: 'Initialize physical volume(s) for use by LVM',
  forms: ['PV ...'],
  options: PV_CREATION,
  parse(line) {
    const creation = line.pvCreation();
    const force = line.has('force') ? line.times('force') : undefined;
    if (line.words.length === 0) return line.refuse(syntax());
    return line.requests([
      { verb: 'pvcreate', devices: line.words, ...creation, ...defined({ force }) },
    ]);
  },
};
