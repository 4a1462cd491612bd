import { ok, type Result } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import {
  invalid,
  parseSector,
  parseU32,
  type Refusal,
  type TargetIo,
  type TargetType,
} from '../target.ts';

type Feature = 'drop_writes' | 'error_writes' | 'error_reads';
const FEATURES: readonly Feature[] = ['drop_writes', 'error_writes', 'error_reads'];

/** Works for a while, then fails for a while, over and over (reference 5.7). */
export const flakey: TargetType = {
  name: 'flakey',
  version: [1, 5, 0],
  usage:
    '<device> <start sector> <up seconds> <down seconds> ' +
    '[<#features> [drop_writes|error_writes|error_reads]...]',

  construct(args, host) {
    if (args.length < 4) return invalid('Invalid argument count');
    const [device = '', startText, upText, downText, ...rest] = args;
    const start = parseSector(startText);
    if (start === undefined) return invalid('Invalid device sector');
    const [up, down] = [parseU32(upText), parseU32(downText)];
    // The kernel says the same of both.
    if (up === undefined || down === undefined) return invalid('Invalid up interval');
    if (up + down === 0) return invalid('Total (up + down) interval is zero');
    const read = readFeatures(rest);
    if (!read.ok) return read;
    const features = read.value;
    const opened = host.open(device);
    if (!opened.ok) return opened;
    const below = opened.value;
    const began = host.scheduler.now;
    const isDown = (): boolean =>
      ((host.scheduler.now - began) / 1e6) % (up + down) >= up && down > 0;
    return ok({
      map(io) {
        const mischief = isDown() ? mischiefTo(io, features) : undefined;
        if (mischief === 'fail') return { kind: 'fail', reason: 'flakey target is down' };
        if (mischief === 'drop') return { kind: 'done' };
        return { kind: 'remap', device: below, start: sectors(start + io.offset) };
      },
      source: () => (isDown() ? undefined : { device: below, start }),
      ranges: () => [{ device: below, start, count: host.length }],
      table() {
        const words = FEATURES.filter((one) => features.has(one)).map((one) => `${one} `);
        return `${below} ${start} ${up} ${down} ${words.length} ${words.join('')}`;
      },
      status: () => '',
    });
  },
};

/** A number of words, then the words; what comes behind them is not looked at. */
function readFeatures([countText, ...words]: readonly string[]): Result<
  ReadonlySet<string>,
  Refusal
> {
  const count = countText === undefined ? 0 : parseU32(countText);
  if (count === undefined || count > words.length) {
    return invalid('Invalid number of feature args');
  }
  const features = new Set<string>();
  for (const word of words.slice(0, count)) {
    if (!FEATURES.includes(word as Feature)) {
      return invalid('Unrecognised flakey feature requested');
    }
    if (features.has(word)) return invalid(`Feature ${word} duplicated`);
    features.add(word);
    const other = word === 'drop_writes' ? 'error_writes' : 'drop_writes';
    if (word !== 'error_reads' && features.has(other)) {
      return invalid(`Feature ${word} conflicts with feature ${other}`);
    }
  }
  return ok(features);
}

/** Without features everything fails; with them only what they name. */
function mischiefTo({ op }: TargetIo, features: ReadonlySet<string>): 'fail' | 'drop' | undefined {
  if (features.size === 0) return 'fail';
  if (op === 'read') return features.has('error_reads') ? 'fail' : undefined;
  if (features.has('drop_writes')) return 'drop';
  return features.has('error_writes') ? 'fail' : undefined;
}
