import { ok } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { OriginGate } from '../snapshot/origin-gate.ts';
import { ioCount } from '../snapshot/pieces.ts';
import { invalid, type TargetType } from '../target.ts';

/** What has snapshots: they keep what is there before it is written over (reference 5.5, 6.1). */
export const snapshotOrigin: TargetType = {
  name: 'snapshot-origin',
  version: [1, 9, 0],
  usage: '<origin device>',

  construct(args, host) {
    if (args.length !== 1) return invalid('incorrect number of arguments');
    const opened = host.open(args[0] ?? '');
    if (!opened.ok) {
      return { ok: false, error: { ...opened.error, reason: 'Cannot get target device' } };
    }
    const device = opened.value;
    const start = sectors(0);
    const range = { device, start, count: host.length };
    const gate = new OriginGate(host.origins, device, host.length);
    const endSettling = host.origins.onSettle(device, () => host.settled());
    return ok({
      map(io) {
        const below = { kind: 'remap', device, start: io.offset } as const;
        if (io.op === 'read') return below;
        // Advice to throw away what every snapshot would have to keep first.
        if (io.op === 'discard') return { kind: 'done' };
        const count = ioCount(io);
        const after = host.origins.beforeWrite(device, io.offset, count);
        if (after) return { ...below, after: after.then(() => gate.kept(io.offset, count)) };
        gate.kept(io.offset, count);
        return below;
      },
      ranges: () => [range],
      gated: { legs: [range], lend: () => gate.lend() },
      putOff: {
        waits: (span) => host.origins.mayPutOff(device, span),
        announce: (spans) => host.origins.announce(device, spans),
        hide: (span) => gate.hide(span),
        show: (span, isHidden) => gate.show(span, isHidden),
      },
      source: () => ({ device, start }),
      table: () => device,
      status: () => '',
      close() {
        gate.close();
        endSettling();
        return undefined;
      },
    });
  },
};
