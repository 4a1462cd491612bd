import { POOL_SPARE, syntax, unwantedWord, vgName, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';

export const vgmerge: ChangeCommand = {
  name: 'vgmerge',
  about: 'Merge volume groups',
  forms: ['VG VG'],
  // LVM says no more with it than without.
  options: [flag('list', 'l'), POOL_SPARE],
  parse(line) {
    const [to, from, surplus] = line.words;
    if (to === undefined || from === undefined) return line.refuse(syntax());
    if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
    return line.requests([{ verb: 'vgmerge', to: vgName(to), from: vgName(from) }]);
  },
};
