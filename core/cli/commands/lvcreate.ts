import { err, ok, type Result } from '../../base/result.ts';
import { nameRefusal } from '../../lvm/format/names.ts';
import {
  ADD_TAG,
  ALLOC,
  defined,
  invalidPath,
  isTooDeep,
  misuse,
  SIZE,
  splitLvPath,
  STRIPING,
  syntax,
  unwantedOption,
  vgName,
  type ChangeCommand,
  type Parsed,
} from '../command.ts';
import { valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { STATUS } from '../output.ts';

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
    const type = line.read('type', segmentType);
    const [zero, wipe] = [line.yesNo('zero'), line.yesNo('wipesignatures')];
    const allocation = line.policy();
    const wishes = defined({
      ...line.striping(),
      allocation: line.yesNo('contiguous') === true ? 'contiguous' : allocation,
      tags: line.tags('addtag'),
      activate: line.yesNo('activate'),
      zero,
      pvs: pvs.length === 0 ? undefined : pvs,
    });
    if (type !== undefined && type !== 'linear' && type !== 'striped') {
      return line.refuse(misuse(`Volumes of type ${type} cannot be created here yet.`));
    }
    if (!size) return line.refuse(syntax());
    const odd = unwantedStriping(line, type);
    if (odd) return line.refuse(odd);
    if (wishes.activate === false && (zero === true || (wipe === true && zero !== false))) {
      // LVM makes nothing then, and still ends with status 0.
      return line.refuse(err({ kind: 'plain', status: STATUS.done, why: CANNOT_ZERO }));
    }
    const place = placeOf(target, line.text('name'));
    if (!place.ok) return line.refuse(place);
    return line.requests([{ verb: 'lvcreate', ...place.value, size, ...wishes }]);
  },
};

const CANNOT_ZERO = 'Cannot zero inactive logical volume with option -Zy or -Wy.';

/** Those of LVM, whether they can be made here or not. */
const SEGMENT_TYPES = [
  'linear',
  'striped',
  'error',
  'zero',
  'mirror',
  'snapshot',
  'thin',
  'thin-pool',
  'cache',
  'cache-pool',
  'vdo',
  'vdo-pool',
  'writecache',
];

const segmentType = (text: string): Result<string, string> =>
  SEGMENT_TYPES.includes(text) || /^raid\d+(_\w+)?$/.test(text)
    ? ok(text)
    : err(`WARNING: Unrecognised segment type ${text}`);

/** Stripes need a striped volume, and a stripe size needs stripes. */
function unwantedStriping(line: LineReader, type: string | undefined): Parsed<never> | undefined {
  const [stripes, stripeSize] = [line.text('stripes'), line.text('stripesize')];
  if (type === 'linear' && stripes !== undefined && Number(stripes) > 1) {
    return unwantedOption('stripes', stripes);
  }
  const striped = type === 'striped' || stripes !== undefined;
  return stripeSize === undefined || striped ? undefined : unwantedOption('stripesize', stripeSize);
}

/** The group may be the first word, or in front of the name (`-n vg/home`), or both. */
function placeOf(
  target: string | undefined,
  given: string | undefined,
): Parsed<{ readonly vg: string; readonly name?: string }> {
  if (given !== undefined && isTooDeep(given)) return misuse(invalidPath(given));
  const path = given === undefined ? undefined : splitLvPath(given);
  const name = path?.lv ?? given;
  const vg = target === undefined ? path?.vg : vgName(target);
  if (vg === undefined) return syntax();
  if (vg.includes('/')) return misuse('Volume group name expected (no slash)');
  if (nameRefusal(vg)) return misuse(`Volume group name ${vg} has invalid characters`);
  if (path && path.vg !== vg) {
    return misuse(`Inconsistent volume group names given: "${path.vg}" and "${vg}"`);
  }
  return ok({ vg, ...defined({ name }) });
}
