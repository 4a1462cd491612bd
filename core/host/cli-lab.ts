/** `lvstudio lab`: which disks a lab has. */
import type { Result } from '../base/result.ts';
import { bytesToSectorsCeil, bytes, sectorsToBytes } from '../base/units.ts';
import type { Sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import { parseByteCount } from './byte-count.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, complain, fail, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliContext, CliIo } from './cli-context.ts';
import {
  NEW_DISKS_LIMIT,
  attachImages,
  createLab,
  describeLab,
  detachDisks,
} from './lab-folder.ts';
import type { DiskFacts, LabFacts } from './lab-folder.ts';
import { acquireLab } from './lab-lock.ts';
import { labError } from './lab-error.ts';

const DEFAULT_DISKS = '4';
const DEFAULT_SIZE = '1g';
/** Bytes; with less there is no room for a PV's metadata. */
const SMALLEST = 2 * 2 ** 20;
/** Bytes, 8 PiB less a sector: what Node can address in a file. */
const LARGEST = 2 ** 53 - 512;

const COMMANDS: Readonly<Record<string, CliCommand>> = {
  new: labNew,
  attach: labAttach,
  detach: labDetach,
  show: labShow,
};

export const labCommand: CliCommand = async ([verb = '', ...args], context) => {
  const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
  if (command !== undefined) return command(args, context);
  const said = verb === '' ? 'lab needs a command' : `lab has no command "${verb}"`;
  return refuseUsage(context.io, `${said}: new, attach, detach or show`);
};

async function labNew(args: readonly string[], { io }: CliContext): Promise<number> {
  const parsed = parseOptions(args, { disks: { type: 'string' }, size: { type: 'string' } });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const { values, positionals } = parsed.value;
  const [directory, ...surplus] = positionals;
  if (directory === undefined || surplus.length > 0) return refuseUsage(io, 'lab new DIR');
  const { disks = DEFAULT_DISKS, size = DEFAULT_SIZE } = values;
  const count = /^\d{1,6}$/.test(disks) ? Number(disks) : NaN;
  if (!(count <= NEW_DISKS_LIMIT)) {
    return refuseUsage(io, `--disks ${disks}: a number from 0 to ${NEW_DISKS_LIMIT}`);
  }
  const each = parseByteCount(size, 'm');
  if (each === undefined || each < SMALLEST || each > LARGEST) {
    return refuseUsage(io, `--size ${size}: from 2m to less than 8p; a bare number counts MiB`);
  }
  const made = await createLab({ directory, disks: count, size: bytesToSectorsCeil(bytes(each)) });
  if (!made.ok) return fail(io, made.error);
  return show(io, directory, false);
}

async function labAttach(args: readonly string[], { io }: CliContext): Promise<number> {
  const parsed = parseOptions(args, { mode: { type: 'string' }, name: { type: 'string' } });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const { values, positionals } = parsed.value;
  const [directory, ...files] = positionals;
  const { mode = 'read-only', name } = values;
  if (directory === undefined || files.length === 0)
    return refuseUsage(io, 'lab attach DIR FILE...');
  if (mode === 'sandbox') {
    const instead = 'attach the image read-only, or attach a copy of it with --mode live';
    return refuseUsage(io, `--mode sandbox is not available in this version: ${instead}`);
  }
  if (mode !== 'read-only' && mode !== 'live') {
    return refuseUsage(io, `--mode ${mode}: read-only or live`);
  }
  if (name !== undefined && files.length > 1) return refuseUsage(io, '--name is for one FILE');
  const attached = await withClosedLab(directory, () =>
    attachImages({ directory, files, mode, ...(name !== undefined && { name }) }),
  );
  if (!attached.ok) return fail(io, attached.error);
  const lines = attached.value.map((disk) => `/dev/${disk.name} is ${disk.image} (${disk.mode})\n`);
  await write(io.stdout, lines.join(''));
  return DONE;
}

async function labDetach(args: readonly string[], { io }: CliContext): Promise<number> {
  const parsed = parseOptions(args, {});
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const [directory, ...disks] = parsed.value.positionals;
  if (directory === undefined || disks.length === 0)
    return refuseUsage(io, 'lab detach DIR DISK...');
  const detached = await withClosedLab(directory, () => detachDisks(directory, disks));
  return detached.ok ? DONE : fail(io, detached.error);
}

/** An engine that runs would neither see the change nor let go of a disk. */
async function withClosedLab<T>(
  directory: string,
  change: () => Promise<Result<T, VolumeError>>,
): Promise<Result<T, VolumeError>> {
  const answer = await acquireLab(directory);
  if (!answer.ok) return answer;
  if (answer.value.kind === 'held') {
    answer.value.socket.destroy();
    return labError(directory, 'the lab is open in another program; close it there first');
  }
  try {
    return await change();
  } finally {
    await answer.value.lock.release();
  }
}

async function labShow(args: readonly string[], { io }: CliContext): Promise<number> {
  const parsed = parseOptions(args, { json: { type: 'boolean' } });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const [directory, ...surplus] = parsed.value.positionals;
  if (directory === undefined || surplus.length > 0)
    return refuseUsage(io, 'lab show DIR [--json]');
  return show(io, directory, parsed.value.values.json === true);
}

async function show(io: CliIo, directory: string, json: boolean): Promise<number> {
  const lab = await describeLab(directory);
  if (!lab.ok) return fail(io, lab.error);
  if (json) {
    await write(io.stdout, `${JSON.stringify(jsonOf(lab.value), null, 2)}\n`);
    return DONE;
  }
  await write(io.stdout, table(lab.value));
  for (const disk of lab.value.disks) {
    const { surplus: rest = 0 } = disk;
    if (rest > 0)
      complain(io, `${disk.image}: the last ${rest} bytes make no sector and stay unused`);
  }
  return DONE;
}

/** Sizes in bytes: what a script can compare with the file. */
function jsonOf(lab: LabFacts): unknown {
  const disks = lab.disks.map(({ name, devno, image, mode, size, problem }) => ({
    path: `/dev/${name}`,
    devno,
    mode,
    image,
    ...(size !== undefined && { size: sectorsToBytes(size) }),
    ...(problem !== undefined && { problem }),
  }));
  return { name: lab.name, directory: lab.directory, disks };
}

function table(lab: LabFacts): string {
  const head = ['Disk', 'Number', 'Size', 'Mode', 'Image'];
  const rows = [head, ...lab.disks.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lab.name}: ${lab.directory}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function row({ name, devno, image, mode, size, problem }: DiskFacts): string[] {
  const amount = size === undefined ? '-' : sizeText(size);
  return [
    `/dev/${name}`,
    devno,
    amount,
    mode,
    problem === undefined ? image : `${image}: ${problem}`,
  ];
}

const SIZES: readonly (readonly [letter: string, bytes: number])[] = [
  ['t', 2 ** 40],
  ['g', 2 ** 30],
  ['m', 2 ** 20],
  ['k', 2 ** 10],
];

/** As LVM prints sizes: two decimals, the largest unit that is not above the size. */
function sizeText(size: Sectors): string {
  const count = sectorsToBytes(size);
  const [letter, unit] = SIZES.find(([, each]) => count >= each) ?? ['b', 1];
  return `${(count / unit).toFixed(2)}${letter}`;
}
