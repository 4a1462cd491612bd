/** A lab with an engine: ours if nobody has the lab, else theirs. */
import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { EngineApi } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { BackupStore } from '../engine/backup-store.ts';
import type { ExportHost, ServerThreads } from '../engine/exports.ts';
import type { ImageKeeper } from '../engine/disk-keeper.ts';
import type { SettingsStore } from '../engine/settings-store.ts';
import type { FileHost } from '../engine/extract.ts';
import type { Env } from '../env/index.ts';
import { labFiles } from './extract-files.ts';
import { connectLab, serveLab } from './engine-socket.ts';
import { labExports } from './lab-exports.ts';
import { LabBackups } from './lab-backups.ts';
import { LabDisks } from './lab-disks.ts';
import { acquireLab } from './lab-lock.ts';
import type { LabLock } from './lab-lock.ts';
import { nodeEnv } from './node-env.ts';
import type { DefectReporter } from './wire-answer.ts';

/** What is not there at all was taken out; LVM's own words say what is missing. */
const NO_FILE = 'no such file or directory';

/**
 * Builds an engine: volumes are activated when it resolves, and deactivated by `close`. `letGo`
 * ends calls that wait for somebody, such as a read of a suspended device.
 */
export type EngineFactory = (options: {
  readonly env: Env;
  readonly lab: { readonly name: string; readonly directory: string };
  readonly disks: ImageKeeper;
  readonly backups: BackupStore;
  readonly exportHost: ExportHost;
  readonly files: FileHost;
  readonly settings: SettingsStore;
  readonly systemId?: string;
  readonly asks: boolean;
  /** Closes the engine, whose disks are cut off; somebody opens the lab again. */
  readonly openAnew: () => void;
}) => Promise<{ readonly api: EngineApi; letGo(): Promise<void>; close(): Promise<void> }>;

/** What opening a lab needs besides the lab. */
export interface LabHost {
  readonly createEngine: EngineFactory;
  readonly defect: DefectReporter;
  /** For clients of exports; absent: there are none beside the engine's own. */
  readonly threads?: ServerThreads;
  /**
   * Somebody looks: what was cut short before the lab was opened waits for a word of theirs.
   * Default: it goes on by itself, as in LVM.
   */
  readonly asks?: true;
}

export interface OpenLab {
  readonly api: EngineApi;
  /** Absolute, without symbolic links. */
  readonly directory: string;
  /** Whether the engine is in this process, and ends with it. */
  readonly own: boolean;
  /** Sentences about images that are there and cannot be opened; of an own engine. */
  readonly unopened: readonly string[];
  /** An own engine is being closed: what is begun from now on is not for it. */
  readonly isClosing: boolean;
  /** Resolves when the engine cannot be used any more, be it through `close`. */
  readonly ended: Promise<void>;
  /** Ends an own engine once the calls of others are answered; or only leaves theirs. */
  close(): Promise<void>;
}

/** @param directory of a lab, as typed */
export async function openLab(
  directory: string,
  host: LabHost,
): Promise<Result<OpenLab, VolumeError>> {
  const answer = await acquireLab(directory);
  if (!answer.ok) return answer;
  const root = await realpath(resolve(directory));
  if (answer.value.kind === 'mine') return openOwn(root, answer.value.lock, host);
  const { api, ended, close } = connectLab(answer.value.socket);
  const leave = async (): Promise<void> => {
    close();
    await ended;
  };
  return ok({
    api,
    directory: root,
    own: false,
    unopened: [],
    isClosing: false,
    ended,
    close: leave,
  });
}

async function openOwn(
  directory: string,
  lock: LabLock,
  host: LabHost,
): Promise<Result<OpenLab, VolumeError>> {
  try {
    const disks = await LabDisks.open(directory);
    if (disks.ok) return ok(await start(directory, disks.value, lock, host));
    await lock.release();
    return disks;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function start(
  directory: string,
  disks: LabDisks,
  lock: LabLock,
  host: LabHost,
): Promise<OpenLab> {
  const env = nodeEnv();
  const lab = { name: basename(directory), directory };
  const { systemId } = disks;
  let close = (): Promise<void> => Promise.resolve();
  const engine = await host
    .createEngine({
      env,
      lab,
      disks,
      backups: new LabBackups(directory, env),
      exportHost: labExports(directory, host.threads),
      files: labFiles(directory),
      settings: disks,
      asks: host.asks ?? false,
      openAnew: () => void close(),
      ...(systemId === undefined ? {} : { systemId }),
    })
    .catch(async (error: unknown) => {
      env.scheduler.stop();
      await disks.close();
      throw error;
    });
  const server = serveLab(engine.api, lock, host.defect);
  const shut = async (): Promise<void> => {
    const finished = server.finish();
    await engine.letGo();
    await finished;
    try {
      await engine.close();
    } finally {
      env.scheduler.stop();
      await disks.close();
      // Last: from here on another process may open the lab.
      await lock.release();
    }
  };
  let closing: Promise<void> | undefined;
  let announce = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    announce = resolve;
  });
  close = (): Promise<void> => (closing ??= shut().finally(announce));
  const unopened = disks.disks.flatMap(({ problem, image }) =>
    problem === undefined || problem === `${image}: ${NO_FILE}` ? [] : problem,
  );
  return {
    ...{ api: engine.api, directory, own: true, unopened, ended, close },
    get isClosing() {
      return closing !== undefined;
    },
  };
}
