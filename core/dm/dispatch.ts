/**
 * The only caller of a target's map. It checks what no target then has to: that I/O lies inside the
 * device, that it never crosses a border, and that a remap lands where the target said it would.
 */
import { assert } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import { ioFailure, type DataIo, type Io } from '../block/device.ts';
import type { LoadedTarget, Table } from './table.ts';
import type { Ending } from './target.ts';

/**
 * Ends once every part of the request has ended. `name` stands in errors that come from the table
 * itself. The request must lie inside the table.
 */
export function dispatch(name: string, table: Table, io: Io): Promise<Ending> {
  if (io.op === 'flush') return flushAll(table);
  const count = io.data.length / SECTOR;
  assert(io.start + count <= table.size, `a request to ${name} is not inside its table`);
  const single = partAt(table, io.start, count);
  if (single.count === count) return mapPart(name, table, single.target, io);
  return mapParts(name, table, io, count);
}

/** Every device below gets the flush once, whatever the number of targets on it. */
function flushAll(table: Table): Promise<Ending> {
  const waits = table.targets.flatMap(({ target }) => target.beforeFlush?.() ?? []);
  return waits.length > 0 ? Promise.all(waits).then(() => flushNow(table)) : flushNow(table);
}

function flushNow(table: Table): Promise<Ending> {
  const below = table.lowers();
  const single = below[0];
  if (single && below.length === 1) return single.submit({ op: 'flush' });
  return Promise.all(below.map((lower) => lower.submit({ op: 'flush' }))).then(joined);
}

function mapParts(name: string, table: Table, io: DataIo, count: number): Promise<Ending> {
  const parts: Promise<Ending>[] = [];
  for (let at = 0; at < count;) {
    const part = partAt(table, io.start + at, count - at);
    const data = io.data.subarray(at * SECTOR, (at + part.count) * SECTOR);
    parts.push(mapPart(name, table, part.target, { ...io, start: sectors(io.start + at), data }));
    at += part.count;
  }
  return Promise.all(parts).then(joined);
}

/** Requeued as a whole if any part was, as in the kernel; else the first failure, if any. */
function joined(parts: readonly Ending[]): Ending {
  if (parts.includes('requeue')) return 'requeue';
  return parts.find((part) => part !== 'requeue' && !part.ok) ?? ok();
}

/** How much from a sector on goes to one target in one piece. */
function partAt(table: Table, start: number, count: number) {
  const target = table.at(start);
  const offset = sectors(start - target.start);
  const left = target.length - offset;
  const border = target.target.border?.(offset) ?? left;
  assert(border >= 1, `${target.type} has a border of ${border} sectors`);
  return { target, count: Math.min(count, border, left) };
}

function mapPart(name: string, table: Table, loaded: LoadedTarget, io: DataIo): Promise<Ending> {
  const offset = sectors(io.start - loaded.start);
  const mapped = loaded.target.map({ op: io.op, offset, data: io.data });
  switch (mapped.kind) {
    case 'done':
      return Promise.resolve(ok());
    case 'taken':
      return mapped.ending;
    case 'requeue':
      return Promise.resolve('requeue');
    case 'fail':
      return Promise.resolve(err(ioFailure(name, io, mapped.reason)));
    case 'remap': {
      const end = mapped.start + io.data.length / SECTOR;
      assert(
        loaded.ranges.some(
          ({ device, start, count }) =>
            device === mapped.device && start <= mapped.start && end <= start + count,
        ),
        `${loaded.type} of ${name} maps outside the ranges it declared`,
      );
      const lower = table.lower(mapped.device);
      const below = { ...io, start: mapped.start };
      return mapped.after ? mapped.after.then(() => lower.submit(below)) : lower.submit(below);
    }
  }
}
