import type { Sectors } from '../../base/units.ts';
import { overriddenNumber } from '../config-option.ts';
import {
  METADATA_PROFILE,
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
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';

export const vgcreate: ChangeCommand = {
  name: 'vgcreate',
  about: 'Create a volume group',
  forms: ['VG_new PV ...'],
  options: [
    METADATA_PROFILE,
    valued('physicalextentsize', 's', 'Size[m|UNIT]'),
    valued('maxlogicalvolumes', 'l', 'Number'),
    valued('maxphysicalvolumes', 'p', 'Number'),
    ALLOC,
    ADD_TAG,
    ...PV_CREATION,
    ...VG_METADATA_COPIES,
    METADATA_TYPE,
    FORCE,
    valued('setautoactivation', undefined, 'y|n'),
    valued('clustered', 'c', 'y|n'),
    flag('shared'),
    valued('locktype', undefined, 'sanlock|dlm|none'),
    valued('systemid', undefined, 'String'),
  ],
  warnsOf: 'orphans',
  parse(line) {
    const [vg, ...devices] = line.words;
    const wishes = defined({
      ...line.pvCreation(),
      extentSize: line.size('physicalextentsize') ?? extentSizeSet(line),
      allocation: line.policy(),
      maxLv: line.count('maxlogicalvolumes'),
      maxPv: line.count('maxphysicalvolumes'),
      tags: line.tags('addtag'),
      copies: line.vgCopies() ?? copiesSet(line),
      systemId: line.systemId(),
      autoactivation: line.yesNo('setautoactivation'),
    });
    if (vg === undefined || devices.length === 0) return line.refuse(syntax());
    const shared = sharing(line);
    if (shared !== undefined) return line.refuse(misuse(shared));
    if (wishes.allocation === 'inherit') {
      const why = 'Volume Group allocation policy cannot inherit from anything';
      return line.refuse(misuse(why));
    }
    return line.requests([{ verb: 'vgcreate', vg: vgName(vg), devices, ...wishes }]);
  },
};

/** Groups that several machines use at a time need a daemon that there is not. */
function sharing(line: LineReader): string | undefined {
  if (line.has('clustered')) return 'The clustered option is deprecated, see --shared.';
  const needed = 'Using a shared lock type requires lvmlockd';
  if (line.has('shared')) return `${needed} (lvm.conf use_lvmlockd.)`;
  const type = line.text('locktype') ?? 'none';
  return type === 'none' ? undefined : `${needed}.`;
}

/** Both where the settings say so: KiB, and a count. */
function extentSizeSet(line: LineReader): Sectors | undefined {
  const kib = overriddenNumber(line.settings, 'allocation/physical_extent_size');
  return kib === undefined ? undefined : ((kib * 2) as Sectors);
}

function copiesSet(line: LineReader): number | undefined {
  const count = overriddenNumber(line.settings, 'metadata/vgmetadatacopies');
  return count === 0 ? undefined : count;
}
