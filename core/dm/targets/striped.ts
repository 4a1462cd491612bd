import { must } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import { placeOf } from '../layout.ts';
import {
  invalid,
  parseSector,
  type Refusal,
  type TargetHost,
  type TargetRange,
  type TargetType,
} from '../target.ts';

/** Spreads chunks round robin over several devices (reference 5.2). */
export const striped: TargetType = {
  name: 'striped',
  version: [1, 6, 0],
  usage: '<stripes> <chunk size> [<device> <start sector>]...',

  construct(args, host) {
    if (args.length < 2) return invalid('Not enough arguments');
    const stripes = parseSector(args[0]);
    if (!stripes) return invalid('Invalid stripe count');
    const chunk = parseSector(args[1]);
    if (!chunk) return invalid('Invalid chunk_size');
    if (host.length % stripes !== 0)
      return invalid('Target length not divisible by number of stripes');
    const width = sectors(host.length / stripes);
    if (width % chunk !== 0) return invalid('Target length not divisible by chunk size');
    if (args.length !== 2 + 2 * stripes) return invalid('Not enough destinations specified');
    const legs = openLegs(args.slice(2), width, host);
    if (!legs.ok) return legs;
    const places = legs.value.map(({ device, start }) => `${device} ${start}`).join(' ');
    const names = legs.value.map(({ device }) => device).join(' ');
    const layout = { chunk, legs: legs.value };
    return ok({
      map(io) {
        const { leg, offset } = placeOf(layout, io.offset);
        const { device, start } = must(legs.value[leg], 'the stripe of a chunk');
        return { kind: 'remap', device, start: sectors(start + offset) };
      },
      border: (offset) => sectors(placeOf(layout, offset).left),
      layout,
      ranges: () => legs.value,
      table: () => `${stripes} ${chunk} ${places}`,
      status: () => `${stripes} ${names} 1 ${'A'.repeat(stripes)}`,
    });
  },
};

function openLegs(
  args: readonly string[],
  count: Sectors,
  host: TargetHost,
): Result<readonly TargetRange[], Refusal> {
  const legs: TargetRange[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const reason = "Couldn't parse stripe destination";
    const start = parseSector(args[at + 1]);
    if (start === undefined) return invalid(reason);
    const opened = host.open(args[at] ?? '');
    if (!opened.ok) return err({ ...opened.error, reason });
    legs.push({ device: opened.value, start, count });
  }
  return ok(legs);
}
