/** Buffers that are used again, and what must not be written into. */
import { expect, test } from 'vitest';
import { Scratch } from '../../../core/base/scratch.ts';
import { Prng } from '../../../core/env/prng.ts';
import { exportMetadata } from '../../../core/lvm/format/export.ts';
import { TextCache } from '../../../core/lvm/scan-pv.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import { disksOf, HEADER, sampleGroup } from './samples.ts';

test('nobody is given what another still has', () => {
  const [scratch, prng] = [new Scratch(), new Prng(3)];
  const held: { data: Uint8Array; mark: number }[] = [];
  const buffers = new Set<ArrayBufferLike>();
  for (let round = 0; round < 3000; round++) {
    const size = 1 + prng.below(5000);
    const [data, mark] = [scratch.take(size), round % 251];
    expect(data.length).toBe(size);
    data.fill(mark);
    buffers.add(data.buffer);
    held.push({ data, mark });
    while (held.length > prng.below(7)) {
      const [one] = held.splice(prng.below(held.length), 1);
      if (!one) break;
      expect(one.data.every((byte) => byte === one.mark)).toBe(true);
      scratch.giveBack(one.data);
    }
  }
  expect(buffers.size).toBeLessThan(600);
});

test('what a group was read from is not read over', async () => {
  const vg = sampleGroup();
  const cache = new TextCache();
  const disks = await disksOf(vg);
  const spoilt = disks[1]!;
  const volumes = 4096 + 512 + exportMetadata(vg, HEADER).indexOf('logical_volumes');
  const looked = () =>
    scanDisks(
      disks.map(({ disk }) => disk),
      cache,
    );
  const [first] = (await looked()).vgs;
  for (let look = 0; look < 4; look++) {
    // Each disk's copy is read into the room of the other's.
    disks.reverse();
    spoilt.data.fill(0x41 + look, volumes, volumes + 400);
    const found = await looked();
    const copy = found.pvs.find(({ path }) => path === spoilt.disk.path);
    expect(copy?.areas[0]?.damage).toMatchObject({ part: 'text', field: 'checksum' });
    expect(found.vgs[0]?.vg).toBe(first?.vg);
    const next = { ...found.vgs[0]!.vg, seqno: 9 };
    expect(exportMetadata(next, HEADER)).toBe(exportMetadata({ ...vg, seqno: 9 }, HEADER));
  }
});
