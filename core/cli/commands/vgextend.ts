import {
  defined,
  FORCE,
  METADATA_COPIES,
  METADATA_IGNORE,
  PV_CREATION,
  syntax,
  vgName,
  type ChangeCommand,
} from '../command.ts';
import { flag } from '../getopt.ts';

export const vgextend: ChangeCommand = {
  name: 'vgextend',
  about: 'Add physical volumes to a volume group',
  forms: ['VG PV ...'],
  options: [...PV_CREATION, METADATA_IGNORE, flag('restoremissing'), FORCE, METADATA_COPIES],
  warnsOf: 'orphans',
  parse(line) {
    const [vg, ...devices] = line.words;
    const creation = line.pvCreation('metadatacopies');
    const force = defined({ force: line.has('force') ? (true as const) : undefined });
    if (vg === undefined || devices.length === 0) return line.refuse(syntax());
    if (line.has('restoremissing')) {
      return line.requests([{ verb: 'restoremissing', vg: vgName(vg), devices }]);
    }
    return line.requests([{ verb: 'vgextend', vg: vgName(vg), devices, ...creation, ...force }]);
  },
};
