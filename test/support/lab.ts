/** A lab in memory: the real engine over disks that can fail and lose power. */
import { mib } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import type { BackupStore } from '../../core/engine/backup-store.ts';
import { validateVolumeGroup } from '../../core/lvm/format/validate.ts';
import { scanDisks } from '../../core/lvm/scan.ts';
import { openDevices, type DeviceLabHow, type TestLab } from './device-lab.ts';

export const DISK_SIZE = mib(32);
const NAMES = ['sda', 'sdb', 'sdc', 'sdd'];

/** What is on the disks, in their order. */
export type Platters = readonly SectorStore[];

export const blank = (): Platters => NAMES.map(() => new SectorStore());
export const copyOf = (platters: Platters): Platters => platters.map((store) => store.copy());

/** Wraps a disk on its way into the lab. */
export type Wrap = (disk: BlockDevice, store: SectorStore) => BlockDevice;

/**
 * @param seed of the identifiers that the engine makes.
 * @param backups the files beside the disks; default: none yet.
 */
export function openLab(
  platters: Platters,
  wrap: Wrap = (disk) => disk,
  seed?: number,
  backups?: BackupStore,
  how?: DeviceLabHow,
): Promise<TestLab> {
  const devices = NAMES.map((name, index) => {
    const store = platters[index] ?? new SectorStore();
    return wrap(new RamDisk(name, DISK_SIZE, store), store);
  });
  return openDevices(devices, seed, backups, how);
}

/** The disks after these commands, each of which must succeed. */
export async function prepared(lines: readonly string[]): Promise<Platters> {
  const platters = blank();
  const lab = await openLab(platters);
  for (const line of lines) {
    const { status, output } = await lab.run(line);
    const said = output.map(({ text }) => text).join('\n');
    if (status !== 0) throw new Error(`${line}: status ${status}\n${said}`);
  }
  await lab.close();
  return platters;
}

/**
 * Everything the metadata says, without what differs between two runs (seqno, identifiers).
 * @param identified with the identifiers of PVs: the same for runs from one seed.
 */
export async function layoutOf(platters: Platters, identified = false): Promise<string> {
  const disks = NAMES.map((name, index) => ({
    path: `/dev/${name}`,
    device: new RamDisk(name, DISK_SIZE, platters[index] ?? new SectorStore()),
  }));
  const { vgs, pvs } = await scanDisks(disks);
  const orphans = identified ? pvs.filter(({ vgName }) => vgName === undefined) : [];
  const groups = vgs.map(({ vg, devices }) => {
    const faults = validateVolumeGroup(vg);
    if (faults.length > 0) throw new Error(`invalid: ${JSON.stringify(faults)}`);
    for (const pv of vg.pvs) {
      const end = pv.peStart + pv.peCount * vg.extentSize;
      const areas = devices.get(pv.id)?.label.metadataAreas ?? [];
      const covered = areas.find(({ start, size }) => start < end && start + size > pv.peStart);
      if (covered) throw new Error(`a metadata area at ${covered.start} lies in the extents`);
    }
    const members = vg.pvs
      .map(({ id, ...pv }) => {
        const path = devices.get(id)?.path ?? 'missing';
        return `${path}(${words(pv)} ${pv.peCount}${identified ? ` ${id}` : ''})`;
      })
      .join(' ');
    const volumes = vg.lvs.map(({ name, segments, ...lv }) => {
      const runs = segments.map((segment) =>
        segment.kind === 'striped'
          ? segment.areas.map((area) => (area.on === 'pv' ? place(vg.pvs, area) : area.lv)).join()
          : segment.kind,
      );
      const counts = segments.map(({ count }) => count).join('+');
      return `${name} ${words(lv)} ${counts} ${runs.join(' ')}`;
    });
    const name = vg.systemId === undefined ? vg.name : `${vg.name} of ${vg.systemId}`;
    const head = `${name} ${words(vg)} ${vg.extentSize} ${vg.metadataCopies}: ${members}`;
    return [head, ...volumes].join('\n');
  });
  return [...groups, ...orphans.map(({ path, label }) => `${path} ${label.pvId}`)].join('\n');
}

const words = (of: Record<'status' | 'flags' | 'tags', readonly string[]>): string =>
  [...of.status, ...of.flags, ...of.tags.map((tag) => `@${tag}`)].join(',');

function place(
  pvs: readonly { readonly id: string }[],
  area: { readonly pvId: string; readonly start: number },
): string {
  return `${pvs.findIndex(({ id }) => id === area.pvId)}:${area.start}`;
}
