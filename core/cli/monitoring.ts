/** Which volumes a command leaves to the monitor (reference 7.3). */
import type { CommandEngine } from '../engine/types.ts';
import { dmUuid, REAL } from '../lvm/activate/names.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import { partsOf } from '../lvm/format/partial.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { overriddenFlag } from './config-option.ts';
import type { LineReader } from './line-reader.ts';

/** What the line says of volumes that come up through it; undefined: nothing. */
function wish(line: LineReader, engine: CommandEngine): boolean | undefined {
  const said = line.text('monitor');
  if (said !== undefined) return said === 'y' || said === '1';
  if (line.has('ignoremonitoring') || line.has('sysinit')) return false;
  const set = overriddenFlag(line.settings, 'activation/monitoring');
  return set === engine.monitor.byDefault ? undefined : set;
}

/**
 * Runs a command; the devices that it makes are watched, or not, as its line says, and conversions
 * of volumes that come up through it go on.
 */
export async function withMonitoring<T>(
  line: LineReader,
  engine: CommandEngine,
  run: () => Promise<T>,
): Promise<T> {
  const done = await watching(line, engine, run);
  if (line.has('activate') && line.text('poll') !== 'n' && !line.has('sysinit')) {
    engine.copies.resume((await engine.source()).scan);
  }
  return done;
}

async function watching<T>(
  line: LineReader,
  engine: CommandEngine,
  run: () => Promise<T>,
): Promise<T> {
  const watched = wish(line, engine);
  if (watched === undefined) return run();
  const there = (): readonly string[] => engine.blockDevices().devices.map(({ uuid }) => uuid);
  const before = new Set(there());
  const done = await run();
  engine.monitor.watch(
    there().filter((uuid) => !before.has(uuid)),
    watched,
  );
  return done;
}

/** `--monitor` of volumes that are there: they, and what they are made of. */
export function watchAsSaid(
  line: LineReader,
  engine: CommandEngine,
  { vg }: ScannedVg,
  volumes: readonly LogicalVolume[],
): void {
  const watched = line.yesNo('monitor');
  if (watched === undefined) return;
  const all = new Set(volumes);
  for (const { segments } of all) {
    const parts = segments.flatMap((segment) => partsOf(vg, segment));
    for (const lv of vg.lvs) if (parts.includes(lv.name)) all.add(lv);
  }
  engine.monitor.watch(
    [...all].flatMap(({ id }) => [undefined, REAL].map((layer) => dmUuid(vg.id, id, layer))),
    watched,
  );
}
