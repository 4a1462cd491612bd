/** The words of `--type`. */
import { err, ok, type Result } from '../base/result.ts';
import { splitLvPath, type Known, type Parsed } from './command.ts';
import type { LineReader } from './line-reader.ts';
import { STATUS } from './output.ts';

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
export function addedType(
  line: LineReader,
  known: Known,
): Parsed<(typeof ADDED)[number] | undefined> {
  const text = line.read('type', segmentType);
  const found = ADDED.find((one) => one === text);
  const { vg = '', lv = '' } = splitLvPath(line.words[0] ?? '') ?? {};
  // Of a volume that there is not, that is what LVM says.
  if (text === undefined || found || !known.lvsOf(vg)?.includes(lv)) return ok(found);
  const why = `VolumeType does not match (${text}).`;
  return err({ kind: 'plain', status: STATUS.failed, why });
}

/** Volumes that lie on no PV. */
export const isVirtualType = (type: string | undefined): type is 'error' | 'zero' =>
  type === 'error' || type === 'zero';
