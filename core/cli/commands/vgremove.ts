import { syntax, vgName, type ChangeCommand } from '../command.ts';

export const vgremove: ChangeCommand = {
  name: 'vgremove',
  about: 'Remove volume group(s)',
  forms: ['VG ...'],
  options: [],
  parse(line) {
    if (line.words.length === 0) return line.refuse(syntax());
    const force = line.has('force') ? { force: true } : {};
    return line.requests(
      line.words.map((word) => ({ verb: 'vgremove', vg: vgName(word), ...force })),
    );
  },
};
