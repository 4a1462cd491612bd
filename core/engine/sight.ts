/**
 * How much of a lab one command looks at: `--devices`, `--readonly`, `--driverloaded n`, and what
 * `--config` or `--foreign` say of system IDs.
 */
import type { Access } from '../lvm/access.ts';
import type { Action, Plan } from '../contract/plan.ts';
import type { CommandEngine } from './types.ts';

/** Absent parts: all of it. */
export interface Sight {
  /** Paths of disks; the others are not there for this command. */
  readonly devices?: readonly string[];
  /** Device-mapper is neither asked nor told anything. */
  readonly deviceless?: true;
  /** Absent: the lab's own. */
  readonly access?: Access;
}

/** What an engine can do with a part of its lab. */
export interface Sighted {
  source(sight?: Sight): ReturnType<CommandEngine['source']>;
  backupText(
    ...args: [...Parameters<CommandEngine['backupText']>, sight?: Sight]
  ): ReturnType<CommandEngine['backupText']>;
  plan(
    ...args: [...Parameters<CommandEngine['plan']>, sight?: Sight]
  ): ReturnType<CommandEngine['plan']>;
  change(
    ...args: [...Required<Parameters<CommandEngine['change']>>, sight?: Sight]
  ): ReturnType<CommandEngine['change']>;
}

/** The same engine for a command that looks at a part of its lab. */
export function withSight(engine: CommandEngine & Sighted, sight: Sight): CommandEngine {
  const seen = (path: string): boolean => sight.devices?.includes(path) ?? true;
  return {
    source: () => engine.source(sight),
    plan: (request, line) => engine.plan(request, line, sight),
    change: (request, line, accept, log) =>
      engine.change(request, line, accept, log ?? (() => undefined), sight),
    blockDevices: () => engine.blockDevices(),
    waitForEvent: (device, before) => engine.waitForEvent(device, before),
    pause: (seconds) => engine.pause(seconds),
    disk: (path) => (seen(path) ? engine.disk(path) : undefined),
    seeing: (other) => engine.seeing(other),
    backups: engine.backups,
    backupText: (vg, description) => engine.backupText(vg, description, sight),
    changeDisks: (change) => engine.changeDisks(change),
    publish: (body) => {
      engine.publish(body);
    },
    nowMicros: () => engine.nowMicros(),
    processId: engine.processId,
    machine: engine.machine,
    era: engine.era,
    throttle: (limit, device) => engine.throttle(limit, device),
    exports: engine.exports,
    jobs: engine.jobs,
    copies: engine.copies,
    monitor: engine.monitor,
    settings: engine.settings,
    files: engine.files,
    openVolume: (target) => engine.openVolume(target),
  };
}

const OF_DEVICES: readonly Action['kind'][] = [
  'create-device',
  'remove-device',
  'rename-device',
  'preload',
  'drop-preload',
  'suspend',
  'resume',
  'expect-in-sync',
  'zero-start',
  'init-mirror-log',
];

/** Only what is done to disks. */
export function withoutDevices(plan: Plan): Plan {
  const isOfDisks = ({ action }: Plan['steps'][number]): boolean =>
    !OF_DEVICES.includes(action.kind);
  const before = plan.steps.slice(0, plan.commitAt + 1).filter(isOfDisks).length;
  const {
    fallback: _fallback,
    recovery: _recovery,
    fallbackUntil: _until,
    begins: _begins,
    then,
    ...rest
  } = plan;
  return {
    ...rest,
    steps: plan.steps.filter(isOfDisks),
    commitAt: before - 1,
    ...(then ? { then: withoutDevices(then) } : {}),
  };
}
