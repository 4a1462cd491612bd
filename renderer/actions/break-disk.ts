/** What goes wrong with a disk, because somebody wants to see what happens then; and its mend. */
import type { DiskFault } from '../../core/contract/faults.ts';
import type { DiskState, LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { chosen, option, selectedDisk, type ActionSpec } from './action.ts';

const GONE = 'gone';
const READS = 'failing-reads';
const WRITES = 'failing-writes';
const LOST = 'lost-writes';

type Unavailable = ActionSpec['unavailable'];

const needsWhole =
  (more: (disk: DiskState) => string | undefined = () => undefined): Unavailable =>
  (lab, selected) => {
    const disk = selectedDisk(lab, selected);
    if (!disk) return 'Select a disk first.';
    return disk.partitionOf ? `It is a partition: select ${disk.partitionOf.disk}.` : more(disk);
  };

/** A PV that is gone is not there to be selected any more; its disk is. */
const diskOf = (_values: unknown, selected: Subject | undefined): Subject | undefined =>
  selected && { kind: 'disk', id: selected.id };

export const breakDisk: ActionSpec = {
  id: 'break-disk',
  title: 'Break disk',
  on: 'disk',
  verb: 'Break',
  unavailable: needsWhole(),
  fields: () => [
    {
      id: 'faults',
      label: 'What goes wrong, until it is mended',
      kind: 'choices',
      options: [GONE, READS, WRITES, LOST],
    },
    {
      id: 'range',
      label: 'Sectors that fail',
      kind: 'text',
      optional: true,
      hint: 'of failing reads and writes: 2048:8 or 1m:4k (start and length); empty: all',
    },
    {
      id: 'slow',
      label: 'Milliseconds a request takes longer',
      kind: 'number',
      optional: true,
      hint: '1 to 60000; empty: none',
    },
  ],
  initial: () => ({ faults: GONE, range: '', slow: '' }),
  words({ faults, range = '', slow }, selected) {
    const all = chosen(faults);
    const [reads, writes] = [all.includes(READS), all.includes(WRITES)];
    const failing = reads && writes ? '--errors' : reads ? '--error-reads' : '--error-writes';
    const words = [
      ...(all.includes(GONE) ? ['--gone'] : []),
      ...(reads || writes ? [failing, range.trim() === '' ? 'all' : range.trim()] : []),
      ...(all.includes(LOST) ? ['--drop-writes'] : []),
      ...option('--slow', slow),
    ];
    return selected && words.length > 0 ? ['lab', 'break', ...words, selected.id] : undefined;
  },
  then: diskOf,
};

export const mendDisk: ActionSpec = {
  id: 'mend-disk',
  title: 'Mend disk',
  on: 'disk',
  verb: 'Mend',
  unavailable: needsWhole(({ faults }) => (faults ? undefined : 'Nothing is broken on it.')),
  fields: (lab, selected) => [
    {
      id: 'faults',
      label: 'What is mended; nothing chosen: all of it',
      kind: 'choices',
      options: names(lab, selected),
    },
  ],
  initial: (lab, selected) => ({ faults: names(lab, selected).join(' ') }),
  words: ({ faults }, selected) =>
    selected && [
      ...['lab', 'mend'],
      ...chosen(faults).flatMap((name) => optionOf(name)),
      selected.id,
    ],
  then: diskOf,
};

const names = (lab: LabState, selected: Subject | undefined): readonly string[] =>
  (selectedDisk(lab, selected)?.faults ?? []).map(nameOf);

const KINDS = { reads: READS, writes: WRITES, both: 'failing-reads-and-writes' } as const;

/** `failing-reads:2048:8`: a choice has no blanks. */
function nameOf(fault: DiskFault): string {
  switch (fault.kind) {
    case 'gone':
      return GONE;
    case 'slow':
      return 'slow';
    case 'drops-writes':
      return LOST;
    case 'errors': {
      const { on, range } = fault;
      return `${KINDS[on]}:${range ? `${range.start}:${range.count}` : 'all'}`;
    }
  }
}

const OPTIONS: Readonly<Record<string, string>> = {
  [GONE]: '--gone',
  [LOST]: '--drop-writes',
  slow: '--slow',
  [READS]: '--error-reads',
  [WRITES]: '--error-writes',
  [KINDS.both]: '--errors',
};

function optionOf(name: string): readonly string[] {
  const [kind = '', ...range] = name.split(':');
  const words = OPTIONS[kind];
  return words === undefined ? [] : [words, ...(range.length > 0 ? [range.join(':')] : [])];
}
