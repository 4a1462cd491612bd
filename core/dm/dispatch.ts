/**
 * The only caller of a target's map. It checks what no target then has to: that I/O lies inside the
 * device, that it never crosses a border, and that a remap lands where the target said it would.
 */
import { assert, must } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import { sectors, type Sectors } from '../base/units.ts';
import {
  ioFailure,
  ioSectors,
  partOf,
  type DataIo,
  type Io,
  type SpanIo,
} from '../block/device.ts';
import { joined } from './endings.ts';
import { legRuns, type Layout } from './layout.ts';
import type { LoadedTarget, Table } from './table.ts';
import type { Ending, TargetIo } from './target.ts';

/**
 * Ends once every part of the request has ended. `name` stands in errors that come from the table
 * itself. The request must lie inside the table.
 */
export function dispatch(name: string, table: Table, io: Io): Promise<Ending> {
  if (io.op === 'flush') return flushAll(table);
  const count = ioSectors(io);
  assert(io.start + count <= table.size, () => `a request to ${name} is not inside its table`);
  const single = partAt(table, io, io.start, count);
  if (single.count === count) return mapPart(name, table, single.target, io);
  return mapParts(name, table, io, count);
}

/** Every device below gets the flush once, whatever the number of targets on it. */
function flushAll(table: Table): Promise<Ending> {
  const waits = table.targets.flatMap(({ target }) => target.beforeFlush?.() ?? []);
  return waits.length > 0 ? Promise.all(waits).then(() => flushNow(table)) : flushNow(table);
}

function flushNow(table: Table): Promise<Ending> {
  const below = table.flushedLowers();
  const own = table.targets.flatMap(({ target }) => target.flush?.() ?? []);
  const single = below[0];
  if (single && below.length === 1 && own.length === 0) return single.submit({ op: 'flush' });
  return Promise.all([...own, ...below.map((lower) => lower.submit({ op: 'flush' }))]).then(joined);
}

function mapParts(name: string, table: Table, io: DataIo, count: number): Promise<Ending> {
  const parts: Promise<Ending>[] = [];
  for (let at = 0; at < count;) {
    const start = sectors(io.start + at);
    const part = partAt(table, io, start, count - at);
    parts.push(mapPart(name, table, part.target, partOf(io, at, part.count, start)));
    at += part.count;
  }
  return Promise.all(parts).then(joined);
}

/** How much from a sector on goes to one target in one piece. */
function partAt(table: Table, io: DataIo, start: number, count: number) {
  const target = table.at(start);
  const offset = sectors(start - target.start);
  const left = target.length - offset;
  // Legs get a run each, however many chunks of them a request without data covers.
  const whole = !('data' in io) && target.target.layout !== undefined;
  const border = whole ? left : (target.target.border?.(offset) ?? left);
  assert(border >= 1, () => `${target.type} has a border of ${border} sectors`);
  return { target, count: Math.min(count, border, left) };
}

function mapPart(name: string, table: Table, loaded: LoadedTarget, io: DataIo): Promise<Ending> {
  const offset = sectors(io.start - loaded.start);
  const { layout } = loaded.target;
  if (!('data' in io) && layout && layout.legs.length > 1) {
    return toLegs(table, layout, io, offset);
  }
  const mapped = loaded.target.map(inTarget(io, offset));
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
      const end = mapped.start + ioSectors(io);
      assert(
        loaded.ranges.some(
          ({ device, start, count }) =>
            device === mapped.device && start <= mapped.start && end <= start + count,
        ),
        () => `${loaded.type} of ${name} maps outside the ranges it declared`,
      );
      const lower = table.lower(mapped.device);
      const below = { ...io, start: mapped.start };
      return mapped.after ? mapped.after.then(() => lower.submit(below)) : lower.submit(below);
    }
  }
}

/** The request as the target sees it. Member by member: a spread takes three times as long. */
function inTarget(io: DataIo, offset: Sectors): TargetIo {
  switch (io.op) {
    case 'read':
      return { op: 'read', data: io.data, offset };
    case 'write':
      return { op: 'write', data: io.data, offset, fua: io.fua === true };
    case 'zero':
    case 'discard':
      return { ...io, offset };
  }
}

/** Of a request without data: one for each leg. */
function toLegs(table: Table, layout: Layout, io: SpanIo, offset: Sectors): Promise<Ending> {
  const parts = legRuns(layout, offset, io.count).map((piece) => {
    const { device, start } = must(layout.legs[piece.leg], 'a leg');
    const place = sectors(start + piece.offset);
    return table.lower(device).submit({ ...io, start: place, count: piece.count });
  });
  return Promise.all(parts).then(joined);
}
