/** `lvstudio lab attach` and its like: with the engine that has the lab, or without one. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { labUsage, runLab } from '../cli/studio/lab.ts';
import type { DiskDoor } from '../cli/studio/lab.ts';
import type { EngineApi } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskState } from '../contract/state.ts';
import { diskState, type DiskKeeper } from '../engine/disk-keeper.ts';
import { BreakableDisks } from '../engine/breakable-disks.ts';
import { PartitionedDisks } from '../engine/partitioned-disks.ts';
import type { SettingsStore } from '../engine/settings-store.ts';
import { looksLikeAddress } from '../nbd/client/address.ts';
import { parseOptions } from './cli-arguments.ts';
import { fail, refuseUsage } from './cli-context.ts';
import type { CliCommand, CliContext } from './cli-context.ts';
import { runAsking, withEngine } from './cli-engine.ts';
import { isDiskName } from './disk-names.ts';
import { LabDisks } from './lab-disks.ts';
import { acquireLab } from './lab-lock.ts';
import { NodeScheduler } from './node-scheduler.ts';

/** Options of every command that changes how disks are opened. */
const OPENING = {
  mode: { type: 'string' },
  name: { type: 'string' },
  'on-loss': { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  force: { type: 'boolean', short: 'f' },
  'take-over': { type: 'boolean' },
} as const;

const ranges = { type: 'string', multiple: true } as const;
const FAULTS = {
  gone: { type: 'boolean' },
  'drop-writes': { type: 'boolean' },
  errors: ranges,
  'error-reads': ranges,
  'error-writes': ranges,
} as const;
const BREAKING = { ...FAULTS, slow: { type: 'string' } } as const;
const MENDING = { ...FAULTS, slow: { type: 'boolean' } } as const;

const parsers = {
  break: (args: readonly string[]) => parseOptions(args, BREAKING),
  mend: (args: readonly string[]) => parseOptions(args, MENDING),
  other: (args: readonly string[]) => parseOptions(args, OPENING),
};

/**
 * `lab attach DIR FILE...`, and the others with DIR or without: a word that is no disk names the
 * lab. What they mean is the engine's business (core/cli/studio/lab.ts); here a lab that nobody
 * has open is opened without an engine, and without its volumes.
 */
export function changeDisks(verb: string): CliCommand {
  return async (args, context) => {
    const parse = verb === 'break' || verb === 'mend' ? parsers[verb] : parsers.other;
    const parsed = parse(args);
    if (!parsed.ok) return refuseUsage(context.io, parsed.error);
    const { values, positionals } = parsed.value;
    const named = verb === 'attach' ? context.labOption === undefined : !isDisk(positionals[0]);
    const directory = named ? positionals[0] : context.lab;
    const rest = named ? positionals.slice(1) : positionals;
    if (directory === undefined) return refuseUsage(context.io, `lab ${verb} DIR ...`);
    const words = ['lab', verb, ...optionWords(values)];
    const files =
      verb === 'attach'
        ? rest.map((word) => (looksLikeAddress(word) ? word : resolve(word)))
        : rest;
    const line = [...words, '--', ...files];
    const usage = labUsage(line.slice(1));
    if (usage !== undefined) return refuseUsage(context.io, usage);
    return runOnDisks(line, directory, context);
  };
}

/** `lab set DIR SECTION/SETTING VALUE`; without DIR where a lab is named in front. */
export function changeSetting(verb: 'set' | 'unset'): CliCommand {
  const needed = verb === 'set' ? 2 : 1;
  return async (args, context) => {
    const parsed = parseOptions(args, {});
    if (!parsed.ok) return refuseUsage(context.io, parsed.error);
    const { positionals } = parsed.value;
    const named = positionals.length > needed;
    const directory = named ? positionals[0] : context.lab;
    const words = ['lab', verb, '--', ...positionals.slice(named ? 1 : 0)];
    const usage = labUsage(words.slice(1));
    if (usage !== undefined) return refuseUsage(context.io, usage);
    if (directory === undefined) return refuseUsage(context.io, `lab ${verb} DIR ...`);
    return runOnDisks(words, directory, context);
  };
}

const isDisk = (word = ''): boolean => isDiskName(word.replace(/^\/dev\//, ''));

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

function optionWords(values: Values): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().flatMap((one) => [`--${name}`, one]);
  });
}

/** What the disks say of themselves; undefined where the lab cannot be opened. */
export async function diskStates(
  directory: string,
  context: CliContext,
): Promise<readonly DiskState[] | undefined> {
  let states: readonly DiskState[] | undefined;
  const opened = await withDisks(directory, async (disks) => {
    states = disks.disks.map(diskState);
    return Promise.resolve(0);
  });
  if (!opened.ok || opened.value !== 'held') return states;
  await withEngine({ ...context, lab: directory }, async (api) => {
    states = (await api.state()).disks;
    return 0;
  });
  return states;
}

async function runOnDisks(
  words: readonly string[],
  directory: string,
  context: CliContext,
): Promise<number> {
  const done = await withDisks(directory, (disks, settings) => {
    const door = doorTo(disks, settings);
    const command: EngineApi['command'] = ([, ...args], options) => runLab(args, door, options);
    return runAsking({ command, subscribe: () => () => undefined }, words, context.io);
  });
  if (!done.ok) return fail(context.io, done.error);
  if (done.value !== 'held') return done.value;
  return withEngine({ ...context, lab: directory }, (api) => runAsking(api, words, context.io));
}

/** Opens the disks of a lab without an engine, for as long as `work` takes. */
async function withDisks(
  directory: string,
  work: (disks: DiskKeeper, settings: SettingsStore) => Promise<number>,
): Promise<Result<number | 'held', VolumeError>> {
  const answer = await acquireLab(directory);
  if (!answer.ok) return answer;
  if (answer.value.kind === 'held') {
    answer.value.socket.destroy();
    return ok('held');
  }
  try {
    const disks = await LabDisks.open(await realpath(resolve(directory)));
    if (!disks.ok) return disks;
    const scheduler = new NodeScheduler();
    try {
      const breakable = new BreakableDisks(disks.value, scheduler);
      return ok(await work(await PartitionedDisks.over(breakable), disks.value));
    } finally {
      scheduler.stop();
      await disks.value.close();
    }
  } finally {
    await answer.value.lock.release();
  }
}

/** Nobody looks into the images: which volumes are on them is not known. */
function doorTo(disks: DiskKeeper, settings: SettingsStore): DiskDoor {
  const states = (): readonly DiskState[] => disks.disks.map(diskState);
  return {
    get disks() {
      return states();
    },
    settings,
    look: () => Promise.resolve({ disks: states(), volumesOn: () => [] }),
    async changeDisks(change) {
      const done = await disks.change(change);
      return done.ok ? ok(done.value.map(diskState)) : done;
    },
  };
}
