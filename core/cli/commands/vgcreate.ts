import { ok } from '../../base/result.ts';
import {
  policy,
  PV_CREATION,
  pvCreationOf,
  read,
  usage,
  valued,
  wholeNumber,
  type ChangeCommand,
} from '../command.ts';
import { parseSize } from '../sizes.ts';

export const vgcreate: ChangeCommand = {
  name: 'vgcreate',
  options: [
    ...PV_CREATION,
    valued('physicalextentsize', 's'),
    valued('alloc'),
    valued('maxlogicalvolumes', 'l'),
    valued('maxphysicalvolumes', 'p'),
    valued('addtag'),
  ],
  parse(line) {
    const [vg, ...devices] = line.positionals;
    if (vg === undefined) return usage('Please provide volume group name and physical volumes');
    if (devices.length === 0) return usage('Please enter physical volume name(s)');
    const creation = pvCreationOf(line);
    if (!creation.ok) return creation;
    const extentSize = read(line, 'physicalextentsize', (text) => parseSize(text, 'm'));
    if (!extentSize.ok) return extentSize;
    const allocation = read(line, 'alloc', policy);
    if (!allocation.ok) return allocation;
    const maxLv = read(line, 'maxlogicalvolumes', wholeNumber);
    if (!maxLv.ok) return maxLv;
    const maxPv = read(line, 'maxphysicalvolumes', wholeNumber);
    if (!maxPv.ok) return maxPv;
    const tags = line.values.get('addtag');
    return ok([
      {
        verb: 'vgcreate',
        vg: vg.replace(/^\/dev\//, ''),
        devices,
        ...creation.value,
        ...(extentSize.value === undefined ? {} : { extentSize: extentSize.value }),
        ...(allocation.value === undefined ? {} : { allocation: allocation.value }),
        ...(maxLv.value === undefined ? {} : { maxLv: maxLv.value }),
        ...(maxPv.value === undefined ? {} : { maxPv: maxPv.value }),
        ...(tags === undefined ? {} : { tags }),
      },
    ]);
  },
};
