import type { Request } from '../../lvm/ops/index.ts';
import {
  ACTIVATE,
  ACTIVATION_MODE,
  ADD_TAG,
  ALLOC,
  defined,
  DELETE_TAG,
  DETACH_PROFILE,
  FORCE,
  METADATA_PROFILE,
  syntax,
  unwantedWord,
  type ChangeCommand,
  type Known,
  type Parsed,
} from '../command.ts';
import { ACTIVATION_ONLY, readOnlyRefusal, unaccepted, watchVolumes } from '../change-forms.ts';
import { NUMBERS, READ_AHEAD, readAheadOf } from '../device-options.ts';
import { flag, valued } from '../getopt.ts';
import { LATER_OF_LVCHANGE, laterOfLvchange } from '../later-options.ts';
import type { LineReader } from '../line-reader.ts';
import { usageRefusal } from '../usage.ts';
import { emptyTag, namesObjects, volumesOf } from '../objects.ts';

export const lvchange: ChangeCommand = {
  name: 'lvchange',
  about: 'Change the attributes of logical volume(s)',
  forms: ['-a|--activate y|n|ay VG|LV|Tag|Select ...', 'OPTIONS VG|LV|Tag|Select ...'],
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
    READ_AHEAD,
    ...NUMBERS,
    flag('refresh'),
    valued('monitor', undefined, 'y|n'),
    valued('poll', undefined, 'y|n'),
    METADATA_PROFILE,
    DETACH_PROFILE,
    ...LATER_OF_LVCHANGE,
  ],
  preface: (line) => [
    ...emptyTag(line),
    ...line.partialMode(),
    ...(line.has('activate') && PROPERTIES.some((option) => line.has(option)) ? [COMBINED] : []),
  ],
  async look(line, engine, known) {
    const refused = readOnlyRefusal(lvchange, line, known);
    if (refused) return refused;
    const unbuilt = await laterOfLvchange(lvchange, line, engine, known);
    if (unbuilt) return unbuilt;
    const watches = ['monitor', 'poll'].filter((option) => line.has(option));
    if (watches.length === 0 || CHANGING.some((option) => line.has(option))) return undefined;
    const odd = unaccepted(line, ...ACTIVATION_ONLY);
    if (odd && !odd.ok) return usageRefusal(lvchange, odd.error);
    return namesObjects(line) ? watchVolumes(lvchange, line, engine, known) : undefined;
  },
  parse(line, known) {
    const activation = line.activation();
    const contiguous = line.yesNo('contiguous');
    const persistent = line.yesNo('persistent');
    const { readAhead, notices } = readAheadOf(line);
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
      readAhead,
      minor: persistent === false ? ('none' as const) : undefined,
      detachProfile: line.has('detachprofile') ? (true as const) : undefined,
    });
    const changes = Object.keys(change).length > 0;
    if (line.has('resync')) return resyncing(line, known, changes || activation !== undefined);
    if (line.has('refresh')) return refreshing(line, known, changes || activation !== undefined);
    if (persistent === true && line.has('minor')) return numbering(line, known, changes);
    if (line.has('minor') && (changes || activation)) {
      return line.refuse(unaccepted(line, 'minor') ?? syntax());
    }
    if ((!changes && !activation) || !namesObjects(line)) return line.refuse(syntax());
    const odd = changes ? unaccepted(line, ...ACTIVATION_ONLY) : undefined;
    if (odd) return line.refuse(odd);
    const said = defined({ notices });
    const volumes = volumesOf(line, known);
    if (!volumes.ok) return line.refuse(volumes);
    return line.requests(
      volumes.value.flatMap((volume): readonly Request[] => [
        ...(changes ? [{ verb: 'lvchange', ...volume, ...change, ...said } as const] : []),
        ...(activation ? [{ verb: 'activation', ...volume, ...activation } as const] : []),
      ]),
    );
  },
};

const COMBINED = 'WARNING: Combining activation change with other commands is not advised.';

/** What the metadata says of a volume. */
const PROPERTIES = [
  ...['addtag', 'deltag', 'alloc', 'contiguous', 'permission', 'readahead', 'persistent'],
  ...['setactivationskip', 'setautoactivation', 'detachprofile'],
];
const CHANGING = [...PROPERTIES, 'activate', 'refresh', 'minor', 'major'];

const MODES = ['activationmode', 'partial'];

/** `--resync` */
function resyncing(line: LineReader, known: Known, changes: boolean): Parsed<readonly Request[]> {
  if (changes) return line.refuse(unaccepted(line, 'resync') ?? syntax());
  if (!namesObjects(line)) return line.refuse(syntax());
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return line.refuse(volumes);
  return line.requests(volumes.value.map((one) => ({ verb: 'resync', ...one })));
}

/** `--refresh` */
function refreshing(line: LineReader, known: Known, changes: boolean): Parsed<readonly Request[]> {
  if (changes) return line.refuse(unaccepted(line, 'refresh') ?? syntax());
  if (!namesObjects(line)) return line.refuse(syntax());
  const odd = unaccepted(line, ...ACTIVATION_ONLY.filter((option) => !MODES.includes(option)));
  if (odd) return line.refuse(odd);
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return line.refuse(volumes);
  return line.requests(
    volumes.value.map((one) => ({ verb: 'refresh', ...one, partial: line.isPartial() })),
  );
}

/** `-My --minor N`: of one volume, unless a group is named. */
function numbering(line: LineReader, known: Known, changes: boolean): Parsed<readonly Request[]> {
  if (changes) return line.refuse(unaccepted(line, 'minor') ?? syntax());
  const [first, surplus] = line.words;
  if (first === undefined) return line.refuse(syntax());
  if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return line.refuse(volumes);
  const minor = line.count('minor') ?? 0;
  return line.requests(volumes.value.map((one) => ({ verb: 'lvminor', ...one, minor })));
}
