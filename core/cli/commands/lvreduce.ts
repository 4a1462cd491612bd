import { defined, misuse, SIZE, splitLvPath, syntax, type ChangeCommand } from '../command.ts';

export const lvreduce: ChangeCommand = {
  name: 'lvreduce',
  about: 'Reduce the size of a logical volume',
  forms: ['-L|--size [-]Size[m|UNIT] LV'],
  options: SIZE,
  parse(line) {
    const size = line.amount('-');
    const [target, ...rest] = line.words;
    if (target === undefined || rest.length > 0 || !size) return line.refuse(syntax());
    const path = splitLvPath(target);
    if (!path) return line.refuse(misuse('Please specify a logical volume path.'));
    const force = defined({ force: line.has('force') ? true : undefined });
    return line.requests([{ verb: 'lvreduce', ...path, size, ...force }]);
  },
};
