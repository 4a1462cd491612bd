import { LATER_OF_RESIZING, laterOfResizing } from '../later-options.ts';
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
  options: [...SIZE, ...STRIPING, ADDED_TYPE, ALLOC, FORCE, ...RESIZE_FS, ...LATER_OF_RESIZING],
  parse(line, known) {
    const [target, ...pvs] = line.words;
    const size = line.amount('+-');
    const type = addedType(line, known);
    const unbuilt = laterOfResizing(line);
    const wishes = defined({
      ...line.striping(),
      type: type.ok ? type.value : undefined,
      allocation: line.policy(),
      clingTags: line.clingTags(),
      pvs: pvs.length === 0 ? undefined : pvs,
      force: line.has('force') ? true : undefined,
      resizeFs: line.has('resizefs') ? (true as const) : undefined,
    });
    if (unbuilt) return line.refuse(unbuilt);
    if (target === undefined || !size) return line.refuse(syntax());
    if (!type.ok) return line.refuse(type);
    const path = lvOf(target);
    if (!path.ok) return line.refuse(path);
    return line.requests([{ verb: 'lvresize', ...path.value, size, ...wishes }]);
  },
};
