import { FORCE, misuse, syntax, vgName, type ChangeCommand } from '../command.ts';

export const vgremove: ChangeCommand = {
  name: 'vgremove',
  about: 'Remove volume group(s)',
  forms: ['VG ...'],
  options: [FORCE],
  parse(line) {
    if (line.words.length === 0) return line.refuse(syntax());
    const [volume] = line.words.filter((word) => vgName(word).includes('/'));
    if (volume !== undefined) {
      return line.refuse(misuse(`Invalid volume group name ${vgName(volume)}.`));
    }
    const force = line.has('force') ? { force: true } : {};
    const vgs = [...new Set(line.words.map(vgName))];
    return line.requests(vgs.map((vg) => ({ verb: 'vgremove', vg, ...force })));
  },
};
