import {
  ALLOC,
  defined,
  METADATA_TYPE,
  misuse,
  POOL_SPARE,
  syntax,
  unwantedWord,
  VG_METADATA_COPIES,
  vgName,
  type ChangeCommand,
} from '../command.ts';
import { valued } from '../getopt.ts';

export const vgsplit: ChangeCommand = {
  name: 'vgsplit',
  about: 'Move physical volumes into a new or existing volume group',
  forms: ['VG VG PV ...', '-n|--name LV VG VG'],
  options: [
    valued('name', 'n', 'LV'),
    valued('maxlogicalvolumes', 'l', 'Number'),
    valued('maxphysicalvolumes', 'p', 'Number'),
    ALLOC,
    METADATA_TYPE,
    POOL_SPARE,
    ...VG_METADATA_COPIES,
  ],
  parse(line) {
    const [from, to, ...devices] = line.words;
    const name = line.text('name');
    const wishes = defined({
      allocation: line.policy(),
      maxLv: line.count('maxlogicalvolumes'),
      maxPv: line.count('maxphysicalvolumes'),
      copies: line.vgCopies(),
    });
    if (from === undefined || to === undefined) return line.refuse(syntax());
    const [surplus] = devices;
    if (name !== undefined && surplus !== undefined) return line.refuse(unwantedWord(surplus));
    if (name === undefined && surplus === undefined) return line.refuse(syntax());
    if (wishes.allocation === 'inherit') {
      return line.refuse(misuse('Volume Group allocation policy cannot inherit from anything'));
    }
    const what = name === undefined ? { devices } : { lv: volumeOf(name) };
    const groups = { from: vgName(from), to: vgName(to) };
    return line.requests([{ verb: 'vgsplit', ...groups, ...what, ...wishes }]);
  },
};

/** The group may stand in front of it. */
const volumeOf = (name: string): string => vgName(name).split('/').at(-1) ?? name;
