/**
 * The mailing list's post on EVMS's asynchronous snapshots (seeds/004), step by step: in which
 * order the two options write, and when the table reaches the store. Then the power-cut loop, whose
 * table is kept beside this file.
 */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { ENTRIES } from '../../../core/historic/evms/layout.ts';
import { EvmsSnapshot } from '../../../core/historic/evms/snapshot.ts';
import { wordsOf } from '../../../core/historic/evms/words.ts';
import { scenario } from '../../../core/scenario/snapshot-crashes/scenario.ts';
import { BusyDisk } from '../../support/busy-disk.ts';
import { must } from '../../support/results.ts';
import { read, write } from '../../support/sectors.ts';

const CHUNK = 2;
const OLD = 1;
const NEW = 2;

async function open(asynchronous: boolean) {
  const original = new RamDisk('original', sectors(100 * CHUNK));
  const store = new BusyDisk(new RamDisk('store', sectors(200 * CHUNK)));
  await write(original, 0, OLD, 100 * CHUNK);
  const story: string[] = [];
  const made = must(
    await EvmsSnapshot.create(original, store, {
      chunkSize: sectors(CHUNK),
      asynchronous,
      tell: (event) => {
        story.push(wordsOf(event));
      },
    }),
  );
  const put = async (chunk: number) => {
    must(await write(made.original, chunk * CHUNK, NEW));
    story.push(`the write to chunk ${chunk} is acknowledged`);
  };
  return { disks: [original, store] as const, store, made, story, put };
}

describe('a first write to a chunk', () => {
  test('asynchronous: it is let go once the chunk was read, not once it is copied', async () => {
    const { store, made, story, put } = await open(true);
    store.hold('write');
    await put(7);
    await store.letGo();
    expect(story).toEqual([
      'chunk 7 was read from the original',
      'the copy of chunk 7 goes to place 0 of the store',
      'the write to chunk 7 is let go',
      'the write to chunk 7 is acknowledged',
      'the copy of chunk 7 was written',
    ]);
    expect(await read(made.snapshot, 7 * CHUNK, CHUNK)).toEqual([OLD, OLD]);
  });

  test('synchronous: copy, flush, table, and then it is let go', async () => {
    const { made, story, put } = await open(false);
    await put(7);
    expect(story).toEqual([
      'chunk 7 was read from the original',
      'the copy of chunk 7 goes to place 0 of the store',
      'the copy of chunk 7 was written',
      'the store was flushed',
      'sector 0 of the table goes to the store, entries: 1',
      'sector 0 of the table was written',
      'the write to chunk 7 is let go',
      'the write to chunk 7 is acknowledged',
    ]);
    expect(await read(made.snapshot, 7 * CHUNK, CHUNK)).toEqual([OLD, OLD]);
  });
});

describe('asynchronous: the table', () => {
  const tables = (story: readonly string[]) =>
    story.filter((line) => line.includes('of the table'));

  test('is written with the 64th exception, copied or not, and not before', async () => {
    const { store, story, put } = await open(true);
    for (let chunk = 0; chunk < ENTRIES - 1; chunk++) await put(chunk);
    expect(tables(story)).toEqual([]);
    store.hold('write');
    await put(ENTRIES - 1);
    await store.letGo();
    expect(story.slice(-6)).toEqual([
      'sector 0 of the table goes to the store, entries: 64',
      'the copy of chunk 63 goes to place 63 of the store',
      'the write to chunk 63 is let go',
      'the write to chunk 63 is acknowledged',
      'sector 0 of the table was written',
      'the copy of chunk 63 was written',
    ]);
  });

  test('is written at a clean shutdown, and the snapshot is there afterwards', async () => {
    const { disks, made, story, put } = await open(true);
    await put(7);
    must(await made.shutDown());
    expect(tables(story)).toEqual([
      'sector 0 of the table goes to the store, entries: 1',
      'sector 0 of the table was written',
    ]);
    const again = must(await EvmsSnapshot.open(...disks, 'disabled'));
    expect(await read(again.original, 7 * CHUNK, CHUNK)).toEqual([NEW, OLD]);
    expect(await read(again.snapshot, 7 * CHUNK, CHUNK)).toEqual([OLD, OLD]);
  });

  test('is not written at a crash: the snapshot is disabled, or wrong', async () => {
    const { disks, put } = await open(true);
    await put(7);
    expect(await EvmsSnapshot.open(...disks, 'disabled')).toEqual({
      ok: false,
      error: { code: 'crashed' },
    });
    const { snapshot } = must(await EvmsSnapshot.open(...disks, 'opened all the same'));
    expect(await read(snapshot, 7 * CHUNK, CHUNK)).toEqual([NEW, OLD]);
  });

  test('synchronous: a crash does no harm', async () => {
    const { disks, put } = await open(false);
    await put(7);
    const { snapshot } = must(await EvmsSnapshot.open(...disks, 'disabled'));
    expect(await read(snapshot, 7 * CHUNK, CHUNK)).toEqual([OLD, OLD]);
  });
});

test('power goes after the Nth write, for every N', async () => {
  const { table, text } = await scenario();
  await expect(text.join('\n')).toMatchFileSnapshot('./004-evms-snapshots.txt');
  const modesWith = (kind: 'disabled' | 'lost') =>
    new Set(table.crashes.filter(({ outcome }) => outcome.kind === kind).map(({ mode }) => mode));
  expect([...modesWith('disabled')]).toEqual(['EVMS, asynchronous']);
  expect([...modesWith('lost')]).toEqual(['EVMS, asynchronous, opened all the same']);
});
