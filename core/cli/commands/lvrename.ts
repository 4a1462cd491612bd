import { err, ok } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { checkLvName, nameRefusal } from '../../lvm/format/names.ts';
import {
  invalidPath,
  isTooDeep,
  misuse,
  splitLvPath,
  syntax,
  unwantedWord,
  vgName,
  type ChangeCommand,
  type Parsed,
} from '../command.ts';

const NO_GROUP = 'Please provide a valid volume group name';

/** `lvrename vg old new`, or `lvrename vg/old vg/new` (or just the new name). */
export const lvrename: ChangeCommand = {
  name: 'lvrename',
  about: 'Rename a logical volume',
  forms: ['VG LV LV_new', 'LV LV_new'],
  options: [],
  parse(line) {
    const [first, second, third, surplus] = line.words;
    if (first === undefined || second === undefined) return line.refuse(syntax());
    // A path stands for two words.
    const asPath = third === undefined || vgName(first).includes('/');
    const unwanted = asPath ? third : surplus;
    if (unwanted !== undefined) return line.refuse(unwantedWord(unwanted));
    const from = asPath ? fromPath(first) : fromWords(vgName(first), second);
    if (!from.ok) return line.refuse(from);
    const to = newName(from.value, asPath ? second : third);
    if (!to.ok) return line.refuse(to);
    return line.requests([
      { verb: 'lvrename', vg: from.value.vg, from: from.value.lv, to: to.value },
    ]);
  },
};

type From = Parsed<{ readonly vg: string; readonly lv: string }>;

/** `vg/old` */
function fromPath(text: string): From {
  if (isTooDeep(text)) return misuse(`${invalidPath(text)}\n${NO_GROUP}`);
  const path = splitLvPath(text);
  if (!path) return misuse(`Path required for Logical Volume "${text}".\n${NO_GROUP}`);
  return nameRefusal(path.vg) ? misuse(NO_GROUP) : ok(path);
}

/** `vg old`, where the old name may be a path in the same group. */
function fromWords(vg: string, text: string): From {
  if (nameRefusal(vg)) return misuse(NO_GROUP);
  const path = splitLvPath(text);
  if (path && path.vg !== vg) {
    return misuse(`Please use a single volume group name ("${vg}" or "${path.vg}")`);
  }
  return ok({ vg, lv: path?.lv ?? text });
}

/** What is wrong with the new name alone is said before anybody looks for the group. */
function newName(from: { readonly vg: string; readonly lv: string }, text: string): Parsed<string> {
  const path = splitLvPath(text);
  if (path && path.vg !== from.vg) {
    const names = `("${from.vg}" or "${path.vg}")`;
    return misuse(`Logical volume names must have the same volume group ${names}`);
  }
  const name = path?.lv ?? text;
  if (name === '') return misuse('New logical volume name may not be blank');
  const refused = checkLvName(from.vg, name);
  if (refused) return err({ kind: 'failed', error: { ...refused, isNew: true } });
  const same: VolumeError = { code: 'same-name', vg: from.vg, lv: name };
  return name === from.lv ? err({ kind: 'failed', error: same }) : ok(name);
}
