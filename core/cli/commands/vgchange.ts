import { err } from '../../base/result.ts';
import type { Request } from '../../lvm/ops/index.ts';
import {
  ACTIVATE,
  ACTIVATION_MODE,
  ADD_TAG,
  ALLOC,
  defined,
  DELETE_TAG,
  FORCE,
  syntax,
  vgName,
  VG_METADATA_COPIES,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';
import { STATUS } from '../output.ts';

export const vgchange: ChangeCommand = {
  name: 'vgchange',
  about: 'Change volume group attributes',
  forms: ['-a|--activate y|n|ay [ VG ... ]', 'OPTIONS [ VG ... ]'],
  options: [
    FORCE,
    ACTIVATE,
    ...ACTIVATION_MODE,
    flag('ignoreactivationskip', 'K'),
    valued('resizeable', 'x', 'y|n'),
    valued('logicalvolume', 'l', 'Number'),
    valued('maxphysicalvolumes', 'p', 'Number'),
    valued('physicalextentsize', 's', 'Size[m|UNIT]'),
    flag('uuid', 'u'),
    valued('setautoactivation', undefined, 'y|n'),
    ...VG_METADATA_COPIES,
    ALLOC,
    ADD_TAG,
    DELETE_TAG,
  ],
  preface: (line) => line.partialMode(),
  parse(line, known) {
    const activation = line.activation();
    const change = defined({
      ...line.tagChange(),
      allocation: line.policy(),
      resizeable: line.yesNo('resizeable'),
      maxLv: line.count('logicalvolume'),
      maxPv: line.count('maxphysicalvolumes'),
      extentSize: line.size('physicalextentsize'),
      newId: line.has('uuid') ? (true as const) : undefined,
      autoactivation: line.yesNo('setautoactivation'),
      copies: line.vgCopies(),
    });
    const changes = Object.keys(change).length > 0;
    if (!changes && !activation) return line.refuse(syntax());
    if (changes && activation) {
      const why = `Command does not accept option: --activate ${line.text('activate')}.`;
      return line.refuse(err({ kind: 'plain', status: STATUS.usage, why }));
    }
    const vgs = line.words.length > 0 ? line.words.map(vgName) : known.vgs();
    return line.requests(
      vgs.flatMap((vg): readonly Request[] => [
        ...(changes ? [{ verb: 'vgchange', vg, ...change } as const] : []),
        ...(activation ? [{ verb: 'activation', vg, ...activation } as const] : []),
      ]),
    );
  },
};
