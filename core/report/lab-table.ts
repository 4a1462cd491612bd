/** The disks of a lab as a table. */
import type { DiskState, PartitionPlace } from '../contract/state.ts';
import { allFaultWords } from './fault-words.ts';
import { sizeWords } from './size-text.ts';
import { SECTOR, type Sectors } from '../base/units.ts';

type Shown = Omit<DiskState, 'size'> & { readonly size?: DiskState['size'] };

const HEAD = ['Disk', 'Number', 'Size', 'Mode', 'Image'];

/** `image` as it should be printed: a file name, or a path. */
export function labTable(disks: readonly Shown[]): readonly string[] {
  const rows = [HEAD, ...underDisks(disks).map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map(
    (cells) =>
      `  ${cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
}

/** Each with its partitions, whenever they came. */
function underDisks(disks: readonly Shown[]): readonly Shown[] {
  return disks
    .filter(({ partitionOf }) => !partitionOf)
    .flatMap((disk) => [disk, ...disks.filter((one) => one.partitionOf?.disk === disk.path)]);
}

function row(disk: Shown): string[] {
  return disk.partitionOf ? partitionRow(disk, disk.partitionOf) : diskRow(disk);
}

/** Mode and image are those of its disk. */
function partitionRow({ path, devno, size, problem }: Shown, place: PartitionPlace): string[] {
  const unknown = size === undefined || problem !== undefined;
  const kind = place.extended ? 'extended partition' : 'partition';
  return [path, devno, unknown ? '-' : sizeText(size), '', `${kind} from sector ${place.start}`];
}

function diskRow({ path, devno, size, mode, onLoss, image, table, ...disk }: Shown): string[] {
  const { problem, note, sandbox, faults } = disk;
  const broken = faults ? [`broken: ${allFaultWords(faults)}`] : [];
  const said = problem ?? note;
  const clauses = [...broken, ...(said === undefined ? [] : [clauseOf(said, image)])];
  const held = sandbox && sandbox.changed > 0 ? ` +${sizeText(sandbox.changed)}` : '';
  return [
    path,
    devno,
    size === undefined || problem !== undefined ? '-' : sizeText(size),
    `${mode}${held}${sandbox?.applying ? ' (half applied)' : ''}${onLoss ? `, ${onLoss}` : ''}`,
    [`${image}${table ? ` (${table.toUpperCase()})` : ''}`, clauses.join('; ')]
      .filter((part) => part !== '')
      .join(': '),
  ];
}

/** Why a sandbox is not left for another mode, in a clause; undefined where it is empty. */
export function heldWords(changed: Sectors): string | undefined {
  if (changed === 0) return undefined;
  return `has ${sizeWords(changed)} of changes in its sandbox: apply or discard them first`;
}

/** Sentences begin with the name of the image, which stands in the table already. */
export function clauseOf(sentence: string, image: string): string {
  const isAddress = image.includes('://');
  const name = isAddress ? image : image.slice(image.lastIndexOf('/') + 1);
  return sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence;
}

const SIZES: readonly (readonly [letter: string, bytes: number])[] = [
  ['e', 2 ** 60],
  ['p', 2 ** 50],
  ['t', 2 ** 40],
  ['g', 2 ** 30],
  ['m', 2 ** 20],
  ['k', 2 ** 10],
];

/** Two decimals, in the largest unit that is not above the size. */
function sizeText(size: Sectors): string {
  const count = size * SECTOR;
  const [letter, unit] = SIZES.find(([, each]) => count >= each) ?? ['b', 1];
  return `${(count / unit).toFixed(2)}${letter}`;
}
