/** Which device a line means: by a name or path, by -u, or by -j and -m. */
import { err, ok, type Result } from '../../base/result.ts';
import type { DevNo } from '../../contract/units.ts';
import type { DmRef } from '../../engine/dm-request.ts';
import { dmName } from '../../lvm/activate/names.ts';
import { isMangledTwice, isMixed, mangle, mangleAll } from '../../report/dm-names.ts';
import type { LineReader } from '../line-reader.ts';
import { atoi } from './options.ts';
import type { Call } from './verb.ts';

/** Linux's limits, in bytes. */
const MAX_NAME = 127;
const MAX_UUID = 128;
/** Minor numbers have 20 bits; what is larger loses the rest. */
const MINOR_RANGE = 2 ** 20;

const FOLDER = '/dev/mapper/';

/** @returns lines for what cannot be a device */
export function deviceRef(call: Call, word: string | undefined): Result<DmRef, readonly string[]> {
  const { line } = call;
  const uuid = line.text('uuid');
  if (word !== undefined) return namedDevice(call, word);
  if (uuid !== undefined) {
    const mangled = uuidOf(call, uuid);
    return mangled.ok ? ok({ uuid: mangled.value }) : mangled;
  }
  if (line.has('major')) return ok({ devno: numberOf(call) });
  return err(['No device specified.']);
}

/** Whether -u, or -j and -m, say which device is meant. */
export const isReferred = (line: LineReader): boolean => line.has('uuid') || line.has('major');

export function numberOf({ line }: Call): DevNo {
  return `${atoi(line.text('major') ?? '')}:${atoi(line.text('minor') ?? '')}`;
}

/** -m alone, for a device that is made. */
export function minorOf({ line }: Call): number | undefined {
  const minor = line.text('minor');
  if (minor === undefined) return undefined;
  return ((atoi(minor) % MINOR_RANGE) + MINOR_RANGE) % MINOR_RANGE;
}

/** A name, or the path of a node or of a link that LVM makes: `/dev/vg/home`. */
function namedDevice(call: Call, word: string): Result<DmRef, readonly string[]> {
  const plain = word.startsWith(FOLDER) ? word.slice(FOLDER.length) : word;
  if (!plain.includes('/')) {
    const name = newName(call, plain);
    return name.ok ? ok({ name: name.value }) : name;
  }
  const { devices } = call.engine.blockDevices();
  const minor = /^\/dev\/dm-(\d+)$/.exec(word)?.[1];
  const [, vg, lv] = /^\/dev\/([^/]+)\/([^/]+)$/.exec(word) ?? [];
  const linked = vg !== undefined && lv !== undefined ? dmName(vg, lv) : undefined;
  const found = devices.find(
    ({ name, devno }) => name === linked || (minor !== undefined && devno.endsWith(`:${minor}`)),
  );
  return found ? ok({ name: found.name }) : err([`Device ${word} not found`]);
}

/** As the kernel will know it. */
export function newName(call: Call, word: string): Result<string, readonly string[]> {
  if (word.includes('/')) return err([`Name "${word}" invalid. It contains "/".`]);
  if (word.length > MAX_NAME) return err([`Name "${word}" too long.`]);
  return mangled(call, word, 'name', MAX_NAME);
}

export const uuidOf = (call: Call, word: string): Result<string, readonly string[]> =>
  mangled(call, word, 'uuid', MAX_UUID);

function mangled(
  { mangling }: Call,
  word: string,
  what: 'name' | 'uuid',
  most: number,
): Result<string, readonly string[]> {
  const called = what === 'uuid' ? 'UUID' : what;
  const failed = `Failed to mangle device ${what} "${word}".`;
  if (mangling === 'none') return ok(word);
  if (mangling === 'auto' && isMangledTwice(word)) {
    const why = 'seems to be mangled more than once. This is not allowed in auto mode.';
    return err([`The ${called} "${word}" ${why}`]);
  }
  if (mangling === 'auto' && isMixed(word)) {
    const why =
      "contains mixed mangled and unmangled characters or it's already mangled improperly.";
    return err([`The ${called} "${word}" ${why}`, failed]);
  }
  const done = mangling === 'hex' ? mangleAll(word) : mangle(word);
  if (done.length <= most) return ok(done);
  return err([`Mangled form of the ${called} too long for "${word}".`, failed]);
}
