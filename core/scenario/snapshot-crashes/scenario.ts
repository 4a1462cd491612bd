/** The scenario of seeds/004 as it is printed: in which order snapshots write, and what is left. */
import { sectors } from '../../base/units.ts';
import { RamDisk } from '../../block/ram-disk.ts';
import { EvmsSnapshot } from '../../historic/evms/snapshot.ts';
import { wordsOf } from '../../historic/evms/words.ts';
import { crashTable, type CrashTable } from './crash-table.ts';
import { MODES } from './modes.ts';
import { tableText } from './words.ts';

export interface Scenario {
  readonly table: CrashTable;
  readonly text: readonly string[];
}

export async function scenario(): Promise<Scenario> {
  const table = await crashTable(MODES);
  const text = [
    'EVMS, asynchronous: a first write to a chunk',
    ...(await orderOf(true)),
    '',
    'EVMS, synchronous: a first write to a chunk',
    ...(await orderOf(false)),
    '',
    'What a power cut leaves of a snapshot',
    '',
    ...tableText(table),
  ];
  return { table, text };
}

async function orderOf(asynchronous: boolean): Promise<readonly string[]> {
  const [origin, store] = [new RamDisk('original', sectors(8)), new RamDisk('store', sectors(16))];
  const story: string[] = [];
  const made = await EvmsSnapshot.create(origin, store, {
    chunkSize: sectors(2),
    asynchronous,
    tell: (event) => {
      story.push(`  ${wordsOf(event)}`);
    },
  });
  if (made.ok) {
    const data = new Uint8Array(512);
    await made.value.original.submit({ op: 'write', start: sectors(2), data });
  }
  return story;
}
