import type { Request } from '../../lvm/ops/index.ts';
import {
  ACTIVATE,
  ACTIVATION_MODE,
  ADD_TAG,
  ALLOC,
  defined,
  DELETE_TAG,
  FORCE,
  splitLvPath,
  syntax,
  vgName,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';

export const lvchange: ChangeCommand = {
  name: 'lvchange',
  about: 'Change the attributes of logical volume(s)',
  forms: ['-a|--activate y|n|ay VG|LV ...', 'OPTIONS VG|LV ...'],
  options: [
    FORCE,
    ACTIVATE,
    ...ACTIVATION_MODE,
    flag('ignoreactivationskip', 'K'),
    valued('permission', 'p', 'rw|r'),
    valued('setactivationskip', 'k', 'y|n'),
    valued('setautoactivation', undefined, 'y|n'),
    valued('contiguous', 'C', 'y|n'),
    ALLOC,
    ADD_TAG,
    DELETE_TAG,
  ],
  preface: (line) => line.partialMode(),
  parse(line, known) {
    const activation = line.activation();
    const contiguous = line.yesNo('contiguous');
    const policy = line.policy();
    const change = defined({
      ...line.tagChange(),
      permission: line.permission(),
      allocation:
        contiguous === undefined
          ? policy
          : contiguous
            ? ('contiguous' as const)
            : ('inherit' as const),
      skipActivation: line.yesNo('setactivationskip'),
      autoactivation: line.yesNo('setautoactivation'),
    });
    const changes = Object.keys(change).length > 0;
    if ((!changes && !activation) || line.words.length === 0) return line.refuse(syntax());
    const volumes = line.words.flatMap((word) => {
      const path = splitLvPath(word);
      if (path) return [path];
      const vg = vgName(word);
      return (known.lvsOf(vg) ?? ['']).map((lv) => ({ vg, lv }));
    });
    return line.requests(
      volumes.flatMap((volume): readonly Request[] => [
        ...(changes ? [{ verb: 'lvchange', ...volume, ...change } as const] : []),
        ...(activation ? [{ verb: 'activation', ...volume, ...activation } as const] : []),
      ]),
    );
  },
};
