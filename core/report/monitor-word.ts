/** Whether the monitor watches a segment, in a word (reference 7.3). */
import type { LogicalVolume, Segment } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { lvRealDevice } from './active.ts';
import type { ReportSource } from './source.ts';

/** Empty where there is nothing to watch, or no monitor to ask. */
export function monitorWord(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
  segment: Segment,
): string {
  if (segment.kind !== 'mirror' || source.monitored === undefined) return '';
  if (segment.extentsMoved !== undefined) return 'not monitored';
  const device = lvRealDevice(source, vg, lv);
  if (!device) return '';
  return source.monitored.has(device.uuid) ? 'monitored' : 'not monitored';
}
