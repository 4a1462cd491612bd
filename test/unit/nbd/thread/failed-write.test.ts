/** What becomes of a write that a file did not take, when the lease is wanted back. */
import { expect, test } from 'vitest';
import { sectors } from '../../../../core/base/units.ts';
import { newMarks } from '../../../../core/block/write-marks.ts';
import { LeasedDevice } from '../../../../core/nbd/thread/leased-device.ts';

test('the engine hears of it before the lease is back: a suspend has to know of it', () => {
  const told: string[] = [];
  let micros = 0;
  const unended: ((whole: boolean) => void)[] = [];
  const device = new LeasedDevice(
    'vg/a',
    { size: sectors(64), readOnly: false },
    {
      // So slow that it is not waited for any more.
      now: () => (micros += 1e6) > 0,
      later: (_op, _file, _data, _position, done) => void unended.push(done),
      clock: () => micros,
    },
    { task: (_id, { kind }) => void told.push(kind), returned: () => void told.push('returned') },
  );
  const marks = newMarks(sectors(64));
  const pieces = [{ start: 0, count: 64, at: 0, file: 0, readOnly: false }];
  device.grant({ files: [{ number: 3, marks }], pieces });
  const io = { op: 'write', start: sectors(8), data: new Uint8Array(512) } as const;
  for (let count = 0; count < 20 && unended.length === 0; count++) void device.submit(io);
  device.recall();
  expect(told).toEqual([]);
  for (const end of unended) end(false);
  expect(told).toEqual(['io', 'returned']);
});
