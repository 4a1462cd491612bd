import { describe, expect, test } from 'vitest';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import {
  CHUNK,
  LOG_START,
  PER_RECORD,
  STAMP_LIMIT,
  buildHeader,
  buildRecord,
  dataStart,
  overlaySize,
  parseHeader,
  parseRecord,
} from '../../../core/block/overlay/format.ts';
import { Journal } from '../../../core/block/overlay/journal.ts';
import { Overlay } from '../../../core/block/overlay/overlay.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { Prng } from '../../../core/env/prng.ts';
import { at, flush, read, write } from '../../support/sectors.ts';
import {
  IMAGE_SIZE,
  contentOf,
  copyOf,
  disk,
  freshPlatter,
  imageContent,
  openOverlay,
} from '../../support/sandbox.ts';

describe('the format', () => {
  test('a header says what it was told', () => {
    const header = {
      generation: 2 ** 40,
      size: sectors(2 ** 44),
      state: 'applying',
      stamp: 'x'.repeat(STAMP_LIMIT),
    } as const;
    expect(parseHeader(buildHeader(header))).toEqual(header);
  });

  test('any bit that flips in a header is found', () => {
    const sound = buildHeader({ generation: 7, size: sectors(99), state: 'open', stamp: 'abc' });
    for (let bit = 0; bit < SECTOR * 8; bit++) {
      const flipped = sound.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(typeof parseHeader(flipped), `bit ${bit}`).toBe('string');
    }
  });

  test('any bit that flips in a record makes it none', () => {
    const chunks = Array.from({ length: PER_RECORD }, (_, index) => index * 3);
    const sound = buildRecord({ before: 5, generation: 9, chunks });
    expect(parseRecord(sound, 1000)).toMatchObject({ before: 5, generation: 9, chunks });
    expect(parseRecord(sound, 177)).toBeUndefined();
    for (let bit = 0; bit < SECTOR * 8; bit++) {
      const flipped = sound.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(parseRecord(flipped, 1000), `bit ${bit}`).toBeUndefined();
    }
  });

  test('rubbish is neither', () => {
    const random = new Prng(3);
    for (let round = 0; round < 2000; round++) {
      const rubbish = Uint8Array.from({ length: SECTOR }, () => random.below(256));
      expect(typeof parseHeader(rubbish)).toBe('string');
      expect(parseRecord(rubbish, 2 ** 40)).toBeUndefined();
    }
  });

  test('the data begins on a chunk, behind a log with a record for each', () => {
    for (const size of [1, CHUNK, CHUNK * 1000 + 3]) {
      const start = dataStart(sectors(size));
      expect(start % CHUNK).toBe(0);
      expect(start - LOG_START).toBeGreaterThanOrEqual(Math.ceil(size / CHUNK));
      expect(overlaySize(sectors(size))).toBe(start + size);
    }
  });
});

describe('a sandbox', () => {
  test('shows the image until something is written, and never writes to it', async () => {
    const platter = await freshPlatter();
    const before = await imageContent(platter);
    const overlay = await openOverlay(platter);
    expect(await contentOf(overlay)).toEqual(before);
    expect([overlay.changed, overlay.state, overlay.stamp]).toEqual([0, 'open', 'as it was']);
    expect(await write(overlay, 130, 7, 3)).toEqual({ ok: true });
    expect(await read(overlay, 129, 5)).toEqual([1129, 7, 7, 7, 1133]);
    expect(overlay.changed).toBe(CHUNK);
    expect(await imageContent(platter)).toEqual(before);
  });

  test('counts the last chunk as what there is of it', async () => {
    const overlay = await openOverlay(await freshPlatter());
    await write(overlay, IMAGE_SIZE - 1, 5);
    expect(overlay.changed).toBe(40);
    await write(overlay, 0, 5, IMAGE_SIZE);
    expect(overlay.changed).toBe(IMAGE_SIZE);
  });

  test('holds what was flushed when it is opened again', async () => {
    const platter = await freshPlatter();
    const first = await openOverlay(platter);
    await write(first, 5, 8, 300);
    await flush(first);
    await write(first, 900, 9, 1, true);
    const content = await contentOf(first);
    const second = await openOverlay(platter);
    expect(await contentOf(second)).toEqual(content);
    await write(second, 600, 11, 1, true);
    const third = await openOverlay(platter);
    expect(await read(third, 600, 2)).toEqual([11, 1601]);
    expect(await read(third, 900)).toEqual([9]);
    expect(third.changed).toBe(5 * CHUNK);
  });

  test('more chunks than a record holds', async () => {
    const size = sectors(CHUNK * 200);
    const [image, store] = [new SectorStore(), new SectorStore()];
    const base = disk('image', size, image, true);
    const file = disk('store', overlaySize(size), store);
    await Journal.create(file, size, '');
    const open = async () => {
      const opened = await Overlay.open(base, file);
      if (!opened.ok) throw new Error(opened.error.code);
      return opened.value;
    };
    const overlay = await open();
    for (let chunk = 0; chunk < 200; chunk += 2) await write(overlay, chunk * CHUNK + 1, chunk + 1);
    await flush(overlay);
    const again = await open();
    expect(again.changed).toBe(100 * CHUNK);
    for (let chunk = 0; chunk < 200; chunk++) {
      expect(await read(again, chunk * CHUNK + 1)).toEqual([chunk % 2 === 0 ? chunk + 1 : 0]);
    }
  });

  test('two writes at once into one new chunk both arrive', async () => {
    const overlay = await openOverlay(await freshPlatter());
    await Promise.all([write(overlay, 10, 1), write(overlay, 20, 2, 200), write(overlay, 30, 3)]);
    expect(await read(overlay, 10)).toEqual([1]);
    expect(await read(overlay, 20)).toEqual([2]);
    expect(await read(overlay, 219, 2)).toEqual([2, 1220]);
  });

  test('a write that finds no room leaves what was there', async () => {
    const platter = await freshPlatter();
    const plan = new FaultPlan({ ops: ['write'], stays: true, nth: 1, leaves: 'half' });
    const overlay = await openOverlay(platter, (device) => new FaultyDevice(device, plan));
    expect(await write(overlay, 3, 1, 2)).toEqual({ ok: true });
    expect(await write(overlay, 400, 2)).toMatchObject({ error: { code: 'io-failed' } });
    expect(await read(overlay, 400)).toEqual([1400]);
    expect(await flush(overlay)).toMatchObject({ ok: false });
  });
});

describe('what is no sandbox of this image is refused', () => {
  const open = async (store: SectorStore, size = IMAGE_SIZE) => {
    const base = disk('image', size, new SectorStore(), true);
    const opened = await Overlay.open(base, disk('store', overlaySize(IMAGE_SIZE), store));
    return opened.ok ? 'opened' : opened.error;
  };

  test('another size, nothing, rubbish', async () => {
    const { store } = await freshPlatter();
    expect(await open(store, sectors(100))).toEqual({
      code: 'overlay-damaged',
      why: `it is of an image of ${IMAGE_SIZE} sectors, not 100`,
    });
    expect(await open(new SectorStore())).toMatchObject({ why: 'it is not the file of a sandbox' });
  });

  test('one torn header does not matter, two do', async () => {
    const platter = await freshPlatter();
    await write(await openOverlay(platter), 0, 1, 1, true);
    const raw = disk('store', overlaySize(IMAGE_SIZE), platter.store);
    for (const sector of [0, 1]) {
      const { store } = copyOf(platter);
      await write(disk('store', overlaySize(IMAGE_SIZE), store), sector, 77);
      expect(await open(store)).toBe('opened');
    }
    await write(raw, 0, 77, 2);
    expect(await open(platter.store)).toMatchObject({ code: 'overlay-damaged' });
  });

  test('a file that is cut short', async () => {
    const { store } = await freshPlatter();
    for (const size of [1, 2, overlaySize(IMAGE_SIZE) - 1]) {
      const base = disk('image', IMAGE_SIZE, new SectorStore(), true);
      const opened = await Overlay.open(base, disk('store', at(size), store));
      expect(opened).toEqual({
        ok: false,
        error: { code: 'overlay-damaged', why: 'it is too short' },
      });
    }
  });
});

test('applying makes the image what the sandbox shows', async () => {
  const platter = await freshPlatter();
  const overlay = await openOverlay(platter);
  for (const start of [0, 200, 700, IMAGE_SIZE - 3]) await write(overlay, start, start + 1, 3);
  const content = await contentOf(overlay);
  expect(await overlay.apply(disk('image', IMAGE_SIZE, platter.image))).toEqual({ ok: true });
  expect(await imageContent(platter)).toEqual(content);
  expect(overlay.state).toBe('applying');
});

test('applying nothing touches nothing', async () => {
  const platter = await freshPlatter();
  const overlay = await openOverlay(platter);
  expect(await overlay.apply(disk('image', IMAGE_SIZE, platter.image))).toEqual({ ok: true });
  expect(overlay.state).toBe('open');
});
