/** Which volumes a command leaves to the monitor (reference 7.3). */
import type { DeviceError } from '../contract/device-errors.ts';
import type { Notice } from '../contract/errors.ts';
import type { CommandEngine } from '../engine/types.ts';
import { dmUuid, REAL } from '../lvm/activate/names.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import { partsOf } from '../lvm/format/partial.ts';
import { snapshotOn } from '../lvm/format/snapshots.ts';
import { incompletePart } from '../lvm/ops/missing.ts';
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

/**
 * `--monitor` of volumes that are there: they, and what they are made of.
 * @returns those of which that was news; of snapshots nobody says so
 */
export function watchAsSaid(
  line: LineReader,
  engine: CommandEngine,
  { vg }: ScannedVg,
  volumes: readonly LogicalVolume[],
): readonly LogicalVolume[] {
  const watched = line.yesNo('monitor');
  if (watched === undefined) return [];
  const { monitor } = engine;
  const before = monitor.monitored;
  const uuidsOf = ({ id }: LogicalVolume): readonly string[] =>
    [undefined, REAL].map((layer) => dmUuid(vg.id, id, layer));
  const all = new Set(volumes);
  for (const { segments } of all) {
    const parts = segments.flatMap((segment) => partsOf(vg, segment));
    for (const lv of vg.lvs) if (parts.includes(lv.name)) all.add(lv);
  }
  monitor.watch([...all].flatMap(uuidsOf), watched);
  const after = monitor.monitored;
  const isNews = (uuid: string): boolean => before?.has(uuid) !== after?.has(uuid);
  return volumes.filter((lv) => !snapshotOn(vg, lv.name) && uuidsOf(lv).some(isNews));
}

/**
 * What LVM says of a volume that is watched, or not, from now on: of one that misses a piece it
 * comes to look at its table, and gives up behind it.
 */
export function newsOfWatching(
  { scanned, lv }: { readonly scanned: ScannedVg; readonly lv: LogicalVolume },
  watched: boolean,
): { readonly error?: DeviceError; readonly notice?: Notice } {
  const names = { vg: scanned.vg.name, lv: lv.name };
  const part = incompletePart(scanned, lv);
  if (part !== undefined) return { error: { code: 'monitor-partial', ...names, part } };
  return watched ? {} : { notice: { code: 'mirror-unwatched', ...names } };
}
