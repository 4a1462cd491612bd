import { ok } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { invalid, parseSector, type TargetType } from '../target.ts';

/** Maps a run of sectors one-to-one onto another device (reference 5.1). */
export const linear: TargetType = {
  name: 'linear',
  version: [1, 4, 0],
  usage: '<device> <start sector>',

  construct(args, host) {
    if (args.length !== 2) return invalid('Invalid argument count');
    const start = parseSector(args[1]);
    if (start === undefined) return invalid('Invalid device sector');
    const opened = host.open(args[0] ?? '');
    if (!opened.ok) return opened;
    const device = opened.value;
    const leg = { device, start, count: host.length };
    return ok({
      map: (io) => ({ kind: 'remap', device, start: sectors(start + io.offset) }),
      layout: { chunk: host.length, legs: [leg] },
      ranges: () => [leg],
      table: () => `${device} ${start}`,
      status: () => '',
    });
  },
};
