import { err, ok } from '../../base/result.ts';
import { nameRefusal } from '../../lvm/format/names.ts';
import {
  ADD_TAG,
  ALLOC,
  defined,
  invalidPath,
  isTooDeep,
  METADATA_PROFILE,
  misuse,
  SIZE,
  splitLvPath,
  STRIPING,
  syntax,
  unwantedOption,
  unwantedWord,
  vgName,
  type ChangeCommand,
  type Parsed,
} from '../command.ts';
import {
  majorNotices,
  mirrorsOf,
  newNumber,
  NUMBERS,
  READ_AHEAD,
  readAheadOf,
} from '../device-options.ts';
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { LATER_OF_LVCREATE, laterOfLvcreate, notYet } from '../later-options.ts';
import { mirrorsAreMirrors, newMirror, OF_NEW_MIRRORS } from '../mirror-options.ts';
import { STATUS } from '../output.ts';
import type { LvcreateRequest } from '../../lvm/ops/lvcreate.ts';
import type { Request } from '../../lvm/ops/index.ts';
import type { SizeSpec } from '../../lvm/ops/size.ts';
import { isVirtualType, segmentType } from '../segment-types.ts';
import { asksForSnapshot, newSnapshot, OF_SNAPSHOTS } from '../snapshot-options.ts';

export const lvcreate: ChangeCommand = {
  name: 'lvcreate',
  about: 'Create a logical volume',
  forms: [
    '-L|--size Size[m|UNIT] VG [ PV ... ]',
    '-l|--extents Number[PERCENT] VG [ PV ... ]',
    '--type mirror -L|--size Size[m|UNIT] [ -m|--mirrors Number ] VG [ PV ... ]',
    '-s|--snapshot -L|--size Size[m|UNIT] LV [ PV ... ]',
    '--type snapshot -L|--size Size[m|UNIT] -V|--virtualsize Size[m|UNIT] VG [ PV ... ]',
  ],
  options: [
    valued('name', 'n', 'String'),
    ...SIZE,
    ...STRIPING,
    ALLOC,
    valued('contiguous', 'C', 'y|n'),
    ADD_TAG,
    valued('activate', 'a', 'y|n|ay'),
    valued('permission', 'p', 'rw|r'),
    valued('zero', 'Z', 'y|n'),
    // Signatures inside a new volume are wiped by zeroing its start; there is nothing else to ask.
    valued('wipesignatures', 'W', 'y|n'),
    valued('type', undefined, 'linear|striped|mirror|snapshot|error|zero'),
    valued('mirrors', 'm', 'Number'),
    READ_AHEAD,
    ...NUMBERS,
    valued('setactivationskip', 'k', 'y|n'),
    flag('ignoreactivationskip', 'K'),
    valued('setautoactivation', undefined, 'y|n'),
    valued('monitor', undefined, 'y|n'),
    METADATA_PROFILE,
    ...OF_NEW_MIRRORS,
    ...OF_SNAPSHOTS,
    ...LATER_OF_LVCREATE,
  ],
  parse(line) {
    const [target, ...pvs] = line.words;
    const size = line.amount('+');
    const type = line.read('type', segmentType);
    const [zero, wipe] = [line.yesNo('zero'), line.yesNo('wipesignatures')];
    const allocation = line.policy();
    const auto = line.text('activate') === 'ay';
    const { readAhead, notices = [] } = readAheadOf(line);
    const minor = newNumber(line);
    const mirrors = line.text('type') === 'mirror' ? ok([]) : mirrorsOf(line);
    const skip = line.yesNo('setactivationskip') === true;
    const wishes = defined({
      ...line.striping(),
      allocation: line.yesNo('contiguous') === true ? 'contiguous' : allocation,
      tags: line.tags('addtag'),
      activate: line.yesNo('activate'),
      readOnly: line.permission() === 'r' ? (true as const) : undefined,
      zero: auto ? false : zero,
      readAhead,
      minor: minor.ok ? minor.value : undefined,
      skipActivation: skip ? (true as const) : undefined,
      ignoreSkip: line.has('ignoreactivationskip') ? (true as const) : undefined,
      autoactivation: line.yesNo('setautoactivation'),
      clingTags: line.clingTags(),
      pvs: pvs.length === 0 ? undefined : pvs,
    });
    if (asksForSnapshot(line, type)) return snapshotRequest(line, wishes, size, minor);
    const virtual = isVirtualType(type) ? type : undefined;
    const isMirror = type === 'mirror' || asksForMirror(line, type);
    const mirror = isMirror ? newMirror(line) : undefined;
    if (type !== undefined && !virtual && !isMirror && type !== 'linear' && type !== 'striped') {
      return line.refuse(notYet(type));
    }
    const unbuilt = laterOfLvcreate(line, isMirror ? 'mirror' : type);
    if (unbuilt) return line.refuse(unbuilt);
    if (!size) return line.refuse(syntax());
    if (!minor.ok) return line.refuse(minor);
    if (mirror && !mirror.ok) return line.refuse(mirror);
    if (!mirrors.ok && !mirror) return line.refuse(mirrors);
    const odd = unwantedStriping(line, type) ?? (virtual && unwantedPlace(line, pvs));
    if (odd) return line.refuse(odd);
    if (
      !virtual &&
      wishes.activate === false &&
      (zero === true || (wipe === true && zero !== false))
    ) {
      // LVM makes nothing then, and still ends with status 0.
      return line.refuse(err({ kind: 'plain', status: STATUS.done, why: CANNOT_ZERO }));
    }
    if (skip && !wishes.ignoreSkip && (zero === true || wipe === true)) {
      return line.refuse(err({ kind: 'plain', status: STATUS.done, why: CANNOT_ZERO_SKIPPED }));
    }
    const place = placeOf(target, line.text('name'));
    if (!place.ok) return line.refuse(place);
    const early = mirrors.ok ? mirrors.value : [];
    const said = [...majorNotices(line), ...notices, ...early];
    const of = defined({
      type: virtual,
      mirror: mirror?.value,
      notices: said.length > 0 ? said : undefined,
    });
    return line.requests([{ verb: 'lvcreate', ...place.value, size, ...of, ...wishes }]);
  },
};

/** The rest of a line that asks for a snapshot. */
function snapshotRequest(
  line: LineReader,
  wishes: Omit<Partial<LvcreateRequest>, 'verb'>,
  size: SizeSpec | undefined,
  minor: Parsed<number | undefined>,
): Parsed<readonly Request[]> {
  const found = newSnapshot(line, [...OF_NEW_MIRRORS, ...LATER_OF_LVCREATE]);
  if (!found.ok) return line.refuse(found);
  if (!size) return line.refuse(syntax());
  if (!minor.ok) return line.refuse(minor);
  const notices = [...majorNotices(line), ...(readAheadOf(line).notices ?? [])];
  const said = defined({ notices: notices.length > 0 ? notices : undefined });
  return line.requests([{ verb: 'lvcreate', ...wishes, ...found.value, size, ...said }]);
}

/** More than one copy, and no word of what kind. */
const asksForMirror = (line: LineReader, type: string | undefined): boolean =>
  type === undefined && mirrorsAreMirrors(line) && (line.count('mirrors') ?? 0) > 0;

const CANNOT_ZERO_SKIPPED =
  'Cannot zero skipped from activation logical volume with option -Zy or -Wy.';
const CANNOT_ZERO = 'Cannot zero inactive logical volume with option -Zy or -Wy.';

/** Stripes need a striped volume, and a stripe size needs stripes. */
function unwantedStriping(line: LineReader, type: string | undefined): Parsed<never> | undefined {
  const [stripes, stripeSize] = [line.text('stripes'), line.text('stripesize')];
  if (type === 'linear' && stripes !== undefined && Number(stripes) > 1) {
    return unwantedOption('stripes', stripes);
  }
  const striped = type === 'striped' || stripes !== undefined;
  return stripeSize === undefined || striped ? undefined : unwantedOption('stripesize', stripeSize);
}

/** Volumes without extents lie on no PVs. */
function unwantedPlace(line: LineReader, pvs: readonly string[]): Parsed<never> | undefined {
  const stripes = line.text('stripes');
  if (stripes !== undefined) return unwantedOption('stripes', stripes);
  const [pv] = pvs;
  return pv === undefined ? undefined : unwantedWord(pv);
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
