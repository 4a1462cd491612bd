/** lvdisplay: the long form, the one with colons, and the map (reference 14.3). */
import { formatLvmId } from '../base/ids.ts';
import {
  isWritable,
  lvExtentCount,
  type LogicalVolume,
  type MirrorSegment,
  type Segment,
} from '../lvm/format/model.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { fullPercent } from '../lvm/activate/snapshot-status.ts';
import { lvDevice, lvSnapshotStatus } from './active.ts';
import { entry, type Sizes } from './display.ts';
import { readAhead as kernelReadAhead } from './dmsetup.ts';
import { extraOf } from './fields-lv.ts';
import { isLvPartial } from './health.ts';
import { monitorWord } from './monitor-word.ts';
import { dataPlaces, type Place } from './places.ts';
import { percentWords } from './mirror-words.ts';
import { convertedLayer, relationsOf } from './relations.ts';
import { isShown } from './rows.ts';
import type { ReportSource } from './source.ts';
import { timeText } from './value.ts';

const WIDTH = 23;
const line = (word: string, value: string | number): string => entry(word, value, WIDTH);

export function lvLong(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
  sizes: Sizes,
): readonly string[] {
  const device = lvDevice(source, vg, lv);
  const path = `/dev/${vg.vg.name}/${lv.name}`;
  const { readAhead = 0n } = lv;
  return [
    '--- Logical volume ---',
    ...(isShown(vg, lv)
      ? [line('LV Path', path), line('LV Name', lv.name)]
      : [line('Internal LV Name', lv.name)]),
    line('VG Name', vg.vg.name),
    line('LV UUID', formatLvmId(lv.id)),
    line('LV Write Access', writeAccess(lv, device?.readOnly === true)),
    ...created(lv),
    ...snapshotState(source, vg, lv),
    ...(source.deviceless
      ? []
      : [line('LV Status', statusWord(device) + (isLvPartial(vg, lv) ? ' (partial)' : ''))]),
    ...(device ? [line('# open', device.openCount)] : []),
    ...extent(source, vg, lv, sizes),
    ...mirrored(lv),
    line('Segments', lv.segments.length),
    line('Allocation', lv.allocationPolicy ?? 'inherit'),
    line('Read ahead sectors', readAhead === 0n ? 'auto' : String(readAhead < 0n ? 0n : readAhead)),
    ...(device && readAhead === 0n ? [line('- currently set to', kernelReadAhead(device))] : []),
    ...persistent(lv),
    ...(device ? [line('Block device', device.devno)] : []),
    ' ',
  ];
}

/** A snapshot is as long as its origin; its store has a size of its own. */
function extent(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
  sizes: Sizes,
): readonly string[] {
  const link = relationsOf(vg.vg).stores.get(lv.name);
  const own = lvExtentCount(lv);
  const origin = link && relationsOf(vg.vg).byName.get(link.origin);
  const count = origin ? lvExtentCount(origin) : own;
  const length = [line('LV Size', sizes.ofExtents(vg, count)), line('Current LE', count)];
  if (!link) return length;
  const status = lvSnapshotStatus(source, vg, lv);
  const full = status?.is === 'invalid' ? undefined : fullPercent(status);
  // Of what waits to be merged LVM says that it is all taken.
  const percent = full !== undefined && link.merging ? 100 : full;
  return [
    ...length,
    line('COW-table size', sizes.ofExtents(vg, own)),
    line('COW-table LE', own),
    ...(percent === undefined ? [] : [line('Allocated to snapshot', percentWords(percent))]),
    line('Snapshot chunk size', sizes.of(link.chunkSize)),
  ];
}

/** Whose snapshot it is, or which it has. */
function snapshotState(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): readonly string[] {
  const { stores, origins, byName } = relationsOf(vg.vg);
  const stateOf = (one: LogicalVolume | undefined): boolean =>
    one !== undefined &&
    lvDevice(source, vg, one) !== undefined &&
    lvSnapshotStatus(source, vg, one)?.is !== 'invalid';
  const link = stores.get(lv.name);
  if (link) {
    const state = stateOf(lv) ? 'active' : 'INACTIVE';
    return [line('LV snapshot status', `${state} destination for ${link.origin}`)];
  }
  const links = origins.get(lv.name) ?? [];
  if (links.length === 0) return [];
  const each = links.map(({ store }) => {
    const state = stateOf(byName.get(store)) ? 'active' : 'INACTIVE';
    return `${' '.repeat(WIDTH)}${store} [${state}]`;
  });
  return [line('LV snapshot status', 'source of'), ...each];
}

function writeAccess(lv: LogicalVolume, deviceIsReadOnly: boolean): string {
  if (!isWritable(lv)) return 'read only';
  return deviceIsReadOnly ? 'read only override' : 'read/write';
}

function mirrored(lv: LogicalVolume): readonly string[] {
  const [first] = lv.segments;
  if (first?.kind !== 'mirror') return [];
  const converting = convertedLayer(lv) === undefined ? [] : [CONVERTING];
  return [line('Mirrored volumes', first.areas.length), ...converting];
}

/** LVM aligns it with nothing. */
const CONVERTING = 'LV type        Mirror undergoing conversion';

function statusWord(device: ReturnType<typeof lvDevice>): string {
  if (!device) return 'NOT available';
  return device.suspended ? 'suspended' : 'available';
}

function created({ creationTime, creationHost = '' }: LogicalVolume): readonly string[] {
  if (!creationTime) return [];
  return [line('LV Creation host, time', `${creationHost}, ${timeText(Number(creationTime))}`)];
}

function persistent(lv: LogicalVolume): readonly string[] {
  if (!lv.status.includes('FIXED_MINOR')) return [];
  const numbers = ['major', 'minor'].map((key) => [key, extraOf(lv, key)] as const);
  return numbers.flatMap(([key, number]) =>
    number === undefined ? [] : [line(`Persistent ${key}`, String(number))],
  );
}

const READ = 1;
const WRITE = 2;
/** The device refuses writes. */
const READ_ONLY = 4;

export function lvColons(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): string {
  const device = lvDevice(source, vg, lv);
  const [major = '-1', minor = '-1'] = device?.devno.split(':') ?? [];
  const count = lvExtentCount(lv);
  const { readAhead = 0n } = lv;
  return [
    `/dev/${vg.vg.name}/${lv.name}`,
    vg.vg.name,
    READ + (isWritable(lv) ? WRITE : 0) + (device?.readOnly === true ? READ_ONLY : 0),
    device ? 1 : 0,
    -1,
    device?.openCount ?? 0,
    count * vg.vg.extentSize,
    count,
    -1,
    lv.allocationPolicy === 'contiguous' ? 2 : 0,
    readAhead === 0n ? -1 : readAhead < 0n ? 0 : Number(readAhead),
    major,
    minor,
  ].join(':');
}

export function lvMap(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
  sizes: Sizes,
): readonly string[] {
  const segments = lv.segments.flatMap((segment) =>
    segment.kind === 'mirror'
      ? mirrorLines(vg, segment, monitorWord(source, vg, lv, segment), sizes)
      : segmentLines(vg, segment, sizes),
  );
  return ['--- Segments ---', ...segments, ' '];
}

function segmentLines(vg: ScannedVg, segment: Segment, sizes: Sizes): readonly string[] {
  const places = dataPlaces(vg, segment);
  const kind = segment.kind === 'error' || segment.kind === 'zero' ? 'Virtual' : 'Logical';
  const head = [
    `${kind} extents ${segment.start} to ${segment.start + segment.count - 1}:`,
    `  Type\t\t${segmentTypeName(segment)}`,
  ];
  const [only, ...others] = places;
  if (!only) return [...head, ' '];
  if (others.length === 0) return [...head, ...placeLines(only, '  '), ' '];
  const striped = segment.kind === 'striped' ? segment : undefined;
  return [
    ...head,
    ...(striped
      ? [`  Stripes\t\t${places.length}`, `  Stripe size\t\t${sizes.of(striped.stripeSize)}`]
      : []),
    ...places.flatMap((place, at) => [
      `  ${striped ? 'Stripe' : 'Image'} ${at}:`,
      ...placeLines(place, '    '),
    ]),
    ' ',
  ];
}

function mirrorLines(
  vg: ScannedVg,
  segment: MirrorSegment,
  monitor: string,
  sizes: Sizes,
): readonly string[] {
  const { start, count, log, regionSize } = segment;
  const [original, ...destinations] = dataPlaces(vg, segment);
  return [
    `Logical extents ${start} to ${start + count - 1}:`,
    `  Type\t\t${segmentTypeName(segment)}`,
    `  Monitoring\t\t${monitor}`,
    `  Mirrors\t\t${segment.areas.length}`,
    `  Mirror size\t\t${count}`,
    ...(log === undefined ? [] : [`  Mirror log volume\t${log}`]),
    ...(regionSize === undefined ? [] : [`  Mirror region size\t${sizes.of(regionSize)}`]),
    '  Mirror original:',
    ...(original ? placeLines(original, '    ') : []),
    '  Mirror destinations:',
    ...destinations.flatMap((place) => placeLines(place, '    ')),
    ' ',
  ];
}

function placeLines({ name, on, start, count }: Place, indent: string): readonly string[] {
  const [volume, extents] = on === 'pv' ? ['Physical', 'Physical'] : ['Logical', 'Logical'];
  return [
    `${indent}${volume} volume\t${name}`,
    `${indent}${extents} extents\t${start} to ${start + count - 1}`,
  ];
}
