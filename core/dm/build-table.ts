/** From lines of text to a table, as a load does it (reference 4.1): all or nothing. */
import { must } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { DevNo } from '../contract/units.ts';
import type { Scheduler } from '../env/scheduler.ts';
import type { Kcopyd, Throttle } from './kcopyd.ts';
import type { Lower } from './lower.ts';
import type { Origins } from './snapshot/origins.ts';
import { Table, type LoadedTarget, type Opened } from './table.ts';
import { invalid, parseSector, type Refusal, type TargetHost, type TargetType } from './target.ts';

/** What a table is built on. */
export interface TableGround {
  /** Finds a lower device by any of its names. */
  find(device: string): Result<Lower, Refusal>;
  /** Opens it; returns what closes it. */
  hold(lower: Lower, readOnly: boolean): () => void;
  type(name: string): TargetType | undefined;
  readonly scheduler: Scheduler;
  readonly kcopyd: Kcopyd;
  readonly throttle: Throttle;
  /** See TargetHost. */
  event(): void;
  regionsChanged(): void;
  snapshotChanged(): void;
  settled(): Promise<void> | undefined;
  readonly origins: Origins;
}

/** Whatever was opened on the way is closed again on refusal. */
export function buildTable(
  lines: readonly string[],
  ground: TableGround,
  readOnly: boolean,
): Result<Table, Refusal> {
  const opened = new Map<DevNo, Opened>();
  const built = buildTargets(lines, ground, (lower) => {
    if (opened.has(lower.devno)) return;
    opened.set(lower.devno, { lower, release: ground.hold(lower, readOnly) });
  });
  const table = new Table(built.ok ? built.value : [], opened, readOnly);
  const misfit = table.misfit();
  if (built.ok && misfit === undefined) return ok(table);
  table.close();
  return built.ok ? invalid(misfit ?? '') : built;
}

function buildTargets(
  lines: readonly string[],
  ground: TableGround,
  open: (lower: Lower) => void,
): Result<readonly LoadedTarget[], Refusal> {
  const targets: LoadedTarget[] = [];
  let end = 0;
  for (const line of lines) {
    const target = buildTarget(line, end, ground, open);
    if (!target.ok) return target;
    targets.push(target.value);
    end = target.value.start + target.value.length;
  }
  return targets.length === 0 ? invalid('no targets specified') : ok(targets);
}

/** @param end where the target before this one ends. */
function buildTarget(
  line: string,
  end: number,
  ground: TableGround,
  open: (lower: Lower) => void,
): Result<LoadedTarget, Refusal> {
  const [startText, lengthText, name, ...args] = line.trim().split(/\s+/);
  const start = parseSector(startText);
  const length = parseSector(lengthText);
  if (start === undefined || length === undefined || name === undefined) {
    return invalid(`Invalid format of table line: ${line}`);
  }
  if (length === 0) return invalid('zero-length target');
  const type = ground.type(name);
  if (!type) return invalid(`${name}: unknown target type`);
  if (start !== end) return invalid(`${name}: Gap in table`);
  if (!Number.isSafeInteger(start + length)) return invalid('too large device');
  const target = type.construct(args, hostOf(length, ground, open));
  if (!target.ok) {
    return err({ ...target.error, reason: `${name}: ${target.error.reason}` });
  }
  const ranges = target.value.ranges();
  return ok({ start, length, type: name, target: target.value, ranges });
}

function hostOf(length: Sectors, ground: TableGround, open: (lower: Lower) => void): TargetHost {
  const opened = new Map<DevNo, Lower>();
  const { scheduler, throttle } = ground;
  return {
    length,
    scheduler,
    kcopyd: ground.kcopyd.another(),
    throttle,
    open(device: string): Result<DevNo, Refusal> {
      const lower = ground.find(device);
      if (!lower.ok) return lower;
      open(lower.value);
      opened.set(lower.value.devno, lower.value);
      return ok(lower.value.devno);
    },
    device: (devno) => must(opened.get(devno), `open device ${devno}`),
    event: () => ground.event(),
    regionsChanged: () => ground.regionsChanged(),
    snapshotChanged: () => ground.snapshotChanged(),
    settled: () => ground.settled(),
    origins: ground.origins,
  };
}
