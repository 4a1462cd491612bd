/** What becomes of clients whose thread has ended. */
import { expect, test } from 'vitest';
import { ok } from '../../../../core/base/result.ts';
import { sectors } from '../../../../core/base/units.ts';
import type { Lease } from '../../../../core/dm/lease.ts';
import type { OpenDevice } from '../../../../core/dm/open-device.ts';
import { NO_TRAFFIC } from '../../../../core/nbd/server/transmission.ts';
import { EngineSide } from '../../../../core/nbd/thread/engine-side.ts';
import type { FromThread, ToThread } from '../../../../core/nbd/thread/messages.ts';

/** A thread that does nothing by itself, and a device that lends itself to it. */
function setup() {
  const told: ToThread['kind'][] = [];
  let say: (message: FromThread) => void = () => undefined;
  const side = new EngineSide({
    post: ({ kind }) => told.push(kind),
    onMessage: (listener) => (say = listener),
  });
  let lent = 0;
  const lease = (): Lease => {
    lent++;
    return { leave: { files: [], pieces: [] }, look: () => undefined, giveBack: () => lent-- };
  };
  const device: Pick<OpenDevice, 'size' | 'readOnly' | 'submit' | 'lease' | 'onChange'> = {
    size: sectors(8),
    readOnly: false,
    submit: () => Promise.resolve(ok()),
    lease,
    onChange: () => () => undefined,
  };
  return {
    side,
    told,
    say: (message: FromThread) => say(message),
    lent: () => lent,
    serve: (client: number) => side.serve(client, device as OpenDevice, 'vg/a', false),
  };
}

test('a thread that ends takes its clients with it, and leaves the device', async () => {
  const { side, lent, serve } = setup();
  const clients = [serve(1), serve(2)];
  expect(lent()).toBe(1);
  side.lost();
  await Promise.all(clients.map(({ ended }) => ended));
  expect([lent(), side.load]).toEqual([0, 0]);
});

test('a client that had gone already, all but the lease, has gone then', async () => {
  const { side, told, say, lent, serve } = setup();
  const client = serve(1);
  say({ kind: 'ended', client: 1, traffic: NO_TRAFFIC });
  expect(told.at(-1)).toBe('recall');
  side.lost();
  await client.ended;
  expect(lent()).toBe(0);
});

test('a client that was on its way to it has gone, too', async () => {
  const { side, lent, serve } = setup();
  side.lost();
  const client = serve(1);
  await client.ended;
  await client.finish();
  expect([lent(), side.load]).toEqual([0, 0]);
});
