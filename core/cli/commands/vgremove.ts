import { ok } from '../../base/result.ts';
import { times, usage, type ChangeCommand } from '../command.ts';

export const vgremove: ChangeCommand = {
  name: 'vgremove',
  options: [],
  parse(line) {
    if (line.positionals.length === 0) return usage('Please enter one or more volume group paths');
    const force = times(line, 'force') > 0 ? { force: true } : {};
    return ok(
      line.positionals.map((vg) => ({
        verb: 'vgremove',
        vg: vg.replace(/^\/dev\//, ''),
        ...force,
      })),
    );
  },
};
