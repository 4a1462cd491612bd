/** lab.json: which disks a lab has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskFault } from '../contract/faults.ts';
import type { DiskMode, LossPolicy } from '../contract/state.ts';
import type { CopyLimits, LabSettings } from '../contract/settings.ts';
import type { DevNo } from '../contract/units.ts';
import { MOST_FAULTS, SLOWEST } from '../engine/breakable-disks.ts';
import { EXTENDED_MAJOR, isNumberedByDisk } from '../engine/partition-names.ts';
import { parseAddress } from '../nbd/client/address.ts';
import { isSystemId } from '../lvm/format/system-id.ts';
import { readTextFile } from './bounded-text.ts';
import { isDiskName } from './disk-names.ts';
import { writeWhole } from './whole-file.ts';
import { labError, labSystemError } from './lab-error.ts';
import { firstFault } from './wire-schema.ts';

export const LAB_FILE = 'lab.json';
const VERSION = 1;
/** A thousand times what a large lab needs; protects from reading something else altogether. */
const FILE_LIMIT = 16 * 1024 * 1024;
/** Characters of a path or an address. */
const PLACE_LIMIT = 16384;
/** Regions a second that a throttle may allow. */
const FASTEST = 999_999;
/** Characters of a device's UUID. */
const UUID_LIMIT = 128;
/** Numbers of mapped devices begin here; no disk may have them. */
const DM_MAJOR = 253;

interface DiskEntry {
  /** `sda`. */
  readonly name: string;
  /** Never changes by itself, whatever happens to the other disks. */
  readonly devno: DevNo;
  readonly mode: DiskMode;
  /** What is broken on it, 1 or more. */
  readonly faults?: readonly DiskFault[];
}

export interface ImageEntry extends DiskEntry {
  /** Relative to the lab's folder for images inside it, else absolute. */
  readonly image: string;
}

export interface ExportEntry extends DiskEntry {
  /** As `printAddress` has it. */
  readonly address: string;
  readonly onLoss: LossPolicy;
}

/** A disk as the lab remembers it. */
export type LabDisk = ImageEntry | ExportEntry;

export interface LabFile {
  /** In the order attached. */
  readonly disks: readonly LabDisk[];
  /** Of the machine that the lab stands for (lvmsystemid(7)); absent: it has none. */
  readonly systemId?: string;
  /** What it says of LVM's settings. */
  readonly settings?: LabSettings;
  /** How fast its mirrors are copied. */
  readonly throttle?: CopyLimits;
  /** Numbers of partitions that are too far from their disk's, by name: `sda17`. */
  readonly partitions?: Readonly<Record<string, DevNo>>;
}

const devno = z.custom<DevNo>((value) => {
  const [, major, minor] = /^(\d{1,4}):(\d{1,7})$/.exec(String(value)) ?? [];
  const [a, b] = [Number(major), Number(minor)];
  return a > 0 && a < 4096 && a !== DM_MAJOR && b < 2 ** 20;
}, 'is not the number of a disk');

const extendedDevno = devno.refine(
  (number) => number.startsWith(`${EXTENDED_MAJOR}:`),
  'is not the number of such a partition',
);
const partition = z.string().refine((name) => {
  const [, disk = '', number] = /^([a-z]+)(\d{2,3})$/.exec(name) ?? [];
  return isDiskName(disk) && !isNumberedByDisk(Number(number));
}, 'is not the name of such a partition (sda16, ...)');

const sector = z.int().min(0).transform(sectors);
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('gone') }),
  z.strictObject({
    kind: z.literal('errors'),
    on: z.enum(['reads', 'writes', 'both']),
    range: z.strictObject({ start: sector, count: sector }).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('slow'), millis: z.int().min(1).max(SLOWEST) }),
  z.strictObject({ kind: z.literal('drops-writes') }),
]);

const rate = z.int().min(0).max(FASTEST);
const setting = z.string().regex(/^[a-z]\w*\/[a-z]\w*$/, 'is not the path of a setting');

const common = {
  name: z.string().refine(isDiskName, 'is not the name of a disk (sda, sdb, ...)'),
  devno,
  mode: z.enum(['read-only', 'sandbox', 'live']),
  faults: z.array(fault).min(1).max(MOST_FAULTS).exactOptional(),
};
const place = z.string().min(1).max(PLACE_LIMIT);
const imageEntry = z.strictObject({ ...common, image: place });
const exportEntry = z.strictObject({
  ...common,
  address: place.refine((text) => parseAddress(text).ok, 'is not the address of an export'),
  onLoss: z.enum(['queue', 'fail']),
});

const schema = z.strictObject({
  version: z.literal(VERSION),
  systemId: z.string().refine(isSystemId, 'is no system ID').optional(),
  settings: z.record(setting, z.union([z.int(), z.string().max(PLACE_LIMIT)])).optional(),
  throttle: z
    .strictObject({
      all: rate.exactOptional(),
      own: z.record(z.string().max(UUID_LIMIT), rate).exactOptional(),
    })
    .optional(),
  partitions: z.record(partition, extendedDevno).optional(),
  disks: z.array(
    z.unknown().transform((disk, context): LabDisk => {
      const isExport = typeof disk === 'object' && disk !== null && 'address' in disk;
      const parsed = (isExport ? exportEntry : imageEntry).safeParse(disk);
      if (parsed.success) return parsed.data;
      for (const { path, message } of parsed.error.issues) {
        context.issues.push({ code: 'custom', path, message, input: disk });
      }
      return z.NEVER;
    }),
  ),
});

/** A folder without a readable, complete and sensible lab.json is not a lab. */
export async function readLabFile(directory: string): Promise<Result<LabFile, VolumeError>> {
  const path = join(directory, LAB_FILE);
  let text: string;
  try {
    text = await readTextFile(path, FILE_LIMIT, 'utf8');
  } catch (error) {
    return labSystemError(directory, LAB_FILE, error);
  }
  return parseLabFile(directory, text);
}

function parseLabFile(directory: string, text: string): Result<LabFile, VolumeError> {
  const damaged = (why: string): Result<never, VolumeError> =>
    labError(directory, `${LAB_FILE} is damaged: ${why}`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return damaged('it is not JSON');
  }
  const version = z.looseObject({ version: z.int().gt(VERSION) }).safeParse(content);
  if (version.success) {
    const made = `${LAB_FILE} has version ${version.data.version}`;
    return labError(directory, `${made}; this LV Studio knows up to ${VERSION}`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) return damaged(firstFault(parsed.error));
  const { disks, systemId, settings, throttle, partitions } = parsed.data;
  for (const [key, of] of Object.entries(OWN)) {
    const parts = key === 'devno' ? Object.values(partitions ?? {}) : [];
    const twice = repeated([...disks.map(of), ...parts]);
    if (twice !== undefined) return damaged(`two disks have the ${key} ${twice}`);
  }
  return ok({
    disks,
    ...(systemId === undefined ? {} : { systemId }),
    ...(settings && { settings }),
    ...(throttle && { throttle }),
    ...(partitions && { partitions }),
  });
}

const placeOf = (disk: LabDisk): string => ('address' in disk ? disk.address : disk.image);

/** What no two disks of a lab share. */
const OWN: Readonly<Record<string, (disk: LabDisk) => string>> = {
  name: ({ name }) => name,
  devno: ({ devno: number }) => number,
  image: placeOf,
};

function repeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

/** All or nothing, also when the power fails: the new file is complete before it has the name. */
export async function writeLabFile(
  directory: string,
  lab: LabFile,
): Promise<Result<void, VolumeError>> {
  const text = `${JSON.stringify({ version: VERSION, ...lab }, null, 2)}\n`;
  try {
    await writeWhole(join(directory, LAB_FILE), text, 0o644);
    return ok();
  } catch (error) {
    return labSystemError(directory, LAB_FILE, error);
  }
}

/** Whether the lab still has this disk in this mode; where it cannot be read, it may have. */
export async function labUses(directory: string, disk: string, mode: DiskMode): Promise<boolean> {
  const lab = await readLabFile(directory);
  if (!lab.ok) return existsSync(join(directory, LAB_FILE));
  return lab.value.disks.some((one) => one.name === disk && one.mode === mode);
}

/** The disk of a lab in this folder whose image is this file of it, if it may be written to. */
export async function labWriting(directory: string, image: string): Promise<LabDisk | undefined> {
  if (!existsSync(join(directory, LAB_FILE))) return undefined;
  const lab = await readLabFile(directory);
  if (!lab.ok) return undefined;
  return lab.value.disks.find((disk) => placeOf(disk) === image && disk.mode !== 'read-only');
}
