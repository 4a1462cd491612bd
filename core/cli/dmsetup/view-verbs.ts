/** Verbs that only look, or wait. */
import type { DmDeviceState } from '../../contract/state.ts';
import type { DmRef } from '../../engine/dm-request.ts';
import { whichOf } from '../../engine/plan-dm.ts';
import { ALL_TARGETS } from '../../dm/targets/index.ts';
import type { TargetType } from '../../dm/target.ts';
import {
  conciseEntry,
  depsLine,
  lsLine,
  measuredLine,
  targetLine,
  targetLsLine,
  type Naming,
} from '../../report/dmsetup.ts';
import { readTreeOptions, treeLines } from '../../report/dmsetup-tree.ts';
import { deviceRef, isReferred } from './device-ref.ts';
import { atoi } from './options.ts';
import { MANY, type Call, type Verb } from './verb.ts';

/** All devices, or the one that is meant; lines for one that is not there. */
function devicesOf(
  call: Call,
  word: string | undefined,
  missing: (ref: DmRef) => false,
): readonly DmDeviceState[] | false {
  if (word === undefined && !isReferred(call.line)) {
    const { devices } = call.world();
    if (devices.length === 0) call.say('No devices found');
    return devices;
  }
  const ref = deviceRef(call, word);
  if (!ref.ok) return call.complain(...ref.error);
  const device = call.device(ref.value);
  return device ? [device] : missing(ref.value);
}

const NAMINGS: readonly Naming[] = ['devno', 'blkdevname', 'devname'];

/** -o of ls and deps, the last one given. */
export function namingOf(text: string): Naming | { readonly unknown: string } {
  let naming: Naming = 'devno';
  const words = text === '' ? [] : text.split(',');
  for (const [index, word] of words.entries()) {
    const found = NAMINGS.find((one) => one.startsWith(word));
    if (!found) return { unknown: words.slice(index).join(',') };
    naming = found;
  }
  return naming;
}

/** What cannot be read was refused before the verb was run. */
function naming(call: Call): Naming {
  const found = namingOf(call.line.text('options') ?? '');
  return typeof found === 'string' ? found : 'devno';
}

export const ls: Verb = {
  name: 'ls',
  help: ['[--target <target_type>] [--exec <command>] [-o <options>] [--tree]'],
  words: [0, 0],
  onlyReads: true,
  run(call) {
    const { line } = call;
    if (line.has('exec')) {
      return call.complain('--exec: programs of the host are not run for devices of a lab.');
    }
    const world = call.world();
    if (world.devices.length === 0) return call.say('No devices found');
    const target = line.text('target');
    if (target !== undefined) {
      const found = world.devices.filter(({ live = [], inactive = [] }) =>
        (line.has('inactive') ? inactive : live).some(({ type }) => type === target),
      );
      return call.say(...found.map(targetLsLine));
    }
    if (!line.has('tree')) {
      return call.say(...world.devices.map((one) => lsLine(world, one, naming(call))));
    }
    const look = readTreeOptions(line.text('options') ?? '');
    return 'unknown' in look || call.say(...treeLines(world, look));
  },
};

export const deps: Verb = {
  name: 'deps',
  help: ['[-o <options>] [<device>...]'],
  words: [0, MANY],
  selects: true,
  onlyReads: true,
  repeats: true,
  run(call, [word]) {
    const devices = devicesOf(call, word, (ref) => call.missing('deps', ref));
    if (!devices) return false;
    const world = call.world();
    for (const device of devices) {
      if (call.verbose) call.info(device);
      const line = depsLine(world, device, naming(call), call.line.has('inactive'));
      call.say(call.many && !call.verbose ? `${device.name}: ${line}` : line);
      if (call.many && call.verbose) call.say('');
    }
    return true;
  },
};

type Shown = 'table' | 'status' | 'measure';

/** One line per target, with the device's name where several are shown. */
const targetLines = (name: Shown, help: string): Verb => ({
  name,
  help: [help],
  words: [0, MANY],
  selects: true,
  onlyReads: true,
  repeats: true,
  run(call, [word]) {
    const devices = devicesOf(call, word, (ref) =>
      name === 'table' ? call.missing('table', ref) : call.complain('Device does not exist.'),
    );
    if (!devices) return false;
    for (const device of devices) showTargets(call, device, name);
    return true;
  },
});

export const status = targetLines('status', '[<device>...] [--noflush] [--target <target_type>]');
export const table = targetLines(
  'table',
  '[<device>...] [--concise] [--target <target_type>] [--showkeys]',
);
export const measure = targetLines('measure', '[<device>...]');

function showTargets(call: Call, device: DmDeviceState, what: Shown): void {
  const { line } = call;
  const all = (line.has('inactive') ? device.inactive : device.live) ?? [];
  const wanted = line.text('target');
  const targets = wanted === undefined ? all : all.filter(({ type }) => type === wanted);
  // A device without a table is shown too, unless a target is looked for.
  if (targets.length === 0 && wanted !== undefined) return;
  if (what === 'table' && line.has('concise')) {
    call.concise.push(conciseEntry(device, targets));
    return;
  }
  if (call.verbose) call.info(device);
  const prefix = call.many && !call.verbose ? `${device.name}: ` : '';
  const lines = targets.map((target) =>
    what === 'measure' ? measuredLine(target) : targetLine(target, what),
  );
  call.say(...(lines.length > 0 ? lines : ['']).map((text) => `${prefix}${text}`));
  if (call.many && call.verbose) call.say('');
}

export const info: Verb = {
  name: 'info',
  help: ['[<device>...]'],
  words: [0, MANY],
  onlyReads: true,
  repeats: true,
  run(call, [word]) {
    const devices = devicesOf(call, word, () => call.complain('Device does not exist.'));
    if (!devices) return false;
    const world = call.world();
    const inactive = call.line.has('inactive');
    for (const found of devices) {
      // Asked about the inactive table, the kernel says of that whether it can be written.
      const device = inactive ? { ...found, readOnly: false } : found;
      if (call.line.has('columns')) call.rows.push({ world, device, inactive });
      else call.info(device);
    }
    return true;
  },
};

export const splitname: Verb = {
  name: 'splitname',
  help: ['<device> [<subsystem>]'],
  words: [1, 2],
  onlyReads: true,
  run(call, [name = '', subsystem = 'LVM']) {
    call.rows.push({
      world: call.world(),
      device: { ...NOBODY, name },
      subsystem,
      inactive: false,
    });
    return true;
  },
};

/** splitname takes any name, of a device or not. */
const NOBODY: DmDeviceState = {
  name: '',
  uuid: '',
  devno: '0:0',
  suspended: false,
  readOnly: false,
  deps: [],
  openCount: 0,
  eventNumber: 0,
  inFlight: 0,
  queued: 0,
};

export const wait: Verb = {
  name: 'wait',
  help: ['<device> [<event_nr>] [--noflush]'],
  words: [0, 2],
  async run(call, words) {
    const referred = isReferred(call.line);
    const ref = deviceRef(call, referred ? undefined : words[0]);
    if (!ref.ok) return call.complain(...ref.error);
    if (call.preview) return true;
    const number = words[referred ? 0 : 1];
    const seen = number === undefined ? 0 : atoi(number);
    const done = await call.engine.waitForEvent(ref.value, seen);
    return done.ok ? call.shown(ref.value) : call.failed(done.error, whichOf(ref.value));
  },
};

const versionLine = ({ name, version }: TargetType): string =>
  `${name.padEnd(16)} v${version.join('.')}`;

/** The last that was built in first, as the kernel lists its modules. */
export const targets: Verb = {
  name: 'targets',
  help: [''],
  words: [0, 0],
  onlyReads: true,
  run: (call) => call.say(...ALL_TARGETS.map(versionLine).toReversed()),
};

export const targetVersion: Verb = {
  name: 'target-version',
  help: ['[<target>...]'],
  words: [1, MANY],
  onlyReads: true,
  repeats: true,
  run(call, [name = '']) {
    const found = ALL_TARGETS.find((type) => type.name === name);
    if (found) return call.say(versionLine(found));
    return call.complain(
      `device-mapper: target-version ioctl on ${name}  failed: Invalid argument`,
    );
  },
};

/** Of the library and the driver that all this behaves as. */
export const version: Verb = {
  name: 'version',
  help: [''],
  words: [0, 0],
  onlyReads: true,
  run: (call) => call.say('Library version:   1.02.185 (2022-05-18)', 'Driver version:    4.47.0'),
};
