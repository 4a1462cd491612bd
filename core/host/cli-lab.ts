/** `lvstudio lab`: which disks a lab has. */
import { mib, sectors, sectorsToBigBytes, sectorsToBytes, type Sectors } from '../base/units.ts';
import { settingLines } from '../cli/studio/settings.ts';
import type { DiskFault } from '../contract/faults.ts';
import type { CopyLimits } from '../contract/settings.ts';
import type { DiskState } from '../contract/state.ts';
import { labTable } from '../report/lab-table.ts';
import { parseSectorCount } from './byte-count.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, complain, fail, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliContext } from './cli-context.ts';
import { changeDisks, changeSetting, diskStates } from './cli-disks.ts';
import { NEW_DISKS_LIMIT, createLab, describeLab } from './lab-folder.ts';
import type { LabFacts } from './lab-folder.ts';
import { createTwin } from './lab-twin.ts';

const DEFAULT_DISKS = '4';
const DEFAULT_SIZE = '1g';
/** With less there is no room for a PV's metadata. */
const SMALLEST = mib(2);

const COMMANDS: Readonly<Record<string, CliCommand>> = {
  new: labNew,
  twin: labTwin,
  show: labShow,
  attach: changeDisks('attach'),
  detach: changeDisks('detach'),
  mode: changeDisks('mode'),
  apply: changeDisks('apply'),
  discard: changeDisks('discard'),
  break: changeDisks('break'),
  mend: changeDisks('mend'),
  set: changeSetting('set'),
  unset: changeSetting('unset'),
};

export const labCommand: CliCommand = async ([verb = '', ...args], context) => {
  const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
  if (command !== undefined) return command(args, context);
  const said = verb === '' ? 'lab needs a command' : `lab has no command "${verb}"`;
  return refuseUsage(context.io, `${said}: ${Object.keys(COMMANDS).join(', ')}`);
};

async function labNew(args: readonly string[], context: CliContext): Promise<number> {
  const { io } = context;
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
  const each = parseSectorCount(size, 'm');
  if (each === undefined || each < SMALLEST) {
    return refuseUsage(io, `--size ${size}: from 2m to less than 4e; a bare number counts MiB`);
  }
  const made = await createLab({ directory, disks: count, size: each });
  if (!made.ok) return fail(io, made.error);
  return show(context, directory, false);
}

async function labTwin(args: readonly string[], context: CliContext): Promise<number> {
  const { io } = context;
  const parsed = parseOptions(args, { missing: { type: 'string', multiple: true } });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const [directory, ...files] = parsed.value.positionals;
  if (directory === undefined || files.length === 0) {
    return refuseUsage(io, 'lab twin DIR BACKUP-FILE... [--missing DEVICE|UUID]');
  }
  const { missing = [] } = parsed.value.values;
  const made = await createTwin({ directory, files, missing });
  if (!made.ok) return fail(io, made.error);
  for (const { vg, file } of made.value.groups) {
    const counts = `${vg.pvs.length} PVs, ${vg.lvs.length} LVs`;
    await write(io.stdout, `${vg.name}: ${counts}, version ${vg.seqno}, from ${file}\n`);
  }
  return show(context, directory, false);
}

async function labShow(args: readonly string[], context: CliContext): Promise<number> {
  const { io } = context;
  const parsed = parseOptions(args, { json: { type: 'boolean' } });
  if (!parsed.ok) return refuseUsage(io, parsed.error);
  const [directory = context.lab, ...surplus] = parsed.value.positionals;
  if (directory === undefined || surplus.length > 0)
    return refuseUsage(io, 'lab show DIR [--json]');
  return show(context, directory, parsed.value.values.json === true);
}

async function show(context: CliContext, directory: string, json: boolean): Promise<number> {
  const { io } = context;
  const lab = await describeLab(directory, await diskStates(directory, context));
  if (!lab.ok) return fail(io, lab.error);
  if (json) {
    const text = JSON.stringify(jsonOf(lab.value), null, 2);
    await write(io.stdout, `${text.replace(/^( *"(?:size|start)": )"(\d+)"/gm, '$1$2')}\n`);
    return DONE;
  }
  await write(io.stdout, table(lab.value));
  for (const disk of lab.value.disks) {
    const { surplus: rest = 0 } = disk;
    if (rest > 0 && 'image' in disk)
      complain(io, `${disk.image}: the last ${rest} bytes make no sector and stay unused`);
  }
  return DONE;
}

/** Sizes in bytes, as text for now: JSON's numbers have no limit, those of JavaScript do. */
function jsonOf(lab: LabFacts): unknown {
  const disks = lab.disks.map(({ name, devno, mode, size, problem, note, ...disk }) => ({
    path: `/dev/${name}`,
    devno,
    mode,
    ...('address' in disk ? { address: disk.address, onLoss: disk.onLoss } : { image: disk.image }),
    ...(size !== undefined && { size: String(sectorsToBigBytes(size)) }),
    ...(disk.sandbox && { sandbox: sectorsToBytes(disk.sandbox.changed) }),
    ...(problem !== undefined && { problem }),
    ...(note !== undefined && { note }),
    ...(disk.faults && { faults: disk.faults.map(jsonOfFault) }),
    ...(disk.table && { table: disk.table, partitions: disk.partitions.map(jsonOfPartition) }),
  }));
  const { name, directory, systemId, settings, throttle } = lab;
  const id = systemId === undefined ? {} : { systemId };
  const kept = { ...(settings && { settings }), ...(throttle && { throttle }) };
  return { name, directory, ...id, ...kept, disks };
}

function jsonOfPartition({ path, devno, size, partitionOf }: DiskState): unknown {
  const { number, start = sectors(0), extended } = partitionOf ?? {};
  const inBytes = (count: Sectors): string => String(sectorsToBigBytes(count));
  const place = { start: inBytes(start), size: inBytes(size) };
  return { path, devno, number, ...place, ...(extended && { extended }) };
}

function jsonOfFault(fault: DiskFault): unknown {
  if (fault.kind !== 'errors' || !fault.range) return fault;
  const { kind, on, range } = fault;
  const inBytes = (count: Sectors): string => String(sectorsToBigBytes(count));
  return { kind, on, start: inBytes(range.start), size: inBytes(range.count) };
}

/** With the image or the address as it should be printed. */
const shownDisk = (disk: LabFacts['disks'][number]) => ({
  ...disk,
  path: `/dev/${disk.name}`,
  image: 'address' in disk ? disk.address : disk.image,
});

function table(lab: LabFacts): string {
  const rows = labTable(lab.disks.flatMap((disk) => [shownDisk(disk), ...disk.partitions]));
  const id = lab.systemId === undefined ? '' : ` (system ID ${lab.systemId})`;
  const set = settingLines(lab.settings ?? {}).map((line) => `  ${line}`);
  const limits = limitLines(lab.throttle ?? {});
  const lines = [`${lab.name}: ${lab.directory}${id}`, ...rows, ...set, ...limits];
  return lines.map((line) => `${line}\n`).join('');
}

/** Those of single mirrors have names in an engine only. */
function limitLines({ all, own = {} }: CopyLimits): readonly string[] {
  const count = Object.keys(own).length;
  const general = `  mirrors are copied at ${String(all)} regions a second at most`;
  return [
    ...(all === undefined ? [] : [general]),
    ...(count === 0 ? [] : [`  ${count} mirrors have a throttle of their own`]),
  ];
}
