/**
 * A lab of image files with the engine of this process, whose volumes other programs use through
 * the threads of the built program.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { splitCommandLine } from '../../core/base/words.ts';
import type { EngineApi } from '../../core/contract/api.ts';
import { openLab, type LabHost } from '../../core/host/open-lab.ts';
import { serverThreads } from '../../core/host/server-threads.ts';
import { lvstudio, realHost } from './studio-lab.ts';

export interface ExportingLab {
  readonly directory: string;
  readonly api: EngineApi;
  /** What it printed on the standard output. Throws unless it succeeds. */
  run(line: string): Promise<string>;
  /** Exports a volume (`vg/home`, `/dev/mapper/top`): its address. */
  uri(volume: string, ...options: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const BUILD = resolve('dist');

/**
 * @param directory where there is nothing yet
 * @param lines run before it is given away
 */
export async function exportingLabIn(
  directory: string,
  disks: number,
  size: string,
  lines: readonly string[],
): Promise<ExportingLab> {
  const made = await lvstudio(['lab', 'new', directory, '--disks', `${disks}`, '--size', size]);
  if (made.status !== 0) throw new Error(made.err);
  const lab = await exportingAgain(directory);
  for (const line of lines) await lab.run(line);
  return lab;
}

/**
 * One that was closed.
 * @param how of the host: whether what was cut short waits for a word
 */
export async function exportingAgain(
  directory: string,
  how: Pick<LabHost, 'asks'> = {},
): Promise<ExportingLab> {
  if (!existsSync(BUILD)) throw new Error(`${BUILD} is missing: run npm run build`);
  const threads = serverThreads(BUILD, realHost.defect);
  const opened = await openLab(directory, { ...realHost, ...how, threads });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const { api, close } = opened.value;
  const run = async (line: string): Promise<string> => {
    const words = splitCommandLine(line);
    if (!words.ok) throw new Error(words.error.why);
    const { status, output } = await api.command(words.value, { yes: true });
    const text = output.map((one) => one.text).join('\n');
    if (status !== 0) throw new Error(`${line}: status ${status}\n${text}`);
    return text;
  };
  const uri = async (volume: string, ...options: readonly string[]): Promise<string> => {
    await run(['export', volume, ...options].join(' '));
    const name = volume.replace('/dev/mapper/', '');
    const { exports } = await api.state();
    const found = exports.find((one) => one.volume === name);
    if (!found) throw new Error(`${volume} is not among the exports`);
    return found.uri;
  };
  return { directory, api, run, uri, close: () => close() };
}
