/** What an action on devices or labels puts into the log (reference 8.6). */
import { sectors } from '../base/units.ts';
import type { LogRecord } from '../contract/log.ts';
import type { Action } from '../contract/plan.ts';
import type { DmDeviceState, TargetState } from '../contract/state.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { numberedLine } from './numbered-line.ts';

/** Takes records in the order in which things happen. */
export type Log = (record: LogRecord) => void;

/** Before the action: what LVM writes before it asks the kernel. */
export function recordsBefore(action: Action, dm: DeviceMapper): readonly LogRecord[] {
  if (action.kind === 'create-device') return [{ code: 'creating-device', device: action.device }];
  if (action.kind === 'init-pv') {
    const { device, layout } = action;
    return [
      { code: 'setting-up-pv', device, size: layout.deviceSize },
      ...(layout.zero ? [{ code: 'zeroing-device', device } as const] : []),
      { code: 'writing-pv', device },
    ];
  }
  const state = 'device' in action ? dm.state(action.device) : undefined;
  if (!state) return [];
  const device = state.name;
  const { devno } = state;
  if (action.kind === 'preload') return [{ code: 'loading-table', device, devno }];
  if (action.kind === 'suspend') {
    const { freeze, inFlight } = action;
    return [{ code: 'suspending', device, devno, freeze, flush: inFlight === 'drain' }];
  }
  if (action.kind === 'resume') return [{ code: 'resuming', device, devno }];
  if (action.kind === 'rename-device') {
    return [{ code: 'renaming-device', device, devno, to: action.to }];
  }
  if (action.kind === 'remove-device') return [{ code: 'removing-device', device, devno }];
  if (action.kind === 'drop-preload') return [{ code: 'clearing-table', device, devno }];
  return [];
}

/** Of a table that was loaded: its lines with the numbers of the devices below, and its size. */
export function recordsLoaded(action: Action, dm: DeviceMapper): readonly LogRecord[] {
  const state = action.kind === 'preload' ? dm.state(action.device) : undefined;
  if (!state || action.kind !== 'preload') return [];
  const { name: device, devno, live } = state;
  // One that was like the live table has been dropped again.
  const inactive = state.inactive ?? live ?? [];
  const targets = inactive.map((target, index) => {
    // Of a store that another table has yet the kernel tells no chunk size: what was asked is said.
    const asked = target.type.startsWith('snapshot') ? action.table[index] : undefined;
    const line = asked === undefined ? lineOf(target) : numberedLine(asked, dm);
    return { code: 'adding-target', devno, target: line } as const;
  });
  if (!state.inactive) return [...targets, { code: 'reload-suppressed', device, devno }];
  const [from, to] = [sizeOf(live), sizeOf(inactive)];
  if (from === to) return targets;
  const ignored = action.late ? ({ ignored: true } as const) : {};
  return [...targets, { code: 'table-size', device, devno, from, to, ...ignored }];
}

/** Whether the table in the inactive slot does what the live one does. */
export function isReloadOfSame(state: DmDeviceState | undefined, readOnly: boolean): boolean {
  if (!state?.live || !state.inactive || state.readOnly !== readOnly) return false;
  const [live, inactive] = [state.live, state.inactive].map((table) =>
    table.map(lineOf).join('\n'),
  );
  return live === inactive;
}

/** Whether the live table reads just like these lines. */
export const runsAlready = (
  state: DmDeviceState | undefined,
  lines: readonly string[],
  readOnly: boolean,
): boolean =>
  state?.live !== undefined &&
  state.readOnly === readOnly &&
  state.live.map(lineOf).join('\n') === lines.join('\n');

const lineOf = ({ start, length, type, params }: TargetState): string =>
  `${start} ${length} ${type} ${params}`;

function sizeOf(table: DmDeviceState['live']) {
  const last = table?.at(-1);
  return sectors(last ? last.start + last.length : 0);
}
