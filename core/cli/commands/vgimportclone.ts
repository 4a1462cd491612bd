import { defined, syntax, vgName, type ChangeCommand } from '../command.ts';
import { flag, valued } from '../getopt.ts';

export const vgimportclone: ChangeCommand = {
  name: 'vgimportclone',
  about: 'Import a VG from cloned PVs',
  forms: ['PV ...'],
  unsaid: ['duplicate-pv', 'duplicate-preferred'],
  options: [
    valued('basevgname', 'n', 'VG'),
    flag('import', 'i'),
    // There is no file of devices that they would have to be added to.
    flag('importdevices'),
  ],
  parse(line) {
    const base = line.text('basevgname');
    const wishes = defined({
      base: base === undefined ? undefined : vgName(base),
      exported: line.has('import') ? (true as const) : undefined,
    });
    if (line.words.length === 0) return line.refuse(syntax());
    return line.requests([{ verb: 'vgimportclone', devices: line.words, ...wishes }]);
  },
};
