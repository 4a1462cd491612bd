import { ok } from '../../base/result.ts';
import { splitLvPath, usage, type ChangeCommand } from '../command.ts';

/** `lvrename vg old new`, or `lvrename vg/old vg/new` (or just the new name). */
export const lvrename: ChangeCommand = {
  name: 'lvrename',
  options: [],
  parse(line) {
    const words = line.positionals;
    const [first = '', second = '', third] = words;
    if (third !== undefined && words.length === 3) {
      const vg = first.replace(/^\/dev\//, '');
      return ok([{ verb: 'lvrename', vg, from: nameOf(second), to: nameOf(third) }]);
    }
    const from = splitLvPath(first);
    if (!from || words.length !== 2) return usage('Old and new logical volume names required');
    const to = splitLvPath(second);
    if (to && to.vg !== from.vg) {
      return usage(
        `Logical volume names must have the same volume group ("${from.vg}" or "${to.vg}")`,
      );
    }
    return ok([{ verb: 'lvrename', vg: from.vg, from: from.lv, to: to?.lv ?? second }]);
  },
};

const nameOf = (text: string): string => splitLvPath(text)?.lv ?? text;
