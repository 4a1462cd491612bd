import { ok } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { invalid, parseSector, type TargetIo, type TargetType } from '../target.ts';

type Feature = 'drop_writes' | 'error_writes' | 'error_reads';
const FEATURES: readonly Feature[] = ['drop_writes', 'error_writes', 'error_reads'];

/** Works for a while, then fails for a while, over and over (reference 5.7). */
export const flakey: TargetType = {
  name: 'flakey',
  usage:
    '<device> <start sector> <up seconds> <down seconds> ' +
    '[<#features> [drop_writes|error_writes|error_reads]...]',

  construct(args, host) {
    if (args.length < 4) return invalid('Invalid argument count');
    const [device = '', startText, upText, downText, ...rest] = args;
    const start = parseSector(startText);
    if (start === undefined) return invalid('Invalid device sector');
    const [up, down] = [parseSector(upText), parseSector(downText)];
    if (up === undefined) return invalid('Invalid up interval');
    if (down === undefined) return invalid('Invalid down interval');
    if (up + down === 0) return invalid('Total (up + down) interval is zero');
    const count = rest.length === 0 ? 0 : parseSector(rest[0]);
    if (count !== Math.max(0, rest.length - 1)) return invalid('Invalid number of feature args');
    const features = new Set(rest.slice(1));
    if ([...features].some((one) => !FEATURES.includes(one as Feature))) {
      return invalid('Unrecognised flakey feature requested');
    }
    if (features.has('drop_writes') && features.has('error_writes')) {
      return invalid('Feature drop_writes conflicts with feature error_writes');
    }
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
      ranges: () => [{ device: below, start, count: host.length }],
      table() {
        const words = FEATURES.filter((one) => features.has(one)).map((one) => `${one} `);
        return `${below} ${start} ${up} ${down} ${words.length} ${words.join('')}`;
      },
      status: () => '',
    });
  },
};

/** Without features everything fails; with them only what they name. */
function mischiefTo({ op }: TargetIo, features: ReadonlySet<string>): 'fail' | 'drop' | undefined {
  if (features.size === 0) return 'fail';
  if (op === 'read') return features.has('error_reads') ? 'fail' : undefined;
  if (features.has('drop_writes')) return 'drop';
  return features.has('error_writes') ? 'fail' : undefined;
}
