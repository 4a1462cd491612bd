/** What is broken on a disk, in words. */
import type { DiskFault, FailingOps } from '../contract/faults.ts';

const ON: Readonly<Record<FailingOps, string>> = {
  reads: 'reads fail',
  writes: 'writes fail',
  both: 'reads and writes fail',
};

export function faultWords(fault: DiskFault): string {
  switch (fault.kind) {
    case 'gone':
      return 'gone';
    case 'slow':
      return `slow (${fault.millis} ms a request)`;
    case 'drops-writes':
      return 'loses writes';
    case 'errors': {
      const { on, range } = fault;
      return range ? `${ON[on]} in sectors ${range.start}:${range.count}` : ON[on];
    }
  }
}

/** `gone, slow (50 ms a request)` */
export const allFaultWords = (faults: readonly DiskFault[]): string =>
  faults.map(faultWords).join(', ');
