/** The state on screen as the projection of engine events. */
import type { EngineEvent } from '../../core/contract/events.ts';
import type {
  DiskState,
  DmDeviceState,
  IoCounts,
  LabState,
  VgState,
} from '../../core/contract/state.ts';

/** The state right after an event; events already contained in it change nothing. */
export function project(state: LabState, event: EngineEvent): LabState {
  if (event.seq <= state.seq) return state;
  return { ...apply(state, event), seq: event.seq };
}

/** Events are numbered without gaps: one that is missing means the state must be asked for. */
export const isGap = (state: LabState, event: EngineEvent): boolean => event.seq > state.seq + 1;

function apply(state: LabState, { body }: EngineEvent): LabState {
  switch (body.kind) {
    case 'device':
      return { ...state, devices: put(state.devices, body.device) };
    case 'device-removed':
      return { ...state, devices: state.devices.filter(({ name }) => name !== body.name) };
    case 'io':
      return { ...state, devices: counted(state.devices, body.counts) };
    case 'vg':
      return { ...state, vgs: putVg(state.vgs, body.vg) };
    case 'vg-removed':
      return { ...state, vgs: state.vgs.filter(({ id }) => id !== body.id) };
    case 'orphans':
      return { ...state, orphans: body.pvs };
    case 'problems':
      return { ...state, problems: body.problems };
    case 'disk':
      return { ...state, disks: putDisk(state.disks, body.disk) };
    case 'disk-detached':
      return { ...state, disks: state.disks.filter(({ path }) => path !== body.path) };
    case 'exports':
      return { ...state, exports: body.exports };
    case 'settings':
      return { ...state, settings: body.settings };
    case 'jobs':
      return { ...state, jobs: body.jobs };
    case 'mirrors':
      return { ...state, mirrors: body.mirrors };
    case 'snapshots':
      return { ...state, snapshots: body.snapshots };
    case 'step':
    case 'metadata':
    case 'command':
    case 'said':
    case 'monitor':
    case 'io-error':
      return state;
  }
}

/** In its own place; a new one at the end. */
function putDisk(disks: readonly DiskState[], disk: DiskState): readonly DiskState[] {
  const known = disks.some(({ path }) => path === disk.path);
  return known ? disks.map((one) => (one.path === disk.path ? disk : one)) : [...disks, disk];
}

/** Of devices that are gone by now nothing is left to count. */
function counted(devices: readonly DmDeviceState[], counts: readonly IoCounts[]) {
  const known = new Map(counts.map((one) => [one.name, one]));
  return devices.map((device) => {
    const now = known.get(device.name);
    return now ? { ...device, ...now } : device;
  });
}

/** Sorted by name, byte order. */
function put(items: readonly DmDeviceState[], item: DmDeviceState): readonly DmDeviceState[] {
  const others = items.filter(({ name }) => name !== item.name);
  return [...others, item].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** By their identifiers: two groups may have one name. */
function putVg(items: readonly VgState[], item: VgState): readonly VgState[] {
  const key = ({ name, id }: VgState): string => `${name} ${id}`;
  const others = items.filter(({ id }) => id !== item.id);
  return [...others, item].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
