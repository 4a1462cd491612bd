import { ok } from '../../base/result.ts';
import {
  ADD_TAG,
  ALLOC,
  defined,
  misuse,
  SIZE,
  splitLvPath,
  STRIPING,
  syntax,
  vgName,
  type ChangeCommand,
  type Parsed,
} from '../command.ts';
import { valued } from '../getopt.ts';

export const lvcreate: ChangeCommand = {
  name: 'lvcreate',
  about: 'Create a logical volume',
  forms: ['-L|--size Size[m|UNIT] VG [ PV ... ]', '-l|--extents Number[PERCENT] VG [ PV ... ]'],
  options: [
    valued('name', 'n', 'String'),
    ...SIZE,
    ...STRIPING,
    ALLOC,
    valued('contiguous', 'C', 'y|n'),
    ADD_TAG,
    valued('activate', 'a', 'y|n|ay'),
    valued('zero', 'Z', 'y|n'),
    // Signatures inside a new volume are wiped by zeroing its start; there is nothing else to ask.
    valued('wipesignatures', 'W', 'y|n'),
    valued('type', undefined, 'linear|striped'),
  ],
  parse(line) {
    const [target, ...pvs] = line.words;
    const size = line.amount('+');
    const type = line.text('type');
    const allocation = line.policy();
    const wishes = defined({
      ...line.striping(),
      allocation: line.yesNo('contiguous') === true ? 'contiguous' : allocation,
      tags: line.tags('addtag'),
      activate: line.yesNo('activate'),
      zero: line.yesNo('zero'),
      pvs: pvs.length === 0 ? undefined : pvs,
    });
    if (type !== undefined && type !== 'linear' && type !== 'striped') {
      return line.refuse(misuse(`Volumes of type ${type} cannot be created here yet.`));
    }
    if (!size) return line.refuse(syntax());
    const place = placeOf(target, line.text('name'));
    if (!place.ok) return line.refuse(place);
    return line.requests([{ verb: 'lvcreate', ...place.value, size, ...wishes }]);
  },
};

/** The group may be the first word, or in front of the name (`-n vg/home`), or both. */
function placeOf(
  target: string | undefined,
  given: string | undefined,
): Parsed<{ readonly vg: string; readonly name?: string }> {
  const path = given === undefined ? undefined : splitLvPath(given);
  const name = path?.lv ?? given;
  const vg = target === undefined ? path?.vg : vgName(target);
  if (vg === undefined) return syntax();
  if (vg.includes('/')) return misuse('Volume group name expected (no slash)');
  if (path && path.vg !== vg) {
    return misuse(`Inconsistent volume group names given: "${path.vg}" and "${vg}"`);
  }
  return ok({ vg, ...defined({ name }) });
}
