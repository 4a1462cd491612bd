/**
 * The only caller of a target's map. It checks what no target then has to: that I/O lies inside the
 * device, that it never crosses a border, and that a remap lands where the target said it would.
 */
import { assert } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import type { Io, IoError, IoResult } from '../block/device.ts';
import type { LoadedTarget, Table } from './table.ts';

type DataIo = Exclude<Io, { op: 'flush' }>;

/** `requeue`: some part could not finish and nothing is known to have failed. */
export type Dispatched = IoResult | 'requeue';

/** `name` stands in errors that come from the table itself. */
export function dispatch(name: string, table: Table, io: Io): Promise<Dispatched> {
  if (io.op === 'flush') return flushAll(table);
  const count = io.data.length / SECTOR;
  const single = partAt(table, io.start, count);
  if (single.count === count) return mapPart(name, table, single.target, io);
  return mapParts(name, table, io, count);
}

/** Every device below gets the flush once, whatever the number of targets on it. */
async function flushAll(table: Table): Promise<Dispatched> {
  const done = await Promise.all(table.opened.map(({ device }) => device.submit({ op: 'flush' })));
  return done.find((one) => !one.ok) ?? ok();
}

async function mapParts(
  name: string,
  table: Table,
  io: DataIo,
  count: number,
): Promise<Dispatched> {
  const parts: Promise<Dispatched>[] = [];
  for (let at = 0; at < count;) {
    const part = partAt(table, io.start + at, count - at);
    const data = io.data.subarray(at * SECTOR, (at + part.count) * SECTOR);
    parts.push(mapPart(name, table, part.target, { ...io, start: sectors(io.start + at), data }));
    at += part.count;
  }
  const done = await Promise.all(parts);
  const failed = done.find((one) => one !== 'requeue' && !one.ok);
  return failed ?? (done.includes('requeue') ? 'requeue' : ok());
}

/** How much from a sector on goes to one target in one piece. */
function partAt(table: Table, start: number, count: number) {
  const target = table.at(start);
  const offset = sectors(start - target.start);
  const border = target.target.border?.(offset) ?? target.length - offset;
  return { target, count: Math.min(count, border, target.length - offset) };
}

function mapPart(
  name: string,
  table: Table,
  loaded: LoadedTarget,
  io: DataIo,
): Promise<Dispatched> {
  const offset = sectors(io.start - loaded.start);
  const mapped = loaded.target.map({ op: io.op, offset, data: io.data });
  switch (mapped.kind) {
    case 'done':
      return Promise.resolve(ok());
    case 'requeue':
      return Promise.resolve('requeue');
    case 'fail':
      return Promise.resolve(err(failure(name, io, mapped.reason)));
    case 'remap': {
      const count = io.data.length / SECTOR;
      assert(
        loaded.ranges.some(
          ({ device, start, count: length }) =>
            device === mapped.device &&
            start <= mapped.start &&
            mapped.start + count <= start + length,
        ),
        `${loaded.type} of ${name} maps outside the ranges it declared`,
      );
      return table.lower(mapped.device).submit({ ...io, start: mapped.start });
    }
  }
}

export function failure(device: string, io: Io, why: string): IoError {
  return { code: 'io-failed', device, op: io.op, why };
}
