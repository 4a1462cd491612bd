/** A lab of image files with the engine of this program, for Linux to look at afterwards. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../../core/cli/create-engine.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import type { EngineApi } from '../../core/contract/api.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import type { SettingsStore } from '../../core/engine/settings-store.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { diskName } from '../../core/host/disk-names.ts';
import { LabBackups } from '../../core/host/lab-backups.ts';
import { nodeEnv } from '../../core/host/node-env.ts';
import { newFolder } from './scratch.ts';

/** sda to sdp. */
const NAMES = Array.from({ length: 16 }, (_, index) => diskName(index));

export async function newImages(bytes = 64 * 2 ** 20, count = 3): Promise<readonly string[]> {
  const folder = await newFolder();
  const images = NAMES.slice(0, count).map((name) => join(folder, `${name}.img`));
  for (const image of images) {
    const file = await open(image, 'w');
    await file.truncate(bytes);
    await file.close();
  }
  return images;
}

/** Runs a command line; throws where it fails. @returns all that it says */
export type Run = (line: string) => Promise<string>;

export const runOf =
  (api: EngineApi): Run =>
  async (line) => {
    const words = splitCommandLine(line);
    if (!words.ok) throw new Error(words.error.why);
    const { status, output } = await api.command(words.value);
    const text = output.map((one) => one.text).join('\n');
    if (status !== 0) throw new Error(`${line}: status ${status}\n${text}`);
    return text;
  };

/** Opens the images, works, and closes them, so that the guest finds all of it on disk. */
export async function withLab<T>(
  images: readonly string[],
  work: (run: Run, api: EngineApi) => Promise<T>,
): Promise<T> {
  return withEngine(images, (api) => work(runOf(api), api));
}

interface Surroundings {
  /** Of the files that command lines name; absent: files last as long as the engine. */
  readonly folder?: string;
  /** Paths of the disks. Default: /dev/sda and so on. */
  readonly paths?: readonly string[];
  /** In the place of a folder, for whoever looks into the files. */
  readonly kept?: MemoryBackups;
  /** As they are in the guest; default: the usual ones. */
  readonly settings?: SettingsStore;
}

/** The same without a judgement of what the command lines answer. */
export async function withEngine<T>(
  images: readonly string[],
  work: (api: EngineApi) => Promise<T>,
  { folder, paths = [], kept = new MemoryBackups(), settings }: Surroundings = {},
): Promise<T> {
  const env = nodeEnv();
  const backups = folder === undefined ? kept : new LabBackups(folder, env);
  const opened = await Promise.all(
    images.map(async (path, index) => {
      const name = NAMES[index] ?? 'sdz';
      const disk = await openFileDisk({ path, name, mode: 'live' });
      if (!disk.ok) throw new Error(disk.error.why);
      return { name, file: disk.value, devno: `8:${index * 16}` as DevNo };
    }),
  );
  const disks = opened.map(({ name, file, devno }, index) => {
    const path = paths[index] ?? `/dev/${name}`;
    return { path, devno, device: file, mode: 'live' as const, image: name };
  });
  const lab = { name: 'linux', directory: '/' };
  const { api, close } = await createEngine({
    env,
    lab,
    disks,
    backups,
    ...(settings && { settings }),
  });
  try {
    return await work(api);
  } finally {
    await close();
    await Promise.all(opened.map(({ file }) => file.close()));
    env.scheduler.stop();
  }
}
