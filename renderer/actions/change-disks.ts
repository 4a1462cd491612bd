/** Which disks the lab has, and how their images are opened. */
import type { DiskState, LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import {
  GONE,
  isGone,
  option,
  plain,
  selectedDisk,
  unfitWords,
  type ActionSpec,
} from './action.ts';

const MODES = ['read-only', 'sandbox', 'live'] as const;
const POLICIES = ['queue', 'fail'] as const;

/** Of an export; the command line says whether it is a good one. */
const isAddress = (text: string): boolean => /^nbds?(\+\w+)?:/i.test(text);

type Unavailable = ActionSpec['unavailable'];

const needsDisk =
  (more: (disk: DiskState) => string | undefined = () => undefined): Unavailable =>
  (lab, selected) => {
    const disk = selectedDisk(lab, selected);
    return disk ? more(disk) : 'Select a disk first.';
  };

/** What concerns the image. */
const needsWhole = (more: (disk: DiskState) => string | undefined = () => undefined): Unavailable =>
  needsDisk(({ partitionOf, ...disk }) =>
    partitionOf ? `It is a partition: select ${partitionOf.disk}.` : more(disk),
  );

/** Of a sandbox that cannot be opened nobody knows what it holds. */
const inSandbox = ({ mode, sandbox }: DiskState): string | undefined => {
  if (mode !== 'sandbox') return 'It is in no sandbox.';
  return sandbox?.changed === 0 ? 'Its sandbox is empty.' : undefined;
};

const diskOf = (lab: LabState, selected: Subject | undefined): string =>
  selectedDisk(lab, selected)?.mode ?? 'live';

export const attachImage: ActionSpec = {
  id: 'attach-image',
  title: 'Attach image or export',
  on: 'lab',
  verb: 'Attach',
  unavailable: () => undefined,
  fields: () => [
    {
      id: 'file',
      label: 'Image file or address',
      kind: 'text',
      hint: 'a path on this machine, nbd://host/export or nbd+unix:///export?socket=/path',
    },
    { id: 'mode', label: 'Open it', kind: 'choice', options: MODES },
    {
      id: 'onLoss',
      label: 'While its server is away',
      kind: 'choice',
      options: POLICIES,
      hint: 'of an export: I/O waits up to 30 s, or fails at once',
    },
  ],
  initial: () => ({ file: '', mode: 'read-only', onLoss: 'queue' }),
  words({ file = '', mode = 'read-only', onLoss = 'queue' }) {
    const place = file.trim();
    const policy = isAddress(place) && onLoss !== 'queue' ? ['--on-loss', onLoss] : [];
    return place === '' ? undefined : ['lab', 'attach', '--mode', mode, ...policy, '--', place];
  },
};

export const changeMode: ActionSpec = {
  id: 'change-mode',
  title: 'Change mode of disk',
  on: 'disk',
  verb: 'Change',
  unavailable: needsWhole(),
  fields: (lab, selected) => {
    const mode = { id: 'mode', label: 'Open its image', kind: 'choice', options: MODES } as const;
    if (selectedDisk(lab, selected)?.onLoss === undefined) return [mode];
    const label = 'While its server is away';
    return [mode, { id: 'onLoss', label, kind: 'choice', options: POLICIES }];
  },
  initial: (lab, selected) => {
    const { onLoss } = selectedDisk(lab, selected) ?? {};
    return { mode: diskOf(lab, selected), ...(onLoss && { onLoss }) };
  },
  words: ({ mode = 'live', onLoss }, selected) =>
    selected && ['lab', 'mode', ...option('--on-loss', onLoss), selected.id, mode],
};

export const applySandbox = plain({
  id: 'apply-sandbox',
  title: 'Apply sandbox to image',
  on: 'disk',
  verb: 'Apply',
  unavailable: needsWhole((disk) => disk.problem ?? inSandbox(disk)),
  words: (_values, selected) => selected && ['lab', 'apply', selected.id],
});

export const discardSandbox = plain({
  id: 'discard-sandbox',
  title: 'Discard sandbox',
  on: 'disk',
  verb: 'Discard',
  unavailable: needsWhole((disk) =>
    disk.sandbox?.applying ? 'A part of it is in the image: apply it to the end.' : inSandbox(disk),
  ),
  words: (_values, selected) => selected && ['lab', 'discard', selected.id],
});

export const detachDisk = plain({
  id: 'detach-disk',
  title: 'Detach disk',
  on: 'disk',
  verb: 'Detach',
  unavailable: needsWhole(),
  words: (_values, selected) => selected && ['lab', 'detach', selected.id],
});

export const repairDisk: ActionSpec = {
  id: 'repair-disk',
  title: 'Repair label and metadata',
  on: 'disk',
  verb: 'Repair',
  unavailable: needsDisk((disk) => {
    if (disk.problem !== undefined) return disk.problem;
    if (isGone(disk)) return GONE;
    if (disk.unfit) return unfitWords(disk.unfit);
    return disk.mode === 'read-only' ? 'It is opened read-only.' : undefined;
  }),
  fields: () => [
    {
      id: 'file',
      label: 'Backup file',
      kind: 'text',
      optional: true,
      hint: 'backup/vg: what no area holds any more is taken from it',
    },
  ],
  initial: () => ({ file: '' }),
  words: ({ file }, selected) =>
    selected && ['pvck', '--repair', ...option('-f', file), selected.id],
};
