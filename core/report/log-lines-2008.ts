/**
 * What `-vvvv` wrote of device-mapper in 2008: the four lines that the mailing list's logs of that
 * time show (seeds/001, reference 8.6). Everything else is written as it is now.
 */
import type { LogRecord } from '../contract/log.ts';

/** File and line in the LVM of that time. */
const at = (line: number): string => `#libdm-deptree.c:${line}`;

/** With file, line and indentation; undefined of what is not known from then. */
export function oldLogLine(record: LogRecord): string | undefined {
  switch (record.code) {
    case 'suspending':
      return `${at(940)}     Suspending ${record.device} (${record.devno})`;
    case 'loading-table':
      return `${at(1470)}     Loading ${record.device} table`;
    case 'adding-target':
      return `${at(1421)}         Adding target: ${record.target}`;
    case 'resuming':
      return `${at(897)}     Resuming ${record.device} (${record.devno})`;
    default:
      return undefined;
  }
}
