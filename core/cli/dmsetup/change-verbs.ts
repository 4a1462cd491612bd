/** Verbs that change devices. */
import type { Result } from '../../base/result.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { DmRef, DmRequest, SuspendWish } from '../../engine/dm-request.ts';
import { whichOf } from '../../engine/plan-dm.ts';
import { isMangledTwice, mangle, unmangle } from '../../report/dm-names.ts';
import { deviceRef, isReferred, newName, uuidOf } from './device-ref.ts';
import { atoi, readAheadOf } from './options.ts';
import { MANY, type Call, type Verb } from './verb.ts';

/** A verb that does one thing to each device. */
function onEach(
  name: string,
  help: readonly string[],
  request: (device: DmRef, call: Call) => DmRequest,
): Verb {
  return {
    name,
    help,
    words: [0, MANY],
    selects: true,
    repeats: true,
    async run(call, [word]) {
      const ref = deviceRef(call, word);
      if (!ref.ok) return call.complain(...ref.error);
      return (await call.do(request(ref.value, call), ref.value)) && call.shown(ref.value);
    },
  };
}

const wish = ({ line }: Call): SuspendWish => ({
  noflush: line.has('noflush'),
  nolockfs: line.has('nolockfs'),
});

export const suspend = onEach(
  'suspend',
  ['[--noflush] [--nolockfs] <device>...'],
  (device, call) => ({ verb: 'dm-suspend', device, ...wish(call) }),
);

export const resume = onEach(
  'resume',
  [
    '[--noflush] [--nolockfs] <device>...',
    '       [--addnodeonresume|--addnodeoncreate]',
    '       [--readahead {[+]<sectors>|auto|none}]',
  ],
  (device, call) => {
    const readAhead = readAheadOf(call.line);
    return { verb: 'dm-resume', device, ...wish(call), ...(readAhead ? { readAhead } : {}) };
  },
);

export const clear = onEach('clear', ['<device>'], (device) => ({ verb: 'dm-clear', device }));

/** With --force a suspend that waits for nothing. */
function wipe(device: DmRef, call: Call): DmRequest {
  const { noflush, nolockfs } = wish(call);
  const force = call.line.has('force');
  const how = { noflush: noflush || force, nolockfs: nolockfs || force };
  return { verb: 'dm-wipe', device, readOnly: call.line.has('readonly'), ...how };
}

/** The size is asked for first: a device that is not there is missed twice. */
async function wipeNow(call: Call, ref: DmRef): Promise<boolean> {
  const failure = await call.change(wipe(ref, call));
  if (!failure) return true;
  const missing = failure.code === 'dm' && failure.errno === 'ENXIO' && !call.device(ref);
  if (missing) call.missing('table', ref);
  return call.failed(failure, whichOf(ref));
}

export const wipeTable: Verb = {
  name: 'wipe_table',
  help: ['[-f|--force] [--noflush] [--nolockfs] <device>...'],
  words: [0, MANY],
  selects: true,
  repeats: true,
  async run(call, [word]) {
    const ref = deviceRef(call, word);
    if (!ref.ok) return call.complain(...ref.error);
    return wipeNow(call, ref.value);
  },
};

export const remove: Verb = {
  name: 'remove',
  help: ['[--deferred] [-f|--force] [--retry] <device>...'],
  words: [0, MANY],
  selects: true,
  repeats: true,
  async run(call, [word]) {
    const ref = deviceRef(call, word);
    if (!ref.ok) return call.complain(...ref.error);
    const device = ref.value;
    if (call.line.has('force') && word !== undefined) await wipeNow(call, device);
    const deferred = call.line.has('deferred');
    return call.do({ verb: 'dm-remove', device, deferred }, device);
  },
};

/** Whatever nothing has open, and then what that lets go of. */
async function removeClosed(call: Call): Promise<void> {
  const tried = new Set<string>();
  for (;;) {
    const next = call.engine
      .blockDevices()
      .devices.find(({ devno, openCount }) => openCount === 0 && !tried.has(devno));
    if (!next) return;
    tried.add(next.devno);
    await call.change({ verb: 'dm-remove', device: { name: next.name }, deferred: false });
  }
}

export const removeAll: Verb = {
  name: 'remove_all',
  help: ['[-f|--force]'],
  words: [0, 0],
  async run(call) {
    await removeClosed(call);
    const left = (): readonly { readonly name: string }[] => call.engine.blockDevices().devices;
    if (call.line.has('deferred')) {
      for (const { name } of left()) {
        await call.change({ verb: 'dm-remove', device: { name }, deferred: true });
      }
    }
    if (!call.line.has('force') || left().length === 0) return true;
    for (const { name } of left()) await call.change(wipe({ name }, call));
    await removeClosed(call);
    const count = left().length;
    if (count > 0 && !call.preview) call.complain(`Unable to remove ${count} device(s).`);
    return true;
  },
};

export const rename: Verb = {
  name: 'rename',
  help: ['<device> [--setuuid] <new_name_or_uuid>'],
  words: [1, 2],
  async run(call, words) {
    const ref = deviceRef(call, words.length === 2 ? words[0] : undefined);
    if (!ref.ok) return call.complain(...ref.error);
    const device = ref.value;
    const word = words.at(-1) ?? '';
    const setsUuid = call.line.has('setuuid');
    if (word === '' && !setsUuid) return call.complain('Non empty new name is required.');
    const wanted: Result<string, readonly string[]> = setsUuid
      ? uuidOf(call, word)
      : newName(call, word);
    if (!wanted.ok) return call.complain(...wanted.error.map(withoutStop));
    // The kernel renames only what is named.
    if (!('name' in device)) return call.missing('rename', device);
    return call.do(
      setsUuid
        ? { verb: 'dm-identify', device, uuid: wanted.value }
        : { verb: 'dm-rename', from: device, to: wanted.value },
      device,
    );
  },
};

/** It complains of long names without one, unlike `create`. */
const withoutStop = (line: string): string => line.replace(/ too long\.$/, ' too long');

export const message: Verb = {
  name: 'message',
  help: ['<device> <sector> <message>'],
  words: [2, MANY],
  async run(call, words) {
    const referred = isReferred(call.line);
    const ref = deviceRef(call, referred ? undefined : words[0]);
    if (!ref.ok) return call.complain(...ref.error);
    const [sector = '', ...text] = referred ? words : words.slice(1);
    if (!/^\s*[+-]?\d+$/.test(sector)) return call.complain('Invalid sector.');
    if (text.length === 0) call.complain('No message supplied.');
    const device = ref.value;
    const request = { verb: 'dm-message', device, text: text.join(' ') } as const;
    return call.do({ ...request, sector: atoi(sector) }, device);
  },
};

/** Nodes are the host's affair, and always right here. */
export const mknodes: Verb = {
  name: 'mknodes',
  help: ['[<device>...]'],
  words: [0, MANY],
  repeats: true,
  run: () => true,
};

/** Puts names into the form that mangling gives them; UUIDs can only be looked at. */
export const mangleNames: Verb = {
  name: 'mangle',
  help: ['[<device>...]'],
  words: [0, MANY],
  repeats: true,
  async run(call, [word]) {
    const all = call.engine.blockDevices().devices;
    if (word === undefined && !isReferred(call.line)) {
      if (all.length === 0) return call.say('No devices found');
      let well = true;
      for (const device of all) if (!(await mangleOne(call, device))) well = false;
      return well;
    }
    const ref = deviceRef(call, word);
    if (!ref.ok) return call.complain(...ref.error);
    const number = call.device(ref.value)?.devno;
    const device = all.find(({ devno }) => devno === number);
    return device ? mangleOne(call, device) : false;
  },
};

async function mangleOne(call: Call, { name, uuid }: DmDeviceState): Promise<boolean> {
  if (call.mangling === 'auto' && isMangledTwice(name)) {
    const why = 'seems to be mangled more than once.';
    const todo = 'Manual intervention required to rename the device.';
    return call.complain(`The name "${name}" ${why} ${todo}`);
  }
  const change = call.mangling === 'none' ? unmangle : mangle;
  if (change(uuid) !== uuid) {
    return call.complain(
      `${name}: ${uuid}: UUID in incorrect form. `,
      'Unable to change device UUID. The device must be deactivated first.',
    );
  }
  const to = change(name);
  if (to === name) {
    const what = uuid === '' ? '[no UUID]: name' : `${uuid}: name and UUID`;
    return call.say(`${name}: ${what} already in correct form`);
  }
  call.say(`${name}: renaming to ${to}`);
  return call.do({ verb: 'dm-rename', from: { name }, to }, { name });
}
