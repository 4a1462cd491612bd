import { join } from 'node:path';
import { exportingLabIn, type ExportingLab } from '../../support/exporting-lab.ts';
import { newFolder } from './folder.ts';

export type { ExportingLab };

/** One in a folder that goes with the test. @param lines run before it is given away */
export const exportingLab = async (
  disks: number,
  size: string,
  lines: readonly string[],
): Promise<ExportingLab> => exportingLabIn(join(await newFolder(), 'lab'), disks, size, lines);
