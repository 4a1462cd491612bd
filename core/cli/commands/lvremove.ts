import { ok } from '../../base/result.ts';
import type { LvremoveRequest } from '../../contract/requests.ts';
import { splitLvPath, times, usage, type ChangeCommand } from '../command.ts';

export const lvremove: ChangeCommand = {
  name: 'lvremove',
  options: [],
  parse(line, lvsOf) {
    if (line.positionals.length === 0) {
      return usage('Please enter one or more logical volume paths');
    }
    const force = times(line, 'force') > 0 ? { force: true } : {};
    const requests = line.positionals.flatMap((target): readonly LvremoveRequest[] => {
      const path = splitLvPath(target);
      if (path) return [{ verb: 'lvremove', ...path, ...force }];
      // A group's name stands for all of its volumes.
      const vg = target.replace(/^\/dev\//, '');
      return lvsOf(vg).map((lv) => ({ verb: 'lvremove', vg, lv, ...force }));
    });
    return ok(requests);
  },
};
