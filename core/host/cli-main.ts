/** The command `lvstudio`. */
import { existsSync } from 'node:fs';
import { answerWithoutLab, COMMANDS, help } from '../cli/help.ts';
import type { CommandResult } from '../contract/api.ts';
import { parseGlobal } from './cli-arguments.ts';
import { DONE, FAILED, USAGE, complain, fail, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliContext, CliIo } from './cli-context.ts';
import { readCommand, writeCommand } from './cli-data.ts';
import { engineCommand, runCommand } from './cli-engine.ts';
import { exportCommand } from './cli-export.ts';
import { extractCommand } from './cli-extract.ts';
import { labCommand } from './cli-lab.ts';
import { LAB_FILE } from './lab-file.ts';
import { LabGone } from './lasting-lab.ts';
import type { LabHost } from './open-lab.ts';
import { VERSION } from './version.ts';
import { WireError } from './wire-client.ts';

const USAGE_TEXT = `LV Studio ${VERSION}: LVM2 and device-mapper in user space

  lvstudio studio                             open the studio; the sample lab if none is named
  lvstudio serve                              serve the studio to a browser on this machine
  lvstudio lab new DIR [--disks N] [--size S]
                                              make a lab of N (4) sparse disks of size S (1g)
  lvstudio lab twin DIR FILE... [--missing PV]
                                              make a lab of disks without data from backup files of
                                              a production system; PV: a device or UUID, no disk
  lvstudio lab attach DIR FILE... [--mode read-only|sandbox|live] [--name sdX] [--take-over]
                                              add images to a lab; read-only unless said otherwise
  lvstudio lab detach DIR DISK...             take disks out of a lab; their files stay
  lvstudio lab mode DIR DISK... MODE [--take-over] [--force]
                                              open their images read-only, under a sandbox, or live
  lvstudio lab apply DIR DISK...              write sandboxes into their images
  lvstudio lab discard DIR DISK...            forget what was written to sandboxes
  lvstudio lab break DIR DISK... [--gone] [--slow MS] [--drop-writes]
                         [--errors|--error-reads|--error-writes all|START:COUNT]
                                              what goes wrong with disks until they are mended;
                                              nothing of it gets onto an image
  lvstudio lab mend DIR DISK... [the same; --slow without MS]
                                              take that away again, or all of it
  lvstudio lab set DIR SECTION/SETTING VALUE  what LVM finds in lvm.conf, for every command and the
  lvstudio lab unset DIR SECTION/SETTING      monitor: activation/mirror_image_fault_policy allocate
  lvstudio lab show DIR [--json]              list the disks of a lab
  lvstudio COMMAND ...                        a command of LVM:
${commandNames()}
  lvstudio help COMMAND                       what it takes; "COMMAND --help" is the same
  lvstudio dmsetup VERB ...                   the device-mapper side of it; "dmsetup help"
  lvstudio run FILE                           commands from a file (- is the standard input), one
                                              a line, up to the first that fails
  lvstudio read VG/LV [--offset B] [--length B]
  lvstudio write VG/LV [--offset B] [--length B]
                                              bytes of a volume to the standard output, or from
                                              the standard input
  lvstudio export VG/LV [--read-only] [--socket PATH | --port N]
                                              let other programs use a volume over NBD, at a socket
                                              or a port of this machine, until Ctrl-C
  lvstudio export [VG/LV --end]               list what is exported, or end it
  lvstudio extract VG/LV FILE [--force] [--background]
                                              copy a volume into a file with holes; --help
  lvstudio job list | job cancel|pause|resume ID
                                              what goes on in the background of a running engine
  lvstudio power-cut                          ends a running engine as if its machine lost power,
                                              and opens the lab again
  lvstudio propose WISH ...                   moves that would empty a PV, make a volume contiguous,
                                              compact a PV or spread a volume; --help
  lvstudio throttle REGIONS|off [VG/LV]       how many regions of mirrors are copied a second at
                                              most, of all or of one; 0 stops it; kept with the lab
  lvstudio drop-failed-legs y|n VG/LV         a mirror goes on by itself without a leg that failed,
                                              until another table is loaded for it

Options, before the command:
  --lab DIR     the lab; otherwise LVSTUDIO_LAB, otherwise this folder if it is a lab
  --version     print the version
  -h, --help    print this

Sizes are bytes or a number with k, m, g or t, powers of two; "lab new --size" counts MiB.
A command uses the engine that has the lab open, if one has; otherwise it opens the lab itself.
Exit status: 0 done, 3 not understood, 5 failed.
`;

/** As many to a line as fit beside the first column. */
function commandNames(): string {
  const [indent, width] = [46, 52];
  const lines = [''];
  for (const { name } of COMMANDS) {
    const last = lines.at(-1) ?? '';
    if (last.length + name.length + 2 > width) lines.push(name);
    else lines[lines.length - 1] = last === '' ? name : `${last}, ${name}`;
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n');
}

/** The commands of lvstudio itself. All other words are commands of LVM or dmsetup. */
const OWN: Readonly<Record<string, CliCommand>> = {
  lab: labCommand,
  run: runCommand,
  read: readCommand,
  write: writeCommand,
  export: exportCommand,
  extract: extractCommand,
  job: (args, context) => engineCommand(['job', ...args], context),
  propose: (args, context) => engineCommand(['propose', ...args], context),
  'drop-failed-legs': (args, context) => engineCommand(['drop-failed-legs', ...args], context),
  'power-cut': (args, context) => engineCommand(['power-cut', ...args], context),
  throttle: (args, context) => engineCommand(['throttle', ...args], context),
  help: async (args, { io }) => {
    if (args.length > 0) return print(io, help(args));
    await write(io.stdout, USAGE_TEXT);
    return DONE;
  },
};

/**
 * Runs one command line, without the program in front.
 * @param more commands of lvstudio that need what this floor does not know
 * @returns the exit status
 */
export async function main(
  argv: readonly string[],
  io: CliIo,
  host: LabHost,
  more: Readonly<Record<string, CliCommand>> = {},
): Promise<number> {
  const parsed = parseGlobal(argv);
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const { help, version, rest } = parsed.value;
  if (version) {
    await write(io.stdout, `lvstudio ${VERSION}\n`);
    return DONE;
  }
  const [name, ...args] = rest;
  if (help || name === undefined) {
    await write(help ? io.stdout : io.stderr, USAGE_TEXT);
    return help ? DONE : USAGE;
  }
  const own = { ...OWN, ...more };
  const command = Object.hasOwn(own, name) ? own[name] : undefined;
  const alone = command === undefined ? answerWithoutLab(rest) : undefined;
  if (alone) return print(io, alone);
  const { lab: labOption } = parsed.value;
  const lab = labOption ?? (io.variables['LVSTUDIO_LAB'] || undefined) ?? labHere();
  const context: CliContext = {
    io,
    host,
    ...(lab !== undefined && { lab }),
    ...(labOption !== undefined && { labOption }),
  };
  try {
    return command === undefined
      ? await engineCommand(rest, context)
      : await command(args, context);
  } catch (error) {
    return explain(io, error);
  }
}

/** @returns the exit status */
async function print(io: CliIo, { status, output }: CommandResult): Promise<number> {
  for (const { stream, text } of output) await write(io[stream], `${text}\n`);
  return status;
}

function labHere(): string | undefined {
  return existsSync(LAB_FILE) ? '.' : undefined;
}

/** What is expected to go wrong with another process; anything else is a defect. */
function explain(io: CliIo, error: unknown): number {
  if (error instanceof LabGone) return fail(io, error.error);
  if (!(error instanceof WireError)) throw error;
  complain(io, error.message);
  return FAILED;
}
