/** What is odd in a partition table, in clauses about the image. */
import type { GptFault, PartitionOddity, PartitionTable } from '../block/partition/types.ts';

/** More than these are counted: a broken table may have hundreds. */
const TOLD = 3;

/** Undefined: all is as it should be. */
export function tableNote({ oddities }: PartitionTable): string | undefined {
  if (oddities.length === 0) return undefined;
  const clauses = oddities.slice(0, TOLD).map(clauseOf);
  const more = oddities.length - clauses.length;
  return [...clauses, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function clauseOf(oddity: PartitionOddity): string {
  switch (oddity.kind) {
    case 'gpt-copy-bad':
      return oddity.copy === 'primary'
        ? `its primary GPT is bad (${faultWords(oddity.fault)}), the backup is used: ` +
            'Linux does that only where it was started with "gpt"'
        : `its backup GPT is bad (${faultWords(oddity.fault)}), the primary one is used`;
    case 'gpt-bad':
      return (
        'it has no partitions, because both copies of its GPT are bad ' +
        `(${faultWords(oddity.primary)}; ${faultWords(oddity.backup)})`
      );
    case 'gpt-grown':
      return `its backup GPT is in sector ${oddity.backup} and not in the last, ${oddity.last}`;
    case 'gpt-large-sectors':
      return 'its GPT is made for sectors of 4096 bytes and cannot be used';
    case 'gpt-elsewhere':
      return `its MBR tells of a GPT in sector ${oddity.start}: it is not used`;
    case 'beyond-end':
      return `partition ${oddity.number} is left out: it does not fit on the disk`;
    case 'cut-off':
      return `partition ${oddity.number} is cut off at the end of the disk`;
    case 'ends-before-start':
      return `partition ${oddity.number} is left out: it ends before it starts`;
    case 'overlap':
      return `partitions ${oddity.one} and ${oddity.other} overlap`;
    case 'chain-unreadable':
      return `its chain of logical partitions ends at sector ${oddity.at}, where no table is`;
    case 'chain-loop':
      return `its chain of logical partitions comes back to sector ${oddity.at} and ends there`;
    case 'chain-too-long':
      return 'its chain of logical partitions is too long and not followed to the end';
    case 'too-many':
      return 'it has more partitions than Linux shows';
  }
}

function faultWords(fault: GptFault): string {
  switch (fault) {
    case 'unreadable':
      return 'it cannot be read';
    case 'signature':
      return 'no signature';
    case 'header-size':
      return 'length of the header';
    case 'header-crc':
      return 'checksum of the header';
    case 'own-place':
      return 'place of the header';
    case 'usable-range':
      return 'range of sectors';
    case 'entry-size':
      return 'length of an entry';
    case 'entry-count':
      return 'number of entries';
    case 'entries-place':
      return 'place of the entries';
    case 'entries-crc':
      return 'checksum of the entries';
  }
}
