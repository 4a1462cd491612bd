/**
 * The lab's state as the fold of its events: what a screen that saw every event shows. The window
 * folds them by itself (renderer/state/project.ts), because the contract between the two has no
 * code; test/sim/events.test.ts holds both to one answer.
 */
import { same } from '../base/same.ts';
import type { EngineEvent, EventBody } from '../contract/events.ts';
import type { DiskState, DmDeviceState, IoCounts, LabState, VgState } from '../contract/state.ts';
import { isInSync, mirrorsOf } from '../lvm/activate/mirror-status.ts';
import { isOfVg } from '../lvm/activate/names.ts';
import { snapshotStatusOf } from '../lvm/activate/snapshot-status.ts';
import type { VolumeGroup } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { ReportSource } from '../report/source.ts';
import { orphanStates, problemStates, vgState, type Sentence } from './lab-state.ts';

export class Projection {
  private readonly made = new WeakMap<VolumeGroup, { around: string; state: VgState }>();
  private unseen: ReportSource | undefined;
  state: LabState;

  constructor(
    start: Pick<LabState, 'lab' | 'disks' | 'settings'>,
    private readonly sentence: Sentence,
    private readonly deliver: (event: EngineEvent) => void,
  ) {
    const none = { orphans: [], problems: [], vgs: [], devices: [], exports: [], jobs: [] };
    this.state = { seq: 0, ...start, ...none, mirrors: [], snapshots: [] };
  }

  publish(body: EventBody, timeMicros: number): void {
    const seq = this.state.seq + 1;
    this.state = { ...apply(this.state, body), seq };
    this.deliver({ seq, timeMicros, body });
  }

  /** Made anew only where something of it may have changed: large groups cost. */
  private vgState(source: ReportSource, scanned: ScannedVg): VgState {
    const around = circumstances(source, scanned);
    const known = this.made.get(scanned.vg);
    if (known?.around === around) return known.state;
    const state = vgState(source, scanned, this.sentence);
    this.made.set(scanned.vg, { around, state });
    return state;
  }

  /**
   * What a scan found, to be compared when somebody asks: the state of a large group costs, and a
   * program that runs one command never looks at it.
   */
  foundUnseen(source: ReportSource): void {
    this.unseen = source;
  }

  /**
   * Brings the state up to what was found unseen.
   * @param devices as they are now: their events were not put off.
   */
  catchUp(devices: ReportSource['devices'], timeMicros: number): void {
    if (this.unseen) this.found({ ...this.unseen, devices }, timeMicros);
  }

  /** Compares what a scan found with what is known and publishes the differences. */
  found(source: ReportSource, timeMicros: number): void {
    this.unseen = undefined;
    const vgs = source.scan.vgs.map((scanned) => this.vgState(source, scanned));
    for (const vg of vgs) {
      const known = this.state.vgs.find((one) => one.id === vg.id);
      if (!same(known, vg)) this.publish({ kind: 'vg', vg }, timeMicros);
    }
    for (const { name, id } of this.state.vgs) {
      const gone = !vgs.some((vg) => vg.id === id);
      if (gone) this.publish({ kind: 'vg-removed', vg: name, id }, timeMicros);
    }
    const pvs = orphanStates(source);
    if (!same(this.state.orphans, pvs)) this.publish({ kind: 'orphans', pvs }, timeMicros);
    const problems = problemStates(source, this.sentence);
    if (!same(this.state.problems, problems)) {
      this.publish({ kind: 'problems', problems }, timeMicros);
    }
    for (const disk of source.disks) {
      const known = this.state.disks.find(({ path }) => path === disk.path);
      if (!same(known, disk)) this.publish({ kind: 'disk', disk }, timeMicros);
    }
    for (const device of source.devices) {
      const known = this.state.devices.find((one) => one.name === device.name);
      if (!same(known, device)) this.publish({ kind: 'device', device }, timeMicros);
    }
  }
}

/** All that a group's state is made of, beside its metadata. */
function circumstances({ devices, monitored }: ReportSource, scanned: ScannedVg): string {
  const running = devices
    .filter(({ uuid }) => isOfVg(uuid, scanned.vg.id))
    .map((one) => [
      [one.name, one.suspended, one.readOnly, one.openCount, one.live !== undefined],
      mirrorsOf(one).length > 0 && [isInSync(one), monitored?.has(one.uuid)],
      snapshotStatusOf(one)?.is,
    ]);
  const members = [...scanned.devices].map(([id, { path, label, areas, device }]) => [
    [id, path, device.size, label.deviceSize, label.extensionFlags],
    areas.map(({ header }) => header !== undefined && !header.ignored),
  ]);
  return JSON.stringify([running, members, scanned.notices]);
}

function apply(state: LabState, body: EventBody): LabState {
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
