/** The other views of dmsetup (reference 14.2, 4.6). */
import type { DmDeviceState, TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

const pair = (devno: DevNo): string => `(${devno.replace(':', ', ')})`;

export const lsLines = (devices: readonly DmDeviceState[]): readonly string[] =>
  devices.map(({ name, devno }) => `${name}\t(${devno})`);

export const depsLines = (devices: readonly DmDeviceState[], named: boolean): readonly string[] =>
  devices.map(({ name, deps }) => {
    const list = deps.map(pair).join(' ');
    return `${named ? '' : `${name}: `}${deps.length} dependencies\t: ${list}`;
  });

/** One line per target; a single named device leaves its name out. */
export function targetLines(
  devices: readonly DmDeviceState[],
  what: 'table' | 'status',
  named: boolean,
  inactive = false,
): readonly string[] {
  return devices.flatMap((device) => {
    const targets = (inactive ? device.inactive : device.live) ?? [];
    const prefix = named ? '' : `${device.name}: `;
    if (targets.length === 0) return [prefix];
    return targets.map((target) => `${prefix}${targetLine(target, what)}`);
  });
}

function targetLine(target: TargetState, what: 'table' | 'status'): string {
  const detail = what === 'table' ? target.params : target.status;
  return `${target.start} ${target.length} ${target.type} ${detail}`;
}

/** The long form: a block per device, blocks apart by an empty line. */
export function infoLines(devices: readonly DmDeviceState[]): readonly string[] {
  return devices.flatMap((device) => [
    `Name:              ${device.name}`,
    `State:             ${stateOf(device)}`,
    'Read Ahead:        256',
    `Tables present:    ${tablesOf(device)}`,
    `Open count:        ${device.openCount}`,
    `Event number:      ${device.eventNumber}`,
    `Major, minor:      ${device.devno.replace(':', ', ')}`,
    `Number of targets: ${device.live?.length ?? 0}`,
    ...(device.uuid === '' ? [] : [`UUID: ${device.uuid}`]),
    '',
  ]);
}

function stateOf(device: DmDeviceState): string {
  return `${device.suspended ? 'SUSPENDED' : 'ACTIVE'}${device.readOnly ? ' (READ-ONLY)' : ''}`;
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

const COLUMNS: readonly (readonly [string, 'left' | 'right', (d: DmDeviceState) => string])[] = [
  ['Name', 'left', ({ name }) => name],
  ['Maj', 'right', ({ devno }) => devno.split(':')[0] ?? ''],
  ['Min', 'right', ({ devno }) => devno.split(':')[1] ?? ''],
  ['Stat', 'left', statColumn],
  ['Open', 'right', ({ openCount }) => String(openCount)],
  ['Targ', 'right', ({ live }) => String(live?.length ?? 0)],
  ['Event', 'right', ({ eventNumber }) => String(eventNumber)],
  ['UUID', 'left', ({ uuid }) => uuid],
];

export function infoColumns(devices: readonly DmDeviceState[]): readonly string[] {
  const cells = devices.map((device) => COLUMNS.map(([, , value]) => value(device)));
  const all = [COLUMNS.map(([heading]) => heading), ...cells];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...all.map((line) => line[column]?.length ?? 0)),
  );
  return all.map((line, index) =>
    line
      .map((cell, column) => {
        const right = index > 0 && COLUMNS[column]?.[1] === 'right';
        const width = widths[column] ?? 0;
        return right ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' '),
  );
}
