/** Every text of reference 13 is said here, on its stream and with its exit status. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mib, sectors, type Sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';

/** Rows of the reference's section: none may be lost, and those without a session are counted. */
const ROWS = 88;
const PENDING = 11;

interface Row {
  readonly text: string;
  readonly before: readonly string[];
  readonly sizes: ReadonlyMap<string, Sectors>;
  readonly line: string;
  readonly status: number;
  readonly stream: 'stdout' | 'stderr';
  readonly pending?: string;
  /** A volume that is being read while the line runs. */
  readonly held?: string;
}

const rows = readFileSync(new URL('./messages/rows.txt', import.meta.url), 'utf8')
  .split(/^> /m)
  .slice(1)
  .map(parseRow);

function parseRow(block: string): Row {
  const [text = '', ...lines] = block.split('\n').filter((line) => !/^(?:#.*)?$/.test(line));
  const marked = (mark: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`${mark} `) ? [line.slice(2)] : []));
  const [status = '', stream = ''] = (marked('=')[0] ?? '').split(' ');
  const [pending] = marked('!');
  const [held] = marked('&');
  return {
    text,
    before: marked('+'),
    sizes: new Map(
      marked('%').map((size) => {
        const [path = '', count] = size.split(' ');
        return [path, sectors(Number(count))] as const;
      }),
    ),
    line: marked('$')[0] ?? '',
    status: Number(status),
    stream: stream === '1' ? 'stdout' : 'stderr',
    ...(pending === undefined ? {} : { pending }),
    ...(held === undefined ? {} : { held }),
  };
}

test('every row is there once, with a session or the reason why not', () => {
  expect(new Set(rows.map(({ text }) => text)).size).toBe(rows.length);
  expect(rows.length).toBe(ROWS);
  expect(rows.filter(({ pending }) => pending !== undefined).length).toBe(PENDING);
  expect(rows.filter(({ pending, line }) => pending === undefined && line === '')).toEqual([]);
});

test.each(rows.filter(({ pending }) => pending === undefined))('$text', async (row) => {
  const stores = Array.from({ length: 9 }, () => new SectorStore());
  const first = await openLab(stores, new Map());
  for (const line of row.before) {
    const { status, output } = await first.run(line);
    expect([line, status, status === 0 ? [] : output]).toEqual([line, 0, []]);
  }
  // A disk changes its size while no lab has it open.
  const lab = row.sizes.size > 0 ? await openLab(stores, row.sizes) : first;
  // It waits for the volume, which is suspended, and so keeps it open.
  if (row.held !== undefined) void lab.api.read(row.held, 0, 512);
  const { status, output } = await lab.run(row.line);
  const said = output
    .filter(({ stream }) => stream === row.stream)
    .flatMap(({ text }) => text.split('\n'));
  // dmsetup alone puts no blanks in front; neither does a question.
  const lines = said.map((text) => text.replace(/^ {2}/, ''));
  expect(lines).toContain(row.text);
  expect(status).toBe(row.status);
  await lab.letGo();
  await lab.close();
});

function openLab(
  stores: readonly SectorStore[],
  sizes: ReadonlyMap<string, Sectors>,
): Promise<TestLab> {
  const devices = stores.map((store, index) => {
    const name = `sd${String.fromCharCode(97 + index)}`;
    return new RamDisk(name, sizes.get(`/dev/${name}`) ?? mib(128), store);
  });
  return openDevices(devices);
}
