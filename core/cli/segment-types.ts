/** The words of `--type`. */
import { err, ok, type Result } from '../base/result.ts';

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

export const segmentType = (text: string): Result<string, string> =>
  SEGMENT_TYPES.includes(text) || /^raid\d+(_\w+)?$/.test(text)
    ? ok(text)
    : err(`WARNING: Unrecognised segment type ${text}`);

const ADDED = ['linear', 'striped', 'error', 'zero'] as const;

/** Types that the end of a volume can be of. */
export function addedType(text: string): Result<(typeof ADDED)[number], string> {
  const known = segmentType(text);
  if (!known.ok) return known;
  const found = ADDED.find((one) => one === text);
  return found ? ok(found) : err(`Volumes of type ${text} cannot be extended here yet.`);
}

/** Volumes that lie on no PV. */
export const isVirtualType = (type: string | undefined): type is 'error' | 'zero' =>
  type === 'error' || type === 'zero';
