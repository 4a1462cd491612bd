import { addedType } from '../segment-types.ts';
import {
  ADDED_TYPE,
  ALLOC,
  defined,
  FORCE,
  lvOf,
  RESIZE_FS,
  SIZE,
  STRIPING,
  syntax,
  type ChangeCommand,
} from '../command.ts';

export const lvresize: ChangeCommand = {
  name: 'lvresize',
  about: 'Resize a logical volume',
  forms: [
    '-L|--size [+|-]Size[m|UNIT] LV [ PV ... ]',
    '-l|--extents [+|-]Number[PERCENT] LV [ PV ... ]',
  ],
  options: [...SIZE, ...STRIPING, ADDED_TYPE, ALLOC, FORCE, ...RESIZE_FS],
  parse(line) {
    const [target, ...pvs] = line.words;
    const size = line.amount('+-');
    const wishes = defined({
      ...line.striping(),
      type: line.read('type', addedType),
      allocation: line.policy(),
      clingTags: line.clingTags(),
      pvs: pvs.length === 0 ? undefined : pvs,
      force: line.has('force') ? true : undefined,
      resizeFs: line.has('resizefs') ? (true as const) : undefined,
    });
    if (target === undefined || !size) return line.refuse(syntax());
    const path = lvOf(target);
    if (!path.ok) return line.refuse(path);
    return line.requests([{ verb: 'lvresize', ...path.value, size, ...wishes }]);
  },
};
