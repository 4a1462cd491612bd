/** The forms of pvck that only look: a plain check, and --dump. */
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { CommandResult } from '../contract/api.ts';
import type { CommandEngine } from '../engine/types.ts';
import { isBackupText, rawFromBackup } from '../lvm/format/raw-from-backup.ts';
import type { ScanDisk } from '../lvm/scan-types.ts';
import type { LineReader } from './line-reader.ts';
import { unfitWords } from '../report/unfit-words.ts';
import { complaints, refused, STATUS } from './output.ts';
import { unfitOf } from './unfit.ts';
import { PvckDump, type AreaPlace } from './pvck-dump.ts';
import { parseSettings, type PvckSettings } from './pvck-settings.ts';

export const DUMPS = [
  'headers',
  'metadata',
  'metadata_all',
  'metadata_search',
  'metadata_area',
  'backup_to_raw',
] as const;
type DumpKind = (typeof DUMPS)[number];

const MIB = 2 ** 20;
const FIRST = 4096;
const BAD = '  Found bad header or metadata values.';

const failed = (...lines: readonly string[]): CommandResult =>
  refused(
    STATUS.failed,
    lines.map((line) => `  ${line}`),
  );

interface Looked {
  readonly engine: CommandEngine;
  readonly line: LineReader;
  readonly settings: PvckSettings;
  readonly labelSector: number;
}

/** What a dump works with, or what is said instead. */
export function settingsOf(line: LineReader): Result<PvckSettings, CommandResult> {
  const settings = parseSettings(line.texts('settings') ?? []);
  return settings.ok ? settings : err(failed(...settings.error));
}

/** Each device for itself; LVM says why it failed only where nothing else did. */
export async function check(line: LineReader, engine: CommandEngine): Promise<CommandResult> {
  const output = [];
  let status: number = STATUS.done;
  const look = { engine, line, settings: {}, labelSector: line.count('labelsector') ?? 1 };
  for (const path of line.words) {
    const unfit = unfitOf(engine, path);
    if (unfit) {
      // LVM says so and goes on, as if nothing had been asked of this one.
      output.push(...complaints([`${unfitWords(path, unfit)}.`]));
      continue;
    }
    const disk = engine.disk(path);
    if (!disk) return failed(`Cannot access device ${path}.`);
    const dump = dumpOf(look, disk);
    if (!(await checkOne(dump, path, look.labelSector))) status = STATUS.failed;
    output.push(...dump.output);
  }
  const silent = status !== STATUS.done && !output.some(({ stream }) => stream === 'stderr');
  if (silent) output.push(...failed('Command failed with status code 5.').output);
  return { status, output };
}

async function checkOne(dump: PvckDump, path: string, labelSector: number): Promise<boolean> {
  const label = await dump.label(false);
  const found: AreaPlace[] = [];
  if (label?.found) {
    for (const place of dump.placesOf(label).slice(0, 2)) {
      const area = await dump.area(place, false);
      if (area) await dump.text(area, false, false);
      if (area?.found) found.push(place);
    }
    dump.say(`Found label on ${path}, sector ${labelSector}, type=LVM2 001`);
  } else {
    dump.complain(`Could not find LVM label on ${path}`);
    return false;
  }
  dump.say(
    ...found.map(({ offset, size }) => `Found text metadata area: offset=${offset}, size=${size}`),
  );
  return !dump.bad;
}

function dumpOf({ engine, line, settings, labelSector }: Looked, disk: ScanDisk): PvckDump {
  const { metadataOffset: offset, seqno } = settings;
  const file = line.text('file');
  return new PvckDump(disk, engine.backups, {
    labelSector,
    verbose: line.has('verbose'),
    wanted: {
      ...(offset === undefined ? {} : { offset }),
      ...(seqno === undefined ? {} : { seqno }),
    },
    ...(file === undefined ? {} : { file }),
  });
}

export async function dump(
  kind: DumpKind,
  line: LineReader,
  engine: CommandEngine,
): Promise<CommandResult> {
  const path = line.words[0] ?? '';
  const unfit = unfitOf(engine, path);
  if (unfit) return failed(`${unfitWords(path, unfit)}.`);
  const disk = engine.disk(path);
  if (!disk) return failed(`Cannot access ${path}.`);
  const settings = settingsOf(line);
  if (!settings.ok) return settings.error;
  const labelSector = line.count('labelsector') ?? 1;
  const look = { engine, line, settings: settings.value, labelSector };
  const one = dumpOf(look, disk);
  switch (kind) {
    case 'headers':
      return headers(one);
    case 'metadata_search':
      return search(one, look, disk);
    case 'backup_to_raw':
      return backupToRaw(one, look);
    default:
      return metadata(kind, one, look);
  }
}

function ended(one: PvckDump): CommandResult {
  if (!one.bad) return { status: STATUS.done, output: one.output };
  return { status: STATUS.failed, output: [...one.output, { stream: 'stderr', text: BAD }] };
}

async function headers(one: PvckDump): Promise<CommandResult> {
  const label = await one.label(true);
  const places = one.placesOf(label).slice(0, 2);
  if (places.length === 0) {
    one.say('zero metadata copies');
    return { status: STATUS.done, output: one.output };
  }
  const sums: number[] = [];
  for (const place of places) {
    const area = await one.area(place, true);
    if (area) await one.text(area, true, false);
    const { checksum = 0, flags = 0 } = area?.committed ?? {};
    sums.push((flags & 1) === 1 ? 0 : checksum);
  }
  const [first = 0, second = 0] = sums;
  if (first !== 0 && second !== 0 && first !== second) {
    one.say('CHECK: mdas have different raw_locn[0].checksum values');
  }
  return ended(one);
}

function areaNumber({ line, settings }: Looked): number {
  return settings.areaNumber || (line.count('pvmetadatacopies') ?? 1);
}

async function metadata(kind: DumpKind, one: PvckDump, look: Looked): Promise<CommandResult> {
  const label = await one.label(false);
  const places = one.placesOf(label);
  if (places.length === 0) {
    one.say('zero metadata copies');
    return { status: STATUS.done, output: one.output };
  }
  const number = areaNumber(look);
  const place = number === 1 || number === 2 ? places[number - 1] : undefined;
  if (!place) {
    if (number === 2) {
      one.say('CHECK: second mda not found');
      one.bad = true;
    }
    return ended(one);
  }
  if (kind === 'metadata_area') {
    await one.whole(place, await one.headerOnly(place));
    return ended(one);
  }
  const area = await one.area(place, false);
  const hasText = area && area.committed.offset !== 0n && (area.committed.flags & 1) === 0;
  if (area && kind === 'metadata') await one.text(area, true, true);
  if (hasText && kind === 'metadata_all') await one.texts(place);
  return ended(one);
}

/** Without believing any header: the places where areas usually are. */
async function search(one: PvckDump, look: Looked, disk: ScanDisk): Promise<CommandResult> {
  const label = await one.label(false);
  const places = label?.found ? one.placesOf(label) : [];
  const place = searchPlace(one, look.settings, places, disk, areaNumber(look));
  if (!place.ok)
    return { ...failed(place.error), output: [...one.output, ...failed(place.error).output] };
  const { offset, size, number } = place.value;
  const listed = places[number - 1];
  if (listed && (listed.offset !== offset || listed.size !== size)) {
    const name = `mda${number}`;
    const ignored = `${name}_offset ${listed.offset} ${name}_size ${listed.size}`;
    one.say(`Ignoring ${ignored} from pv_header.`);
  }
  one.say(`Searching for metadata at offset ${offset} size ${size}`);
  await one.texts({ offset, size });
  return { status: STATUS.done, output: one.output };
}

type SearchPlace = AreaPlace & { readonly number: number };

function searchPlace(
  one: PvckDump,
  settings: PvckSettings,
  places: readonly AreaPlace[],
  disk: ScanDisk,
  number: number,
): Result<SearchPlace, string> {
  const device = disk.device.size * SECTOR;
  const end = device - (device % MIB);
  const { areaOffset, areaSize, secondOffset, areaNumber: set = 0 } = settings;
  const chosen = areaOffset ?? secondOffset;
  if (chosen !== undefined || areaSize !== undefined || settings.secondSize !== undefined) {
    const prefix = areaOffset === undefined && areaSize === undefined ? 'mda2' : 'mda';
    if (chosen && areaSize) return ok({ offset: chosen, size: areaSize, number: set });
    const known = [chosen, areaSize, set || undefined].filter((one_) => one_ !== undefined);
    if (known.length < 2) {
      return err(`Specify at least two values from: mda_num, ${prefix}_offset, ${prefix}_size.`);
    }
    const listed = places[set - 1];
    const size = areaSize ?? listed?.size ?? (set === 1 ? MIB - FIRST : end - (chosen ?? 0));
    return ok({ size, offset: chosen ?? (set === 1 ? FIRST : end - size), number: set });
  }
  const listed = number === 1 || number === 2 ? places[number - 1] : undefined;
  if (listed) return ok({ ...listed, number });
  if (number !== 1 && number !== 2) return err('No mda location.');
  const guess =
    number === 1
      ? { offset: FIRST, size: MIB - FIRST }
      : { offset: end - MIB, size: device - (end - MIB) };
  const which = number === 1 ? 'common defaults for first' : 'defaults for second';
  one.say(
    `Using ${which} mda: offset ${guess.offset} size ${guess.size}.`,
    'Override defaults with --settings "mda_offset=<bytes> mda_size=<bytes>"',
  );
  return ok({ ...guess, number });
}

async function backupToRaw(one: PvckDump, look: Looked): Promise<CommandResult> {
  const { backupFile } = look.settings;
  if (backupFile === undefined) return failed('Set backup file in --settings backup_file=path');
  const read = await look.engine.backups.read(backupFile);
  if (!read.ok) return failed(`Cannot open file: ${backupFile}`);
  if (read.value === '') return failed(`Empty file: ${backupFile}`);
  if (!isBackupText(read.value)) {
    return failed('File does not appear to contain a metadata backup.');
  }
  const done = await one.put(rawFromBackup(read.value).replace(/\0$/, ''));
  return { status: done ? STATUS.done : STATUS.failed, output: one.output };
}
