import { err } from '../../base/result.ts';
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
  misuse,
  syntax,
  unwantedWord,
  vgName,
  VG_METADATA_COPIES,
  type ChangeCommand,
  type Known,
  type Parsed,
} from '../command.ts';
import {
  ACTIVATION_ONLY,
  BOTH_MONITORING,
  readOnlyRefusal,
  unaccepted,
  watchGroups,
} from '../change-forms.ts';
import type { LineReader } from '../line-reader.ts';
import { flag, valued } from '../getopt.ts';
import { groupsOf } from '../objects.ts';
import { complaints, STATUS } from '../output.ts';

export const vgchange: ChangeCommand = {
  name: 'vgchange',
  about: 'Change volume group attributes',
  forms: [
    '-a|--activate y|n|ay [ VG|Tag|Select ... ]',
    'OPTIONS [ VG|Tag|Select ... ]',
    '--systemid String VG',
  ],
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
    valued('systemid', undefined, 'String'),
    valued('locktype', undefined, 'none'),
    flag('refresh'),
    valued('monitor', undefined, 'y|n'),
    valued('poll', undefined, 'y|n'),
    valued('autoactivation', undefined, 'String'),
    valued('pvmetadatacopies', undefined, '0|1|2'),
    METADATA_PROFILE,
    DETACH_PROFILE,
    flag('lockstart'),
    flag('lockstop'),
  ],
  preface: (line) => [
    ...line.partialMode(),
    ...(line.text('systemid') === '' ? ['WARNING: Empty system ID supplied.'] : []),
  ],
  async look(line, engine, known) {
    const refused = readOnlyRefusal(vgchange, line, known);
    if (refused) return refused;
    if (line.has('lockstart') || line.has('lockstop')) {
      return { status: STATUS.done, output: complaints([NO_LOCK_DAEMON]) };
    }
    if (line.has('monitor') && (line.has('sysinit') || line.has('ignoremonitoring'))) {
      return { status: STATUS.done, output: complaints([BOTH_MONITORING]) };
    }
    const watches = line.has('monitor') || line.has('poll');
    const changes = [...PROPERTIES, 'activate', 'refresh'].some((option) => line.has(option));
    return watches && !changes ? watchGroups(vgchange, line, engine, known) : undefined;
  },
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
      detachProfile: line.has('detachprofile') ? (true as const) : undefined,
    });
    const changes = Object.keys(change).length > 0;
    if (line.has('locktype')) return unlocking(line, changes || activation !== undefined);
    if (line.has('systemid')) return movingTo(line, changes || activation !== undefined);
    const odd = activation ? undefined : misplaced(line, changes);
    if (odd) return line.refuse(odd);
    if (line.has('refresh')) return refreshing(line, known, changes || activation !== undefined);
    if (!changes && !activation) {
      const why = 'Need one or more command options.';
      return line.refuse(line.has('pvmetadatacopies') ? misuse(why) : syntax());
    }
    if (activation?.active === false && (line.has('monitor') || line.has('poll'))) {
      return line.refuse(misuse('Only -ay* allowed with --monitor or --poll.'));
    }
    if (changes && activation) {
      const why = `Command does not accept option: --activate ${line.text('activate')}.`;
      return line.refuse(err({ kind: 'plain', status: STATUS.usage, why }));
    }
    const vgs = groupsOf(line, known);
    if (!vgs.ok) return line.refuse(vgs);
    return line.requests(
      vgs.value.flatMap((vg): readonly Request[] => [
        ...(changes ? [{ verb: 'vgchange', vg, ...change } as const] : []),
        ...(activation ? [{ verb: 'activation', vg, ...activation } as const] : []),
      ]),
    );
  },
};

const NO_LOCK_DAEMON = 'Using lock start and lock stop requires lvmlockd.';

/** What the metadata says of a group. */
const PROPERTIES = [
  ...['addtag', 'deltag', 'alloc', 'resizeable', 'logicalvolume', 'maxphysicalvolumes', 'uuid'],
  ...['physicalextentsize', 'setautoactivation', 'vgmetadatacopies', 'metadatacopies'],
  ...['pvmetadatacopies', 'detachprofile'],
];

/** `--refresh` takes a part of what `-a` takes, changes take none of it. */
function misplaced(line: LineReader, changes: boolean): Parsed<never> | undefined {
  if (changes) return unaccepted(line, 'monitor', ...ACTIVATION_ONLY);
  if (!line.has('refresh')) return undefined;
  const taken = ['sysinit', 'ignorelockingfailure'];
  const others = ACTIVATION_ONLY.filter((option) => !taken.includes(option));
  return line.has('monitor') ? unaccepted(line, 'refresh') : unaccepted(line, ...others);
}

/** `--systemid`, which goes with nothing else. */
function movingTo(line: LineReader, others: boolean): Parsed<readonly Request[]> {
  const [vg, surplus] = line.words;
  const systemId = line.systemId() ?? '';
  if (others || line.has('refresh')) return line.refuse(unaccepted(line, 'systemid') ?? syntax());
  if (vg === undefined) return line.refuse(syntax());
  if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
  return line.requests([{ verb: 'vgchange', vg: vgName(vg), systemId }]);
}

/** `--locktype none --lockopt force`: without the force it is for a daemon that there is not. */
function unlocking(line: LineReader, others: boolean): Parsed<readonly Request[]> {
  const [vg, surplus] = line.words;
  if (others || line.has('refresh')) return line.refuse(unaccepted(line, 'locktype') ?? syntax());
  if (vg === undefined) return line.refuse(syntax());
  if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
  if (line.text('locktype') !== 'none' || line.text('lockopt') !== 'force') {
    const why = 'Using lock type requires lvmlockd.';
    return line.refuse(err({ kind: 'plain', status: STATUS.done, why }));
  }
  return line.requests([{ verb: 'vgchange', vg: vgName(vg), dropLockType: true }]);
}

/** `--refresh` */
function refreshing(line: LineReader, known: Known, changes: boolean): Parsed<readonly Request[]> {
  if (changes) return line.refuse(unaccepted(line, 'refresh') ?? syntax());
  const vgs = groupsOf(line, known);
  if (!vgs.ok) return line.refuse(vgs);
  return line.requests(vgs.value.map((vg) => ({ verb: 'refresh', vg, partial: line.isPartial() })));
}
