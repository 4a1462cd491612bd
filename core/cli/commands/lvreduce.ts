import {
  defined,
  FORCE,
  lvOf,
  RESIZE_FS,
  SIZE,
  syntax,
  unwantedWord,
  type ChangeCommand,
} from '../command.ts';

export const lvreduce: ChangeCommand = {
  name: 'lvreduce',
  about: 'Reduce the size of a logical volume',
  forms: ['-L|--size [-]Size[m|UNIT] LV'],
  options: [...SIZE, FORCE, ...RESIZE_FS],
  parse(line) {
    const size = line.amount('-');
    const [target, ...rest] = line.words;
    if (target === undefined || !size) return line.refuse(syntax());
    if (rest[0] !== undefined) return line.refuse(unwantedWord(rest[0]));
    const path = lvOf(target);
    if (!path.ok) return line.refuse(path);
    const force = defined({
      force: line.has('force') ? true : undefined,
      resizeFs: line.has('resizefs') ? (true as const) : undefined,
    });
    return line.requests([{ verb: 'lvreduce', ...path.value, size, ...force }]);
  },
};
