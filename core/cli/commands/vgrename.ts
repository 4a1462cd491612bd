import { FORCE, syntax, unwantedWord, vgName, type ChangeCommand } from '../command.ts';

export const vgrename: ChangeCommand = {
  name: 'vgrename',
  about: 'Rename a volume group',
  forms: ['VG VG_new', 'VG_UUID VG_new'],
  options: [FORCE],
  parse(line) {
    const [from, to, surplus] = line.words;
    if (from === undefined || to === undefined) return line.refuse(syntax());
    if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
    return line.requests([{ verb: 'vgrename', from: vgName(from), to: vgName(to) }]);
  },
};
