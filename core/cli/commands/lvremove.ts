import { err } from '../../base/result.ts';
import {
  FORCE,
  invalidPath,
  isTooDeep,
  syntax,
  vgName,
  type ChangeCommand,
  type Known,
} from '../command.ts';
import { STATUS } from '../output.ts';

export const lvremove: ChangeCommand = {
  name: 'lvremove',
  about: 'Remove logical volume(s) from the system',
  forms: ['VG|LV ...'],
  options: [FORCE],
  parse(line, known) {
    if (line.words.length === 0) return line.refuse(syntax());
    const deep = line.words.find(isTooDeep);
    if (deep !== undefined) {
      return line.refuse(err({ kind: 'plain', status: STATUS.failed, why: invalidPath(deep) }));
    }
    const force = line.has('force') ? { force: true } : {};
    return line.requests(
      volumesOf(line.words, known).map((one) => ({ verb: 'lvremove', ...one, ...force })),
    );
  },
};

interface Named {
  readonly vg: string;
  readonly lv: string;
}

/**
 * Group by group, as LVM goes through them: the volumes that there are in the group's order, then
 * those that there are not. A group's name stands for all of its volumes, whatever else is named.
 */
function volumesOf(words: readonly string[], known: Known): readonly Named[] {
  const named = words.map((word) => vgName(word).split('/'));
  const groups = new Set(named.map(([vg = '']) => vg));
  return [...groups].flatMap((vg): readonly Named[] => {
    const present = known.lvsOf(vg);
    // That there is no such group is for the operation to say, and once.
    if (!present) return [{ vg, lv: '' }];
    const names = named.flatMap(([of, lv]) => (of === vg ? [lv] : []));
    const wanted = names.includes(undefined) ? present : names;
    const absent = wanted.filter((lv) => lv === undefined || !present.includes(lv));
    const order = [...present.filter((lv) => wanted.includes(lv)), ...absent];
    return [...new Set(order)].map((lv = '') => ({ vg, lv }));
  });
}
