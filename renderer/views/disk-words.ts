/** How a disk is open, in words. */
import type { DiskFault } from '../../core/contract/faults.ts';
import type { DiskState, LabState, LossPolicy, TableKind } from '../../core/contract/state.ts';
import { sizeText } from '../widgets/size-text.ts';

/** `sandbox, 64 KiB changed`. */
export function modeWords({ mode, sandbox }: DiskState): string {
  if (sandbox?.applying) return 'sandbox, half applied';
  const changed = sandbox?.changed ?? 0;
  return changed > 0 ? `${mode}, ${sizeText(changed)} changed` : mode;
}

/** What I/O does while the server of an export is away. */
export const lossWords = (policy: LossPolicy): string =>
  policy === 'queue' ? 'I/O waits up to 30 s, then fails' : 'I/O fails at once';

/** What somebody broke on a disk: `gone`, `slow (50 ms a request), reads fail`. */
export const allFaultWords = (faults: readonly DiskFault[]): string =>
  faults.map(faultWords).join(', ');

function faultWords(fault: DiskFault): string {
  switch (fault.kind) {
    case 'gone':
      return 'gone';
    case 'slow':
      return `slow (${fault.millis} ms a request)`;
    case 'drops-writes':
      return 'loses writes';
    case 'errors': {
      const { on, range } = fault;
      const what = on === 'both' ? 'reads and writes fail' : `${on} fail`;
      return range ? `${what} in sectors ${range.start}:${range.count}` : what;
    }
  }
}

/** Beside the name of a disk or its PV; nothing where it is live and sound. */
export function diskNote(lab: LabState, path: string): string | undefined {
  const disk = lab.disks.find((one) => one.path === path);
  if (!disk) return undefined;
  if (disk.faults) return allFaultWords(disk.faults);
  if (disk.problem !== undefined) return disk.onLoss ? 'away' : 'unusable';
  return disk.mode === 'live' ? undefined : modeWords(disk);
}

/** `GPT, 3 partitions`. */
export function tableWords({ disks }: LabState, path: string, table: TableKind): string {
  const count = disks.filter(({ partitionOf }) => partitionOf?.disk === path).length;
  return `${table.toUpperCase()}, ${count === 1 ? '1 partition' : `${count} partitions`}`;
}

/** `4 live, 1 sandbox`. */
export function labModes({ disks }: LabState): string {
  const wholes = disks.filter(({ partitionOf }) => !partitionOf);
  const count = (mode: DiskState['mode']): number => wholes.filter((d) => d.mode === mode).length;
  const each = (['live', 'sandbox', 'read-only'] as const)
    .filter((mode) => count(mode) > 0)
    .map((mode) => `${count(mode)} ${mode}`);
  return each.join(', ') || 'none';
}
