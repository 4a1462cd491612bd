/** The real engine on the devices of a test, in simulated time. */
import type { BlockDevice } from '../../core/block/device.ts';
import { createEngine } from '../../core/cli/create-engine.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import type { CommandOptions, CommandResult, EngineApi } from '../../core/contract/api.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { MemoryBackups, type BackupStore } from '../../core/engine/backup-store.ts';
import type { Env } from '../../core/env/index.ts';
import type { Era } from '../../core/lvm/activate/device-tree.ts';
import type { SettingsStore } from '../../core/engine/settings-store.ts';
import { Prng } from '../../core/env/prng.ts';
import { SimScheduler } from '../../core/env/sim-scheduler.ts';
import { sharedLogs, type SharedLog } from '../../core/dm/one-log-user.ts';
import { expectOneLogUser } from './one-log-user.ts';
import { turn } from './sim.ts';

export interface TestLab {
  readonly api: EngineApi;
  /** Time stands still until somebody runs it. */
  readonly scheduler: SimScheduler;
  /** Throws when it let two running mirrors use one log, unless `mayShareLogs` is set. */
  run(line: string, options?: CommandOptions): Promise<CommandResult>;
  mayShareLogs: boolean;
  /** Every log that two running mirrors used at a time, whenever it was seen. */
  readonly sharedLogs: readonly SharedLog[];
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/** @param seed of the identifiers that the engine makes. */
export const simEnv = (seed: number): Env & { readonly scheduler: SimScheduler } => ({
  scheduler: new SimScheduler(turn),
  random: new Prng(seed),
  wallClock: () => 1_795_216_703,
  hostName: 'lvmhost',
  hostDescription: 'Linux lvmhost',
});

export interface DeviceLabHow {
  /** Of the disks, in their order. */
  readonly numbers?: readonly DevNo[];
  /** How devices are changed. */
  readonly era?: Era;
  readonly settings?: SettingsStore;
  /** Whether conversions that were cut short wait for somebody's word. */
  readonly asks?: boolean;
}

/**
 * @param devices sda is the disk /dev/sda; their numbers are 8:0, 8:16 and so on
 * @param backups the files beside the disks; default: none yet
 */
export async function openDevices(
  devices: readonly BlockDevice[],
  seed = 1,
  backups: BackupStore = new MemoryBackups(),
  { numbers, era, settings, asks = false }: DeviceLabHow = {},
): Promise<TestLab> {
  const env = simEnv(seed);
  const shared: SharedLog[] = [];
  const { api, letGo, close } = await createEngine({
    env,
    watchDevices: (all) => shared.push(...sharedLogs(all)),
    lab: { name: 'test', directory: '/' },
    disks: devices.map((device, index) => ({
      path: `/dev/${device.name}`,
      devno: numbers?.[index] ?? (`8:${index * 16}` as DevNo),
      device,
      mode: 'live',
      image: `${device.name}.img`,
    })),
    backups,
    ...(era && { era }),
    ...(settings && { settings }),
    asks,
  });
  const run = async (line: string, options?: CommandOptions): Promise<CommandResult> => {
    const words = splitCommandLine(line);
    if (!words.ok) throw new Error(`${line}: ${words.error.why}`);
    const result = await api.command(words.value, options);
    if (!lab.mayShareLogs) expectOneLogUser(shared, line);
    return result;
  };
  const closeLab = async (): Promise<void> => {
    await close();
    if (!lab.mayShareLogs) expectOneLogUser(shared, 'after the last command');
  };
  const lab: TestLab = {
    api,
    scheduler: env.scheduler,
    run,
    mayShareLogs: false,
    sharedLogs: shared,
    letGo,
    close: closeLab,
  };
  return lab;
}

/** A line and its answer as sessions are recorded: `$ line`, `= status`, `1 out`, `2 complaint`. */
export function written(line: string, { status, output }: CommandResult): readonly string[] {
  const on = (stream: string, mark: string): readonly string[] =>
    output
      .filter((one) => one.stream === stream)
      .flatMap(({ text }) => text.split('\n'))
      .map((text) => `${mark} ${text}`.trimEnd());
  return [`$ ${line}`, `= ${status}`, ...on('stdout', '1'), ...on('stderr', '2')];
}

/** What a line prints; throws where it fails. */
export async function say(lab: TestLab, line: string): Promise<string> {
  const { status, output } = await lab.scheduler.until(lab.run(line));
  const text = output.map((one) => one.text.trim()).join('\n');
  if (status !== 0) throw new Error(`${line}: ${text}`);
  return text;
}
