import { syntax, vgName, type ChangeCommand } from '../command.ts';

export const vgrename: ChangeCommand = {
  name: 'vgrename',
  about: 'Rename a volume group',
  forms: ['VG VG_new', 'VG_UUID VG_new'],
  options: [],
  parse(line) {
    const [from, to] = line.words;
    if (from === undefined || to === undefined || line.words.length > 2) {
      return line.refuse(syntax());
    }
    return line.requests([{ verb: 'vgrename', from: vgName(from), to: vgName(to) }]);
  },
};
