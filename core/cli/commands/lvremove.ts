import type { LvremoveRequest } from '../../lvm/ops/lvremove.ts';
import { splitLvPath, syntax, vgName, type ChangeCommand } from '../command.ts';

export const lvremove: ChangeCommand = {
  name: 'lvremove',
  about: 'Remove logical volume(s) from the system',
  forms: ['VG|LV ...'],
  options: [],
  parse(line, known) {
    if (line.words.length === 0) return line.refuse(syntax());
    const force = line.has('force') ? { force: true } : {};
    const requests = line.words.flatMap((word): readonly LvremoveRequest[] => {
      const path = splitLvPath(word);
      if (path) return [{ verb: 'lvremove', ...path, ...force }];
      // A group's name stands for all of its volumes; that there is no such group is for the
      // operation to say, whatever the volume.
      const vg = vgName(word);
      return (known.lvsOf(vg) ?? ['']).map((lv) => ({ verb: 'lvremove', vg, lv, ...force }));
    });
    return line.requests(requests);
  },
};
