import { defined, FORCE, PV_CREATION, syntax, type ChangeCommand } from '../command.ts';

export const pvcreate: ChangeCommand = {
  name: 'pvcreate',
  about: 'Initialize physical volume(s) for use by LVM',
  forms: ['PV ...'],
  options: [...PV_CREATION, FORCE],
  parse(line) {
    const creation = line.pvCreation();
    const force = line.has('force') ? line.times('force') : undefined;
    if (line.words.length === 0) return line.refuse(syntax());
    // One at a time: what is refused of one device does not keep the others from being made.
    const devices = line.words.filter((word, at, words) => words.indexOf(word) === at);
    return line.requests(
      devices.map((device) => ({
        verb: 'pvcreate',
        devices: line.words.filter((word) => word === device),
        ...creation,
        ...defined({ force }),
      })),
    );
  },
};
