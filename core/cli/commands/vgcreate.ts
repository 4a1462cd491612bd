import {
  ADD_TAG,
  ALLOC,
  defined,
  FORCE,
  METADATA_TYPE,
  misuse,
  PV_CREATION,
  syntax,
  vgName,
  VG_METADATA_COPIES,
  type ChangeCommand,
} from '../command.ts';
import { valued } from '../getopt.ts';

export const vgcreate: ChangeCommand = {
  name: 'vgcreate',
  about: 'Create a volume group',
  forms: ['VG_new PV ...'],
  options: [
    valued('physicalextentsize', 's', 'Size[m|UNIT]'),
    valued('maxlogicalvolumes', 'l', 'Number'),
    valued('maxphysicalvolumes', 'p', 'Number'),
    ALLOC,
    ADD_TAG,
    ...PV_CREATION,
    ...VG_METADATA_COPIES,
    METADATA_TYPE,
    FORCE,
  ],
  warnsOf: 'orphans',
  parse(line) {
    const [vg, ...devices] = line.words;
    const wishes = defined({
      ...line.pvCreation(),
      extentSize: line.size('physicalextentsize'),
      allocation: line.policy(),
      maxLv: line.count('maxlogicalvolumes'),
      maxPv: line.count('maxphysicalvolumes'),
      tags: line.tags('addtag'),
      copies: line.vgCopies(),
    });
    if (vg === undefined || devices.length === 0) return line.refuse(syntax());
    if (wishes.allocation === 'inherit') {
      const why = 'Volume Group allocation policy cannot inherit from anything';
      return line.refuse(misuse(why));
    }
    return line.requests([{ verb: 'vgcreate', vg: vgName(vg), devices, ...wishes }]);
  },
};
