/** What an operation plans from: the lab as a look at it found it. */
import type { MetadataHeader } from '../lvm/format/model.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { Env } from '../env/index.ts';
import type { Access } from '../lvm/access.ts';
import type { Era } from '../lvm/activate/device-tree.ts';
import { isMinorTaken } from '../lvm/activate/auto.ts';
import { Kernel } from '../lvm/activate/kernel.ts';
import type { OpContext } from '../lvm/ops/context.ts';
import { holderOf } from '../lvm/ops/lv-steps.ts';
import type { ReportSource } from '../report/source.ts';
import type { EngineDisk } from './disk-keeper.ts';
import { opDisks } from './op-disks.ts';

/** Disks that the command does not see are left out, whatever the lab has. */
export function opContext(
  source: ReportSource,
  { disks, dm }: { readonly disks: readonly EngineDisk[]; readonly dm: DeviceMapper },
  command: {
    readonly env: Env;
    readonly commandLine: string;
    readonly header: MetadataHeader;
    readonly access: Access;
    readonly newest: NonNullable<OpContext['newest']>;
    readonly era?: Era;
  },
): OpContext {
  const { env, commandLine, header, access, newest, era } = command;
  return {
    scan: source.scan,
    ...opDisks(disks, source.disks),
    kernel: () => new Kernel(dm),
    device: (uuid) => dm.byUuid(uuid),
    sourceLeg: (name) => dm.mirrors(name)[0]?.primary ?? 0,
    minorTaken: (minor, uuid) => isMinorTaken(dm.list(), minor, uuid),
    holderOf: (devno) => holderOf(dm.list(), devno),
    random: env.random,
    newest,
    commandLine,
    header,
    access,
    ...(era && { era }),
  };
}
