import { misuse, splitLvPath, syntax, vgName, type ChangeCommand } from '../command.ts';

/** `lvrename vg old new`, or `lvrename vg/old vg/new` (or just the new name). */
export const lvrename: ChangeCommand = {
  name: 'lvrename',
  about: 'Rename a logical volume',
  forms: ['VG LV LV_new', 'LV LV_new'],
  options: [],
  parse(line) {
    const [first, second, third] = line.words;
    if (first === undefined || second === undefined || line.words.length > 3) {
      return line.refuse(syntax());
    }
    if (third !== undefined) {
      const [from, to] = [nameOf(second), nameOf(third)];
      return line.requests([{ verb: 'lvrename', vg: vgName(first), from, to }]);
    }
    const from = splitLvPath(first);
    if (!from) {
      const why = `Path required for Logical Volume "${first}".`;
      return line.refuse(misuse(`${why}\nPlease provide a valid volume group name`));
    }
    const to = splitLvPath(second);
    if (to && to.vg !== from.vg) {
      const names = `("${from.vg}" or "${to.vg}")`;
      return line.refuse(misuse(`Logical volume names must have the same volume group ${names}`));
    }
    return line.requests([{ verb: 'lvrename', vg: from.vg, from: from.lv, to: to?.lv ?? second }]);
  },
};

const nameOf = (text: string): string => splitLvPath(text)?.lv ?? text;
