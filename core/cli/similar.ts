/** The syntax that LVM names beside a line that fits none: the nearest of a command's own. */
import type { OutputLine } from '../contract/events.ts';
import type { LineReader } from './line-reader.ts';

/** What a line must have for a syntax to be the nearest: a long option, and its value if named. */
interface Similar {
  readonly option: string;
  readonly value?: string;
  /** Behind the command's name. */
  readonly form: string;
  readonly about: string;
}

const SIZE = '-L|--size Size[m|UNIT]';
const typed = (value: string, about: string): Similar => ({
  option: 'type',
  value,
  form: `--type ${value} ${SIZE} VG`,
  about,
});
const ERROR = typed('error', 'Create an LV that returns errors when used.');
const sized = (form: string, about: string): readonly Similar[] =>
  ['size', 'extents'].map((option) => ({ option, form, about }));

const REVERSES_A_SPLIT =
  'Combine a former COW snapshot (second arg) with a former\n' +
  '  origin LV (first arg) to reverse a splitsnapshot command.';

/** By command; the first that fits a line is the nearest. */
const SIMILAR = new Map<string, readonly Similar[]>([
  [
    'lvcreate',
    [
      ERROR,
      typed('zero', 'Create an LV that returns zeros when read.'),
      typed('striped', 'Create a striped LV (also see lvcreate --stripes).'),
      typed('linear', 'Create a linear LV.'),
      {
        option: 'type',
        value: 'snapshot',
        form: `--type snapshot ${SIZE} -V|--virtualsize Size[m|UNIT] VG`,
        about: 'Create a sparse COW snapshot LV of a virtual origin LV\n  (also see --snapshot).',
      },
      {
        option: 'stripes',
        form: `-i|--stripes Number ${SIZE} VG`,
        about: 'Create a striped LV.',
      },
      {
        option: 'snapshot',
        form: `-s|--snapshot ${SIZE} LV`,
        about: 'Create a COW snapshot LV of an origin LV.',
      },
      ...sized(ERROR.form, ERROR.about),
    ],
  ],
  [
    'lvconvert',
    [
      {
        option: 'type',
        value: 'snapshot',
        form: '--type snapshot LV LV',
        about: REVERSES_A_SPLIT,
      },
      {
        option: 'merge',
        form: '--merge VG|LV|Tag ...',
        about:
          'Merge LV that was split from a mirror (variant, use --mergemirrors).\n' +
          '  Merge thin LV into its origin LV (variant, use --mergethin).\n' +
          '  Merge COW snapshot LV into its origin (variant, use --mergesnapshot).',
      },
      {
        option: 'mergesnapshot',
        form: '--mergesnapshot LV ...',
        about: 'Merge COW snapshot LV into its origin.',
      },
      {
        option: 'splitsnapshot',
        form: '--splitsnapshot LV',
        about: 'Separate a COW snapshot from its origin LV.',
      },
      { option: 'snapshot', form: '-s|--snapshot LV LV', about: REVERSES_A_SPLIT },
    ],
  ],
  ['lvextend', sized('-L|--size [+]Size[m|UNIT] LV', 'Extend an LV by a specified size.')],
  ['lvresize', sized('-L|--size [+|-]Size[m|UNIT] LV', 'Resize an LV by a specified size.')],
  [
    'lvchange',
    [
      {
        option: 'persistent',
        form: '-M|--persistent y --minor Number LV',
        about: 'Make the minor device number persistent for an LV.',
      },
      {
        option: 'minor',
        form: '-M|--persistent y --minor Number LV',
        about: 'Make the minor device number persistent for an LV.',
      },
      {
        option: 'refresh',
        form: '--refresh VG|LV|Tag|Select ...',
        about: 'Reactivate an LV using the latest metadata.',
      },
      {
        option: 'activate',
        form: '-a|--activate y|n|ay VG|LV|Tag|Select ...',
        about: 'Activate or deactivate an LV.',
      },
    ],
  ],
  [
    'pvchange',
    [
      {
        option: 'all',
        form: `-a|--all
\t( -x|--allocatable y|n,
\t  -u|--uuid,
\t     --addtag Tag,
\t     --deltag Tag,
\t     --metadataignore y|n )
`,
        about: 'Change properties of all PVs.',
      },
    ],
  ],
  [
    'vgreduce',
    [
      {
        option: 'removemissing',
        form: '--removemissing VG',
        about: 'Remove all missing PVs from a VG.',
      },
    ],
  ],
  [
    'vgsplit',
    [
      {
        option: 'name',
        form: '-n|--name LV VG VG',
        about: 'Split a VG by PVs in a specified LV.',
      },
    ],
  ],
  [
    'vgcfgrestore',
    [{ option: 'list', form: '-l|--list VG', about: 'List all VG metadata backups.' }],
  ],
  [
    'pvck',
    [
      {
        option: 'dump',
        form: '--dump headers|metadata|metadata_all|metadata_search PV',
        about: 'Check and print LVM headers and metadata on a device',
      },
      {
        option: 'repair',
        form: '--repair -f|--file String PV',
        about: 'Repair LVM headers and metadata on a device',
      },
    ],
  ],
]);

/** The heading on the error stream, the syntax on the other; nothing where no syntax is near. */
export function similarSyntax(command: string, line: LineReader): readonly OutputLine[] {
  const nearest = SIMILAR.get(command)?.find(
    ({ option, value }) => line.has(option) && (value === undefined || line.text(option) === value),
  );
  if (!nearest) return [];
  return [
    { stream: 'stderr', text: '  Nearest similar command has syntax:' },
    { stream: 'stdout', text: `  ${command} ${nearest.form}` },
    { stream: 'stdout', text: `  ${nearest.about}` },
    { stream: 'stdout', text: '' },
  ];
}
