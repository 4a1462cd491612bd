/** create, load and reload: what takes a table. */
import { ok, type Result } from '../../base/result.ts';
import type { DevNo } from '../../contract/units.ts';
import type { LineReader } from '../line-reader.ts';
import { deviceRef, isReferred, minorOf, newName, numberOf, uuidOf } from './device-ref.ts';
import { atoi, readAheadOf } from './options.ts';
import { conciseDevices, tableLines, type ConciseDevice } from './table-lines.ts';
import type { Call, Verb } from './verb.ts';

type Table = Result<readonly string[], string>;

/** From --table, the file that is named, or the standard input. */
async function tableOf(call: Call, file: string | undefined): Promise<Table> {
  const text = call.line.text('table');
  if (text !== undefined) return tableLines(text, '');
  if (file === undefined) return tableLines(call.input, 'on stdin');
  const read = await call.engine.backups.read(file);
  if (read.ok) return tableLines(read.value, file);
  return { ok: false, error: `Couldn't open '${file}' for reading.` };
}

const takesInput = (line: LineReader, file: string | undefined): boolean =>
  file === undefined && !line.has('table') && !line.has('notable');

interface NewDevice {
  readonly name: string;
  readonly uuid?: string;
  readonly minor?: number;
  /** With the number that was asked for, if one was. */
  readonly devno?: DevNo;
  readonly table: readonly string[];
  readonly readOnly: boolean;
}

async function createOne(call: Call, wanted: NewDevice): Promise<boolean> {
  const name = newName(call, wanted.name);
  if (!name.ok) return call.complain(...name.error);
  const uuid = wanted.uuid === undefined ? ok('') : uuidOf(call, wanted.uuid);
  if (!uuid.ok) return call.complain(...uuid.error);
  const { minor, devno, table, readOnly } = wanted;
  const readAhead = readAheadOf(call.line);
  const failure = await call.change({
    verb: 'dm-create',
    name: name.value,
    uuid: uuid.value,
    ...(minor === undefined ? {} : { minor }),
    table,
    readOnly,
    ...(readAhead ? { readAhead } : {}),
  });
  if (!failure) return call.shown({ name: name.value });
  if (failure.code !== 'dm' || failure.op !== 'create') {
    // A table was refused: by then the device had a number, and is gone again. It is asked to
    // resume by its name alone.
    const isNumbered = failure.code === 'dm' && failure.op === 'reload' && failure.devno;
    const number = isNumbered ? { devno: isNumbered } : {};
    return call.failed(failure, { device: name.value, ...number });
  }
  const asked = devno === undefined ? {} : { devno };
  return call.failed(failure, { device: name.value, uuid: uuid.value, ...asked });
}

async function createConcise(call: Call, words: readonly string[]): Promise<boolean> {
  const { line } = call;
  if (words.length > 1) {
    return call.complain('dmsetup create --concise takes at most one argument');
  }
  if (['table', 'minor', 'uuid', 'notable', 'inactive'].some((option) => line.has(option))) {
    const options = '--[no]table, --minor, --uuid and --inactive';
    return call.complain(`--concise is incompatible with ${options}.`);
  }
  const { devices, wrong } = conciseDevices(words[0] ?? call.input);
  for (const device of devices) if (!(await createFrom(call, device))) return false;
  return wrong ? call.complain(...wrong) : true;
}

async function createFrom(call: Call, device: ConciseDevice): Promise<boolean> {
  const { name, uuid, minor, flags } = device;
  if (!['', 'rw', 'ro'].includes(flags)) {
    return call.complain(`Invalid flags parameter '${flags}' must be 'ro' or 'rw' or empty.`);
  }
  const table = tableLines(device.table, '');
  if (!table.ok) return call.complain(table.error);
  return createOne(call, {
    name,
    ...(uuid === '' ? {} : { uuid }),
    ...(minor === '' ? {} : { minor: atoi(minor) }),
    table: table.value,
    readOnly: flags === 'ro' || call.line.has('readonly'),
  });
}

export const create: Verb = {
  name: 'create',
  help: [
    '<dev_name>',
    '    [-j|--major <major> -m|--minor <minor>]',
    '    [-U|--uid <uid>] [-G|--gid <gid>] [-M|--mode <octal_mode>]',
    '    [-u|--uuid <uuid>] [--addnodeonresume|--addnodeoncreate]',
    '    [--readahead {[+]<sectors>|auto|none}]',
    '    [-n|--notable|--table {<table>|<table_file>}]',
    'create --concise [<concise_device_spec_list>]',
  ],
  words: [0, 2],
  readsInput(line, words) {
    if (line.has('concise')) return words.length === 0;
    return words.length > 0 && takesInput(line, words[1]);
  },
  async run(call, words) {
    const { line } = call;
    if (line.has('concise')) return createConcise(call, words);
    const [name, file] = words;
    if (name === undefined) return call.complain('Please provide a name for the new device.');
    const checked = newName(call, name);
    if (!checked.ok) return call.complain(...checked.error);
    const table: Table = line.has('notable') ? ok([]) : await tableOf(call, file);
    if (!table.ok) return call.complain(table.error);
    const uuid = line.text('uuid');
    const minor = minorOf(call);
    return createOne(call, {
      name,
      ...(uuid === undefined ? {} : { uuid }),
      ...(minor === undefined ? {} : { minor, devno: numberOf(call) }),
      table: table.value,
      readOnly: line.has('readonly'),
    });
  },
};

const loadAs = (name: string): Verb => ({
  name,
  help: ['<device> [<table>|<table_file>]'],
  words: [0, 2],
  readsInput: (line, words) => takesInput(line, words[isReferred(line) ? 0 : 1]),
  async run(call, words) {
    const referred = isReferred(call.line);
    if (call.line.has('notable')) {
      return call.complain('--notable only available when creating new device.');
    }
    if (!referred && words.length === 0) return call.complain('Please specify device.');
    if (referred && words.length > 1) return call.complain('Too many command line arguments.');
    const ref = deviceRef(call, referred ? undefined : words[0]);
    if (!ref.ok) return call.complain(...ref.error);
    const table = await tableOf(call, words[referred ? 0 : 1]);
    if (!table.ok) return call.complain(table.error);
    const device = ref.value;
    const readOnly = call.line.has('readonly');
    const request = { verb: 'dm-load', device, table: table.value, readOnly } as const;
    return (await call.do(request, device)) && call.shown(device);
  },
});

export const load = loadAs('load');
export const reload = loadAs('reload');
