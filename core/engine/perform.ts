/** Does the actions of a plan, one at a time, on device-mapper and the disks. */
import { unreachable } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { Action } from '../contract/plan.ts';
import type { Change } from '../dm/below.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { isInSync } from '../lvm/activate/mirror-status.ts';
import { numberedLine } from './numbered-line.ts';
import { initMirrorLog } from './perform-mirror-log.ts';
import type { BackupWriter } from './perform-backup.ts';
import {
  isReloadOfSame,
  recordsBefore,
  recordsLoaded,
  runsAlready,
  type Log,
} from './log-actions.ts';
import type { LabelWriter } from './perform-label.ts';
import type { MetadataWriter } from './perform-metadata.ts';

type Done = Result<void, VolumeError>;

/** Who does what of one operation. */
export interface Performers {
  readonly dm: DeviceMapper;
  readonly labels: LabelWriter;
  readonly metadata: MetadataWriter;
  readonly backups: BackupWriter;
  /** Absent: nobody reads the log. */
  readonly log?: Log | undefined;
}

/** Files that were begun ahead do not take the room that the disks need. */
export async function performWithRoom(action: Action, performers: Performers): Promise<Done> {
  const done = await perform(action, performers);
  if (done.ok || action.kind !== 'write-metadata') return done;
  return (await performers.backups.end()) ? perform(action, performers) : done;
}

async function perform(action: Action, performers: Performers): Promise<Done> {
  const { dm, log } = performers;
  if (!log) return act(action, performers);
  for (const record of recordsBefore(action, dm)) log(record);
  const done = await act(action, performers);
  if (done.ok) for (const record of recordsLoaded(action, dm)) log(record);
  return done;
}

function act(
  action: Action,
  { dm, labels, metadata, backups, log }: Performers,
): Promise<Done> | Done {
  switch (action.kind) {
    case 'init-pv':
      return labels.initPv(action);
    case 'mark-pv':
      return labels.markPv(action);
    case 'relabel-pv':
      return labels.relabelPv(action);
    case 'create-area':
      return labels.createArea(action);
    case 'settle-area':
      return labels.settleArea(action);
    case 'wipe-label':
      return labels.wipeLabel(action);
    case 'write-bytes':
      return labels.writeBytes(action);
    case 'set-aside':
      return metadata.setAside(action);
    case 'write-metadata':
      return metadata.write(action);
    case 'precommit-metadata':
      return metadata.precommit(action);
    case 'commit-metadata':
      return metadata.commit(action);
    case 'revert-metadata':
      return metadata.revert(action);
    case 'erase-metadata':
      return metadata.erase(action);
    case 'archive-metadata':
      return backups.archive(action.vg, action.description, log);
    case 'backup-metadata':
      return backups.backup(action, log);
    case 'drop-backup':
      return backups.drop(action.vg);
    case 'create-device': {
      const created = dm.create(action.device, action.uuid, action.minor);
      return created.ok ? ok() : created;
    }
    case 'remove-device':
      return remove(action, dm);
    case 'rename-device':
      return dm.rename(action.device, action.to);
    case 'identify-device':
      return dm.setUuid(action.device, action.uuid);
    case 'message-device':
      return dm.message(action.device, action.sector, action.text);
    case 'preload':
      return load(action, dm);
    case 'drop-preload':
      return dm.clear(action.device);
    case 'suspend':
      return change('suspend', action.device, dm, () => dm.suspend(action.device, action));
    case 'resume':
      return change('resume', action.device, dm, () => dm.resume(action.device, action.readAhead));
    case 'expect-in-sync': {
      const { device } = action;
      return isInSync(dm.state(device)) ? ok() : err({ code: 'not-in-sync-any-more', device });
    }
    case 'init-mirror-log':
      return initMirrorLog(action.device, action.synced, dm);
    case 'zero-start':
      return zeroStart(action.device, action.count, dm);
    default:
      return unreachable(action);
  }
}

function remove(
  { device, deferred }: Extract<Action, { kind: 'remove-device' }>,
  dm: DeviceMapper,
): Promise<Done> | Done {
  // A device that was never made needs no removal: undoing asks without knowing.
  if (!dm.state(device)) return ok();
  return refuseStuck('remove', device, dm) ?? dm.retire(device, deferred);
}

/** Returns once the table waits in the inactive slot, or was not needed. */
function load(
  { device, table, readOnly, unlessSame }: Extract<Action, { kind: 'preload' }>,
  dm: DeviceMapper,
): Promise<Done> | Done {
  const numbered = table.map((line) => numberedLine(line, dm));
  // A store is in use by one table at a time: the same table is not even loaded, as in libdm.
  if (unlessSame && runsAlready(dm.state(device), numbered, readOnly)) return dm.clear(device);
  const keep = (loaded: Done): Done =>
    loaded.ok && unlessSame && isReloadOfSame(dm.state(device), readOnly)
      ? dm.clear(device)
      : loaded;
  const loaded = dm.reload(device, numbered, readOnly);
  return loaded instanceof Promise ? loaded.then(keep) : keep(loaded);
}

/**
 * The kernel waits for I/O in flight, and whoever asked waits with it, until somebody else resumes
 * the device below that holds it. Here nobody else would get a turn: it is refused. So is what
 * would have a mirror do I/O that such a device holds.
 */
function refuseStuck(op: Change, device: string, dm: DeviceMapper): Done | undefined {
  const below = dm.stuckOn(device, op);
  if (below === undefined) return undefined;
  const reason = `${below} below is suspended, and I/O to it does not finish`;
  return err({ code: 'dm', op, device, errno: 'EBUSY', reason });
}

/** One that dmsetup asked for may still wait for I/O: as in the kernel, the next waits for it. */
function change(
  op: 'suspend' | 'resume',
  device: string,
  dm: DeviceMapper,
  act: () => Promise<Done>,
): Done | Promise<Done> {
  const settled = dm.settling.of(device);
  if (settled) return settled.then(() => change(op, device, dm, act));
  return refuseStuck(op, device, dm) ?? act();
}

async function zeroStart(name: string, count: number, dm: DeviceMapper): Promise<Done> {
  const device = dm.open(name);
  if (!device.ok) return device;
  const data = new Uint8Array(count * SECTOR);
  const endHurry = device.value.waitForNobody();
  const written = await device.value.submit({ op: 'write', start: sectors(0), data });
  const flushed = written.ok ? await device.value.submit({ op: 'flush' }) : written;
  endHurry();
  device.value.close();
  return flushed.ok ? ok() : err(flushed.error);
}
