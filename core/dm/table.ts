/** A table: targets end to end from sector 0 (reference 4.1). */
import { must } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { BlockDevice } from '../block/device.ts';
import type { TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { parseSector, type Target, type TargetRange } from './target.ts';
import { targetType } from './targets/index.ts';

/** A lower device that a table keeps open. */
export interface OpenedDevice {
  readonly devno: DevNo;
  readonly device: BlockDevice;
  close(): void;
}

/** Opens a lower device by any of its names; the reason is the kernel's. */
export type OpenLower = (device: string) => Result<OpenedDevice, string>;

export interface LoadedTarget {
  readonly start: Sectors;
  readonly length: Sectors;
  readonly type: string;
  readonly target: Target;
  readonly ranges: readonly TargetRange[];
}

export class Table {
  readonly size: Sectors;

  constructor(
    readonly targets: readonly LoadedTarget[],
    /** In the order opened, each once. */
    readonly opened: readonly OpenedDevice[],
    readonly readOnly: boolean,
  ) {
    const last = targets.at(-1);
    this.size = sectors(last ? last.start + last.length : 0);
  }

  /** The target that maps a sector inside the table. */
  at(sector: number): LoadedTarget {
    let [low, high] = [0, this.targets.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (must(this.targets[middle], 'a target').start <= sector) low = middle;
      else high = middle - 1;
    }
    return must(this.targets[low], 'the target of a sector');
  }

  lower(devno: DevNo): BlockDevice {
    return must(
      this.opened.find((one) => one.devno === devno),
      `open device ${devno}`,
    ).device;
  }

  /** Newest opened first, as `dmsetup deps` lists them. */
  get deps(): readonly DevNo[] {
    return this.opened.map(({ devno }) => devno).toReversed();
  }

  close(): void {
    for (const opened of this.opened) opened.close();
  }

  /** Lines as `dmsetup table` prints them. */
  lines(): readonly string[] {
    return this.targets.map(
      ({ start, length, type, target }) => `${start} ${length} ${type} ${target.table()}`,
    );
  }

  state(): readonly TargetState[] {
    return this.targets.map(({ start, length, type, target, ranges }) => ({
      start,
      length,
      type,
      params: target.table(),
      status: target.status(),
      ranges: ranges.map(({ device, ...range }) => ({ devno: device, ...range })),
    }));
  }
}

/** Builds a table from its lines; whatever was opened on the way is closed on refusal. */
export function buildTable(
  lines: readonly string[],
  openLower: OpenLower,
  readOnly: boolean,
): Result<Table, string> {
  const opened: OpenedDevice[] = [];
  const targets: LoadedTarget[] = [];
  const refuse = (reason: string): Result<Table, string> => {
    for (const one of opened) one.close();
    return err(reason);
  };
  if (lines.length === 0) return refuse('no targets specified');
  for (const line of lines) {
    const target = buildTarget(line, opened, openLower);
    if (!target.ok) return refuse(target.error);
    const previous = targets.at(-1);
    const expected = previous ? previous.start + previous.length : 0;
    if (target.value.start !== expected) return refuse('Gap in table');
    targets.push(target.value);
  }
  return ok(new Table(targets, opened, readOnly));
}

function buildTarget(
  line: string,
  opened: OpenedDevice[],
  openLower: OpenLower,
): Result<LoadedTarget, string> {
  const [startText, lengthText, name = '', ...args] = line.split(/\s+/).filter((word) => word);
  const start = parseSector(startText);
  const length = parseSector(lengthText);
  if (start === undefined || !length) return err('zero-length target');
  const type = targetType(name);
  if (!type) return err(`${name}: unknown target type`);
  const open = (device: string): Result<DevNo, string> => {
    const lower = openLower(device);
    if (!lower.ok) return lower;
    const { devno } = lower.value;
    if (opened.some((one) => one.devno === devno)) lower.value.close();
    else opened.push(lower.value);
    return ok(devno);
  };
  const target = type.construct(args, { length, open });
  if (!target.ok) return err(`${name}: ${target.error}`);
  const ranges = target.value.ranges();
  const outside = ranges.find((range) => !fits(range, opened));
  if (outside) return err(`${name}: ${outside.device} too small for target`);
  return ok({ start, length, type: name, target: target.value, ranges });
}

/** A lower device of size 0 has no table yet; the kernel lets that pass. */
function fits(range: TargetRange, opened: readonly OpenedDevice[]): boolean {
  const size = opened.find(({ devno }) => devno === range.device)?.device.size ?? 0;
  return size === 0 || range.start + range.count <= size;
}
