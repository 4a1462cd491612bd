/** Other disks, disks that are opened in another way, and disks that are broken or mended. */
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { EventBody } from '../contract/events.ts';
import type { DiskState } from '../contract/state.ts';
import { dmUuid } from '../lvm/activate/names.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { ReportSource } from '../report/source.ts';
import type { AttachedDisks } from './attached-disks.ts';
import { diskState, isFaultChange, type DiskChange, type DiskKeeper } from './disk-keeper.ts';

/** What the engine does about it. */
export interface DisksHost {
  readonly keeper: DiskKeeper;
  readonly attached: AttachedDisks;
  /** Runs between two operations. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  look(): Promise<ReportSource>;
  publish(body: EventBody): void;
  /** In turn. */
  bringUp(scanned: ScannedVg, wanted: (lv: LogicalVolume) => boolean): Promise<void>;
}

type Changed = Promise<Result<readonly DiskState[], VolumeError>>;

/**
 * Volumes on disks that are opened anew go down for as long as it takes and come up again where
 * they are still there; one that somebody has open is in the way. A disk is broken without any of
 * that, and not in turn: it happens in the middle of an operation, which may wait for a mend.
 */
export function changeDisks(change: DiskChange, host: DisksHost): Changed {
  return isFaultChange(change)
    ? changeFaults(change, host)
    : host.inTurn(() => reopen(change, host));
}

async function reopen(change: DiskChange, host: DisksHost): Changed {
  const { attached, keeper } = host;
  await host.look();
  const down = change.kind === 'attach' ? ok([]) : await attached.takeDown(change.device);
  if (!down.ok) return down;
  const changed = await keeper.change(change);
  for (const path of attached.follow()) host.publish({ kind: 'disk-detached', path });
  const { scan } = await host.look();
  for (const scanned of scan.vgs) {
    await host.bringUp(scanned, (lv) => down.value.includes(dmUuid(scanned.vg.id, lv.id)));
  }
  return changed.ok ? ok(changed.value.map(diskState)) : changed;
}

async function changeFaults(change: DiskChange, host: DisksHost): Changed {
  const changed = await host.keeper.change(change);
  if (!changed.ok) return changed;
  const disks = changed.value.map(diskState);
  for (const disk of disks) host.publish({ kind: 'disk', disk });
  // Not waited for: the disk may be slow.
  void host.look();
  return ok(disks);
}
