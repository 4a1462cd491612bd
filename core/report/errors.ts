/** Why something was refused or failed, in LVM's words where LVM has them (reference 13). */
import { formatLvmId, type LvmId } from '../base/ids.ts';
import { printable } from '../base/printable.ts';
import type { DmErrorData, VolumeError } from '../contract/errors.ts';
import { nameRefusal } from '../lvm/format/names.ts';
import { DEVICE_SENTENCES } from './device-errors.ts';
import { declinedLines, notInitialized } from './declined.ts';
import { JOB_SENTENCES } from './job-errors.ts';
import { MERGE_SENTENCES } from './merge-words.ts';
import { MIRROR_SENTENCES } from './mirror-words.ts';
import { MOVE_SENTENCES } from './move-words.ts';
import { SNAPSHOT_SENTENCES } from './snapshot-words.ts';
import { GROUP_SENTENCES } from './group-errors.ts';
import { layoutLines } from './layout-errors.ts';
import { refusedName } from './name-errors.ts';
import { PLACE_SENTENCES } from './place-errors.ts';
import { unfitWords } from './unfit-words.ts';
import { pvckRefusal } from './pvck-words.ts';
import { sizeWords } from './size-text.ts';

type Lines = readonly string[];
type Of<K extends VolumeError['code']> = Extract<VolumeError, { readonly code: K }>;
type Sentences = { readonly [K in VolumeError['code']]: (error: Of<K>) => Lines };

const SENTENCES: Sentences = {
  ...GROUP_SENTENCES,
  ...PLACE_SENTENCES,
  ...DEVICE_SENTENCES,
  'io-failed': ({ device, op, start, why }) => [
    `${device}: ${op} failed${start === undefined ? '' : ` at sector ${start}`}: ${why}`,
  ],
  'out-of-range': ({ device, start, count, size }) => [
    `${device}: ${count} sectors at ${start} lie outside its ${size} sectors.`,
  ],
  'read-only': ({ device }) => [`${device} is read-only.`],
  damaged: ({ device, part, offset, field, why }) => [
    `${device === '' ? 'text' : device}: ${part} is damaged at byte ${offset}, ` +
      `${printable(field)}: ${printable(why)}.`,
  ],
  dm: (error) => [ioctlError(error)],
  'vg-not-found': ({ vg, direct }) => [
    nameRefusal(vg)
      ? `Volume group name "${vg}" has invalid characters.`
      : `Volume group "${vg}" not found`,
    ...unprocessed(vg, direct),
  ],
  'export-refused': ({ volume, why }) => [`Cannot export ${volume}: ${why}.`],
  'not-exported': ({ volume }) => [`${volume} is not exported.`],
  ...JOB_SENTENCES,
  ...MERGE_SENTENCES,
  ...MIRROR_SENTENCES,
  ...MOVE_SENTENCES,
  ...SNAPSHOT_SENTENCES,
  'vg-exists': ({ vg }) => [`A volume group called ${vg} already exists.`],
  'lv-not-found': lvNotFound,
  'lv-exists': ({ vg, lv, splitting }) => [
    `Logical Volume "${lv}" already exists in volume group "${vg}"${splitting ? '.' : ''}`,
  ],
  'name-refused': refusedName,
  'same-name': () => ['Old and new logical volume names must differ'],
  'device-not-found': ({ device, command, unfit }) => [
    unfit
      ? unfitWords(device, unfit)
      : ['pvchange', 'pvresize', 'vgreduce', 'pvck', 'pvmove'].includes(command)
        ? `Cannot use ${device}: device not found`
        : `No device found for ${device}.`,
  ],
  'devices-not-found': ({ devices, some, unfit = {} }) => [
    ...devices.map((device) =>
      unfit[device] ? unfitWords(device, unfit[device]) : `No device found for ${device}.`,
    ),
    ...(some || Object.keys(unfit).length > 0 ? ['Command requires all devices to be found.'] : []),
  ],
  'not-a-pv': ({ device, command }) => [
    command === 'pvremove'
      ? `No PV found on device ${device}.`
      : `Failed to find physical volume "${device}".`,
  ],
  'pv-of-vg': ({ device, vg, command }) =>
    command === 'pvremove'
      ? [
          `PV ${device} is used by VG ${vg} so please use vgreduce first.`,
          SURE_OF_PVREMOVE,
          `${device}: physical volume label not removed.`,
        ]
      : command === 'pvcreate'
        ? [
            `Can't initialize physical volume "${device}" of volume group "${vg}" without -ff`,
            `${device}: physical volume not initialized.`,
          ]
        : [
            `Physical volume '${device}' is already in volume group '${vg}'`,
            `Unable to add physical volume '${device}' to volume group '${vg}'`,
            `${device}: physical volume not initialized.`,
          ],
  'pv-used-unknown': ({ device, command }) => [
    `PV ${device} is used by a VG but its metadata is missing.`,
    ...(command === 'pvremove'
      ? [SURE_OF_PVREMOVE, `${device}: physical volume label not removed.`]
      : command === 'pvchange'
        ? [`Can't change PV '${device}' without -ff.`, `Physical volume ${device} not changed`]
        : [`Can't initialize PV '${device}' without -ff.`, notInitialized(device)]),
  ],
  'none-restored': () => ['No PV has been restored.'],
  'backup-incomplete': () => [
    'No backup taken: specify filename with -f to backup with missing PVs.',
  ],
  'pvck-refused': ({ why }) => pvckRefusal(why),
  'pv-held': ({ device }) => {
    const held = `Can't open ${device} exclusively.  Mounted filesystem?`;
    const unread = (length: number): string =>
      `Error opening device ${device} for reading at 0 length ${length}.`;
    const why = `Cannot use ${device}: device has a signature`;
    return [held, held, unread(512), held, unread(4096), why];
  },
  'pv-layout-refused': ({ device, why }) => [
    ...layoutLines(device, why),
    `Failed to setup physical volume "${device}".`,
  ],
  'pv-id-used': ({ pvId, device }) => [
    `UUID ${formatLvmId(pvId as LvmId)} already in use on "${device}".`,
  ],
  'restore-id-unknown': ({ pvId, file, missing }) => [
    ...missing.map((id) => `WARNING: Couldn't find device with uuid ${formatLvmId(id as LvmId)}.`),
    `Can't find uuid ${formatLvmId(pvId as LvmId)} in backup file ${file}`,
  ],
  'restore-unreadable': ({ file, why }) => [
    why,
    "WARNING: couldn't read volume group metadata from file.",
    `Failed to read VG (null) from ${file}`,
    `Unable to read volume group from ${file}`,
  ],
  'areas-already': ({ device, ignored }) => {
    const as = ignored ? 'ignored' : 'marked as in-use';
    return [
      `Metadata areas on physical volume "${device}" already ${as}.`,
      `Physical volume ${device} not changed`,
    ];
  },
  'areas-all-ignored': ({ device, vg }) => [
    `Cannot disable all metadata areas in volume group ${vg}.`,
    `Physical volume ${device} not changed`,
  ],
  'pv-not-in-vg': ({ device, vg }) => [
    `Physical Volume "${device}" not found in Volume Group "${vg}".`,
  ],
  'pv-not-in-a-vg': ({ device, what }) => [
    {
      allocatable: `Allocatability not supported by orphan lvm2 format PV ${device}`,
      tag: `Can't change tag on Physical Volume ${device} not in volume group`,
      other: `Physical volume ${device} is not in a volume group.`,
    }[what],
    `Physical volume ${device} not changed`,
  ],
  'pv-vg-active': ({ device }) => [
    `Volume group containing ${device} has active logical volumes`,
    `Physical volume ${device} not changed`,
  ],
  incomplete: () => [],
  'vg-lacks-pvs': ({ count }) => [`The volume group is missing ${count} physical volumes.`],
  'pv-in-use': ({ device }) => [`Physical volume "${device}" still in use`],
  'pv-two-areas': ({ device }) => [
    `${device}: the metadata area at its end would not fit behind the first extent.`,
  ],
  'pv-below-minimum': ({ device, least }) => [
    `Size must exceed minimum of ${least} sectors on PV ${device}.`,
  ],
  'pv-without-extent': ({ device, extentSize }) => [
    'Size must leave space for at least one physical extent of ' +
      `${extentSize} sectors on PV ${device}.`,
  ],
  'pv-shrink-below-use': ({ device, count, allocated }) => [
    `${device}: cannot resize to ${count} extents as ` +
      `${allocated > count ? allocated : 'later ones'} are allocated.`,
  ],
  'pv-listed-twice': ({ device, vg }) => [
    `Physical volume '${device}' is already in volume group '${vg}'`,
    `PV ${device} cannot be added to VG ${vg}.`,
  ],
  'device-too-small': ({ device, size }) => [
    `Device ${device} is too small: ${sizeWords(size)}.`,
    `${device}: physical volume not initialized.`,
  ],
  'device-read-only': ({ device, vg, command = '' }) => [
    `Error writing device ${device}: its image is attached read-only.`,
    ...(vg === undefined ? [] : [`Failed to write metadata to ${device}.`]),
    ...(vg === undefined ? [] : [`Failed to write VG ${vg}.`]),
    ...notDone(device, command),
  ],
  'duplicate-pvs': ({ vg }) => [`Cannot update volume group ${vg} with duplicate PV devices.`],
  'device-duplicate': ({ device }) => [`Cannot use device ${device} with duplicates.`],
  'activation-duplicates': ({ vg }) => [
    `Cannot activate LVs in VG ${vg} while PVs appear on duplicate devices.`,
  ],
  'vg-missing-pvs': ({ vg, direct }) => [
    `Cannot change VG ${vg} while PVs are missing.`,
    'See vgreduce --removemissing and vgextend --restoremissing.',
    ...unprocessed(vg, direct),
  ],
  'vg-not-exported': ({ vg }) => [`Volume group "${vg}" is not exported`],
  'vg-name-shared': ({ vg }) => [
    `Multiple VGs found with the same name: skipping ${vg}`,
    'Use --select vg_uuid=<uuid> in place of the VG name.',
  ],
  'vg-has-active': ({ vg, command }) => [
    command === 'vgexport'
      ? `Volume group "${vg}" has active logical volumes`
      : 'Volume group has active logical volumes',
  ],
  'vg-last-pv': ({ vg, device }) => [
    `Can't remove final physical volume "${device}" from volume group "${vg}"`,
  ],
  'vg-rename-exists': ({ vg }) => [`New VG name "${vg}" already exists`],
  'same-vg-name': () => ['Old and new volume group names must differ'],
  'vg-already-resizeable': ({ vg, resizeable }) => [
    `Volume group "${vg}" is already ${resizeable ? 'resizeable' : 'not resizeable'}`,
  ],
  'vg-limit-below-use': ({ vg, what, used }) => [
    what === 'lv'
      ? `MaxLogicalVolume is less than the current number ${used} of LVs for ${vg}`
      : `MaxPhysicalVolumes is less than the current number ${used} of PVs for "${vg}"`,
  ],
  'vg-limit-fixed': ({ vg, what }) => {
    const names = { lv: 'MaxLogicalVolume', pv: 'MaxPhysicalVolumes', extent: 'PE size' };
    return [`Volume group "${vg}" must be resizeable to change ${names[what]}`];
  },
  'extent-size-unfit': () => ['New extent size is not a perfect fit'],
  'extent-count-unfit': ({ sectors, whose }) => [
    `New size ${sectors} for ${whose} not an exact number of new extents.`,
  ],
  'vg-exported': ({ vg }) => [`Volume group ${vg} is exported`],
  'vg-read-only': ({ vg }) => [`Volume group ${vg} is read-only`],
  'pv-extents-exceeded': ({ device, extentSize, vg }) => [
    `PV ${device} too large for extent size ${sizeWords(extentSize)}.`,
    ...(vg === undefined ? [] : [`Format-specific setup of physical volume '${device}' failed.`]),
    ...(vg === undefined ? [] : [`PV ${device} cannot be added to VG ${vg}.`]),
  ],
  'vg-extents-exceeded': ({ vg, count, device }) => {
    if (device === undefined) return [`New extent count ${count} for ${vg} exceeds 32 bits.`];
    const beyond = `new extent count (${count}) exceeds limit (4294967295)`;
    return [
      `Unable to add ${device} to ${vg}: ${beyond}.`,
      `PV ${device} cannot be added to VG ${vg}.`,
    ];
  },
  'vg-too-large': ({ vg, device }) => [
    `Unable to add ${device} to ${vg}: 4 EiB and more cannot be counted here.`,
    `PV ${device} cannot be added to VG ${vg}.`,
  ],
  'pv-exported': ({ device, vg }) => [`Cannot use PV ${device} in exported VG ${vg}.`],
  'vg-not-resizeable': ({ vg }) => [`Volume group ${vg} is not resizeable.`],
  'vg-max-pvs': ({ vg, max, device }) => [
    `No space for '${device}' - volume group '${vg}' holds max ${max} physical volume(s).`,
    `PV ${device} cannot be added to VG ${vg}.`,
  ],
  'vg-max-lvs': ({ vg, max }) => [
    `Maximum number of logical volumes (${max}) reached in volume group ${vg}`,
  ],
  'extent-size-invalid': ({ why }) => [
    why !== 'not-multiple-of-128k'
      ? 'Physical extent size may not be zero'
      : 'Physical Extent size must be a multiple of 128.00 KiB when not a power of 2.',
  ],
  'permission-same': ({ vg, lv, permission }) => [
    permission === 'r'
      ? `Logical volume "${vg}/${lv}" is already read only.`
      : `Logical volume ${vg}/${lv} is already writable.`,
  ],
  'segment-type-unsupported': ({ vg, lv, type, user }) => [
    user
      ? `Logical volume ${vg}/${lv} is used by a volume of type ${printable(type)}.`
      : `Logical volume ${vg}/${lv} has segments of type ${printable(type)}.`,
    `Type ${printable(type)} can be read and kept here, not changed or activated.`,
  ],
  'metadata-too-large': ({ vg, seqno, device, size, max }) => {
    const text = `VG ${vg} ${seqno} metadata on ${device} (${size} bytes)`;
    return [`${text} exceeds maximum metadata size (${max} bytes)`];
  },
  'no-metadata-areas': () => ['Aborting vg_write: No metadata areas to write to!'],
  'metadata-invalid': ({ vg, faults }) => [
    ...faults.map((fault) => `Internal rule broken: ${fault}`),
    `Volume group "${vg}" would not be valid; nothing was written.`,
  ],
  'metadata-unsound': ({ faults, restore }) => [
    ...faults.map((fault) => `Internal error: ${printable(fault)}`),
    ...(restore ? ['Restore failed.'] : []),
  ],
  declined: ({ question }) => declinedLines(question),
  'backup-failed': ({ path, why }) => [`${path}: ${why}`],
  'backup-of-other-vg': ({ vg, file }) => [
    `'${file}' does not contain volume group '${vg}'.`,
    'Restore failed.',
  ],
  'no-backup': ({ vg }) => [`No backup of volume group ${vg} found.`, 'Restore failed.'],
  'restore-missing-pvs': ({ vg, pvIds, marked }) => [
    ...pvIds.map((id) => `WARNING: Couldn't find device with uuid ${formatLvmId(id as LvmId)}.`),
    `Cannot restore Volume Group ${vg} with ${pvIds.length + marked} PVs marked as missing.`,
    'Restore failed.',
  ],
  claimed: ({ what, holder }) => [`${what} is in use by ${holder}.`],
  several: ({ errors }) => errors.flatMap(errorLines),
  stuck: ({ cause, left }) => [...errorLines(cause), `Still to be done: ${left.join('; ')}.`],
  'disk-is-partition': ({ device, disk }) => [
    `${device} is a partition: its image is that of ${disk}, which has to be named.`,
  ],
  'fault-refused': ({ device, why }) => [`Device ${device}: ${why}.`],
  'disk-in-use': ({ device, by }) => [`Device ${device} is in use by ${by.join(', ')}.`],
  lab: ({ directory, why }) => [`${directory}: ${why}`],
  usage: ({ why }) => [why],
};

/** What LVM says that a command could not do on a disk that takes no writes. */
function notDone(device: string, command: string): Lines {
  if (/^(?:pv|vg)(?:create|extend)$/.test(command)) {
    return [`Failed to setup physical volume "${device}".`];
  }
  if (command === 'pvremove') return [`Failed to wipe existing label(s) on ${device}.`];
  const unstored = `Failed to store physical volume "${device}"`;
  if (command === 'pvresize') return [unstored];
  return command === 'pvchange' ? [unstored, `Physical volume ${device} not changed`] : [];
}

const unprocessed = (vg: string, direct: true | undefined): Lines =>
  direct ? [] : [`Cannot process volume group ${vg}`];
const SURE_OF_PVREMOVE =
  '(If you are certain you need pvremove, then confirm by using --force twice.)';

function lvNotFound({ vg, lv, command }: Of<'lv-not-found'>): Lines {
  if (command === 'lvrename') {
    return [`Existing logical volume "${lv}" not found in volume group "${vg}"`];
  }
  if (command?.match(/^lv(extend|reduce|resize)$/))
    return [`Logical volume ${lv} not found in volume group ${vg}.`];
  return [`Failed to find logical volume "${vg}/${lv}"`];
}

const ERRNO = {
  EBUSY: 'Device or resource busy',
  EINVAL: 'Invalid argument',
  ENXIO: 'No such device or address',
  ENODEV: 'No such device',
  EIO: 'Input/output error',
  EEXIST: 'File exists',
  EROFS: 'Read-only file system',
  EINTR: 'Interrupted system call',
} as const;

/** One line of libdevmapper. Why the kernel refused stands in the kernel's log: `reason`. */
export function ioctlError({ op, device, uuid = '', devno, errno }: DmErrorData): string {
  const which = `${device} ${uuid}${devno === undefined ? '' : `(${devno})`}`;
  return `device-mapper: ${op} ioctl on ${which} failed: ${ERRNO[errno]}`;
}

/** For the event log: LVM's lines, and the kernel's own words where it has some. */
export const whyFailed = (error: VolumeError): string =>
  [...errorLines(error), ...(error.code === 'dm' ? [error.reason] : [])].join(' ');

/** One or more lines, without the two spaces LVM puts in front. */
export function errorLines(error: VolumeError): Lines {
  const sentence = SENTENCES[error.code] as (one: VolumeError) => Lines;
  return sentence(error);
}
