/** The views of dmsetup (reference 14.2, 4.6). */
import type { DiskState, DmDeviceState, TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { defaultReadAhead } from '../dm/read-ahead.ts';
import { ALL_TARGETS } from '../dm/targets/index.ts';

/** What a view is drawn from. Names of devices are those that are shown. */
export interface BlockDevices {
  readonly devices: readonly DmDeviceState[];
  readonly disks: readonly DiskState[];
}

/** What stands in parentheses for a device. */
export type Naming = 'devno' | 'blkdevname' | 'devname';

const pair = (devno: DevNo): string => devno.replace(':', ', ');

export const minorOf = (devno: DevNo): string => devno.slice(devno.indexOf(':') + 1);

/** `dm-3`, `sda`: as the kernel calls it. A device that never had a table has no such name. */
export function kernelName({ devices, disks }: BlockDevices, devno: DevNo): string | undefined {
  const disk = disks.find((one) => one.devno === devno);
  if (disk) return disk.path.replace(/^\/dev\//, '');
  const device = devices.find((one) => one.devno === devno);
  return device && hasTable(device) ? `dm-${minorOf(devno)}` : undefined;
}

export const hasTable = ({ live, inactive }: DmDeviceState): boolean =>
  live !== undefined || inactive !== undefined;

/** What the live or the inactive table opened, newest first. */
export function depsOf(device: DmDeviceState, inactive: boolean): readonly DevNo[] {
  if (!inactive) return device.deps;
  const opened = (device.inactive ?? []).flatMap(({ ranges }) => ranges.map(({ devno }) => devno));
  return [...new Set(opened)].reverse();
}

function nameIn(world: BlockDevices, devno: DevNo, naming: Naming): string | undefined {
  const kernel = naming === 'devno' ? undefined : kernelName(world, devno);
  if (naming !== 'devname' || kernel === undefined) return kernel;
  return world.devices.find((one) => one.devno === devno)?.name ?? kernel;
}

export const lsLine = (world: BlockDevices, device: DmDeviceState, naming: Naming): string =>
  `${device.name}\t(${nameIn(world, device.devno, naming) ?? device.devno})`;

/** `ls --target` writes the number otherwise. */
export const targetLsLine = ({ name, devno }: DmDeviceState): string => `${name}\t(${pair(devno)})`;

export function depsLine(
  world: BlockDevices,
  device: DmDeviceState,
  naming: Naming,
  inactive: boolean,
): string {
  const deps = depsOf(device, inactive);
  const list = deps.map((devno) => ` (${nameIn(world, devno, naming) ?? pair(devno)})`);
  return `${deps.length} dependencies\t:${list.join('')}`;
}

/** `0 2048 linear 8:0 2048`, with what a table or a status says behind the type. */
export function targetLine(target: TargetState, what: 'table' | 'status'): string {
  const detail = what === 'table' ? target.params : target.status;
  return `${target.start} ${target.length} ${target.type} ${detail}`;
}

/** What the target would have the kernel measure (IMA): its type, version and arguments by name. */
export function measuredLine({ start, length, type, params }: TargetState): string {
  const found = ALL_TARGETS.find(({ name }) => name === type);
  const named = found && measuredFields(type, params.split(' '));
  const head = `${start} ${length} ${type} `;
  if (!named) return head;
  const fields = [`target_name=${type}`, `target_version=${found.version.join('.')}`, ...named];
  return `${head}${fields.join(',')};`;
}

/** Undefined for the types that the kernel has nothing to measure of. */
function measuredFields(type: string, words: readonly string[]): readonly string[] | undefined {
  const [first = '', second = '', ...more] = words;
  if (type === 'linear') return [`device_name=${first}`, `start=${second}`];
  if (type !== 'striped') return undefined;
  const stripes = Array.from({ length: Number(first) }, (_, index) => [
    `stripe_${index}_device_name=${more[2 * index] ?? ''}`,
    `stripe_${index}_physical_start=${more[2 * index + 1] ?? ''}`,
    `stripe_${index}_status=A`,
  ]);
  return [`stripes=${first}`, `chunk_size=${second}`, ...stripes.flat()];
}

const escaped = (text: string): string => text.replace(/[,;\\]/g, '\\$&');

/** A device as `create --concise` reads it again. */
export function conciseEntry(device: DmDeviceState, targets: readonly TargetState[]): string {
  const { name, uuid, devno, readOnly } = device;
  const head = [escaped(name), escaped(uuid), minorOf(devno), readOnly ? 'ro' : 'rw'];
  const lines = targets.map(
    ({ start, length, type, params }) => `${start} ${length} ${type} ${escaped(params)}`,
  );
  return [...head, ...lines].join(',');
}

/** The long form, with an empty line behind it. */
export function infoLines(device: DmDeviceState, inactive = false): readonly string[] {
  const targets = inactive ? device.inactive : device.live;
  return [
    `Name:              ${device.name}`,
    `State:             ${stateOf(device)}`,
    ...(hasTable(device) ? [`Read Ahead:        ${readAhead(device)}`] : []),
    `Tables present:    ${tablesOf(device)}`,
    `Open count:        ${device.openCount}`,
    `Event number:      ${device.eventNumber}`,
    `Major, minor:      ${pair(device.devno)}`,
    `Number of targets: ${targets?.length ?? 0}`,
    ...(device.uuid === '' ? [] : [`UUID: ${device.uuid}`]),
    '',
  ];
}

function stateOf(device: DmDeviceState): string {
  return [
    device.suspended ? 'SUSPENDED' : 'ACTIVE',
    device.readOnly ? ' (READ-ONLY)' : '',
    device.removeOnClose ? ' (DEFERRED REMOVE)' : '',
  ].join('');
}

function tablesOf({ live, inactive }: DmDeviceState): string {
  if (live) return inactive ? 'LIVE & INACTIVE' : 'LIVE';
  return inactive ? 'INACTIVE' : 'None';
}

/** `L--w`: live table, inactive table, suspended, writable. */
export function statColumn(device: DmDeviceState): string {
  return [
    device.live ? 'L' : '-',
    device.inactive ? 'I' : '-',
    device.suspended ? 's' : '-',
    device.readOnly ? 'r' : 'w',
  ].join('');
}

/** In sectors; 0 where no table was ever loaded, and so no node is there to be asked. */
export const readAhead = (device: DmDeviceState): number =>
  hasTable(device) ? (device.readAhead ?? defaultReadAhead(device.live ?? [])) : 0;

/** What is said of such a device where its read-ahead is asked for. */
export const noNode = (name: string): string =>
  `/dev/mapper/${name}: open failed: No such file or directory`;
