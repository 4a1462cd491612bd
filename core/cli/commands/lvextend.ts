import {
  ALLOC,
  defined,
  misuse,
  SIZE,
  splitLvPath,
  STRIPING,
  syntax,
  type ChangeCommand,
} from '../command.ts';

export const lvextend: ChangeCommand = {
  name: 'lvextend',
  about: 'Add space to a logical volume',
  forms: [
    '-L|--size [+]Size[m|UNIT] LV [ PV ... ]',
    '-l|--extents [+]Number[PERCENT] LV [ PV ... ]',
  ],
  options: [...SIZE, ...STRIPING, ALLOC],
  parse(line) {
    const [target, ...pvs] = line.words;
    const size = line.amount('+');
    const wishes = defined({
      ...line.striping(),
      allocation: line.policy(),
      pvs: pvs.length === 0 ? undefined : pvs,
    });
    if (target === undefined || !size) return line.refuse(syntax());
    const path = splitLvPath(target);
    if (!path) return line.refuse(misuse('Please specify a logical volume path.'));
    return line.requests([{ verb: 'lvextend', ...path, size, ...wishes }]);
  },
};
