/** The lines that `-v` to `-vvvv` add (reference 8.6): level, place in LVM's sources, and text. */
import type { LogRecord, SlotPlace } from '../contract/log.ts';
import { sizeWords } from './size-text.ts';

/** How many `-v` show it: LVM's notices, then what is for its developers. */
export const VERBOSE = 1;
const DEBUG = 3;

export interface LogLine {
  readonly level: typeof VERBOSE | typeof DEBUG;
  /** File and line in LVM 2.03.16: every line of `-vvvv` names them. */
  readonly at: string;
  readonly texts: readonly string[];
}

type Lines = {
  readonly [K in LogRecord['code']]: (one: Extract<LogRecord, { readonly code: K }>) => LogLine;
};

const verbose = (at: string, ...texts: readonly string[]): LogLine => ({
  level: VERBOSE,
  at,
  texts,
});
const debug = (at: string, ...texts: readonly string[]): LogLine => ({ level: DEBUG, at, texts });
const slot = ({ offset, size }: SlotPlace): string => `offset ${offset} size ${size}`;

const DEPTREE = 'device_mapper/libdm-deptree.c';

const LINES: Lines = {
  'creating-device': ({ device }) => verbose(`${DEPTREE}:2133`, `Creating ${device}`),
  'loading-table': ({ device, devno }) =>
    verbose(`${DEPTREE}:3095`, `Loading table for ${device} (${devno}).`),
  'adding-target': ({ devno, target }) =>
    debug(`${DEPTREE}:3037`, `Adding target to (${devno}): ${target}`),
  'reload-suppressed': ({ device, devno }) =>
    verbose(`${DEPTREE}:3130`, `Suppressed ${device} (${devno}) identical table reload.`),
  'table-size': ({ device, devno, from, to, ignored }) => {
    const text = `Table size changed from ${from} to ${to} for ${device} (${devno}).`;
    return debug(`${DEPTREE}:3145`, ignored ? `${text} (Ignoring.)` : text);
  },
  suspending: ({ device, devno, freeze, flush }) => {
    const how = `${freeze ? ' with filesystem sync' : ''}${flush ? ' with device flush' : ''}`;
    return verbose(`${DEPTREE}:1378`, `Suspending ${device} (${devno})${how}`);
  },
  resuming: ({ device, devno }) => verbose(`${DEPTREE}:1330`, `Resuming ${device} (${devno}).`),
  'renaming-device': ({ device, devno, to }) =>
    verbose(`${DEPTREE}:1289`, `Renaming ${device} (${devno}) to ${to}`),
  'removing-device': ({ device, devno }) =>
    verbose(`${DEPTREE}:1021`, `Removing ${device} (${devno})`),
  'clearing-table': ({ device, devno }) =>
    verbose(`${DEPTREE}:2081`, `Clearing inactive table ${device} (${devno})`),
  'creating-tree': ({ tree, vg, lv }) =>
    debug('activate/dev_manager.c:3822', `Creating ${tree} tree for ${vg}/${lv}.`),
  'metadata-header': ({ phase, vg, seqno, device, header, ignored }) => {
    const where = `on ${device} mda header at ${header} (${ignored ? 'ignored' : 'used'})`;
    const text = `VG ${vg} metadata ${phase} seq ${seqno} ${where}.`;
    return debug('format_text/format-text.c:1107', text);
  },
  'metadata-slots': ({ phase, vg, slots: [first, second] }) =>
    debug(
      'format_text/format-text.c:1115',
      `VG ${vg} metadata ${phase} slot0 ${slot(first)} slot1 ${slot(second)}.`,
    ),
  archiving: ({ vg, seqno }) =>
    verbose(
      'format_text/archiver.c:139',
      `Archiving volume group "${vg}" metadata (seqno ${seqno}).`,
    ),
  'backing-up': ({ path, seqno }) =>
    verbose(
      'format_text/archiver.c:585',
      `Creating volume group backup "${path}" (seqno ${seqno}).`,
    ),
  'creating-lv': ({ lv }) => verbose('metadata/lv_manip.c:8652', `Creating logical volume ${lv}`),
  'activating-lv': ({ vg, lv }) =>
    verbose(
      'activate/activate.c:388',
      `Activating logical volume ${vg}/${lv}.`,
      'activation/volume_list configuration setting not defined: ' +
        `Checking only host tags for ${vg}/${lv}.`,
    ),
  'deactivating-lv': ({ vg, lv }) =>
    verbose('activate/activate.c:2417', `Deactivating logical volume ${vg}/${lv}.`),
  'activated-lvs': ({ vg, count, active }) => {
    const what = `${active ? 'Activated' : 'Deactivated'} ${count} logical volumes`;
    return verbose('vgchange.c:262', `${what} in volume group ${vg}.`);
  },
  'refreshing-lv': ({ vg, lv }) =>
    verbose('lvchange.c:193', `Refreshing logical volume ${vg}/${lv} (if active).`),
  'resizing-lv': ({ how, vg, lv, size }) =>
    verbose('metadata/lv_manip.c:5713', `${how} logical volume ${vg}/${lv} to ${sizeWords(size)}`),
  'releasing-lv': ({ lv }) =>
    verbose('metadata/lv_manip.c:7333', `Releasing logical volume "${lv}"`),
  'setting-permission': ({ vg, lv, permission }) => {
    const to = permission === 'r' ? 'read-only' : 'read/write';
    return verbose('lvchange.c:76', `Setting logical volume ${vg}/${lv} ${to}.`);
  },
  'wiping-lv': ({ vg, lv }) =>
    verbose('metadata/lv_manip.c:7902', `Wiping known signatures on logical volume ${vg}/${lv}.`),
  'not-wiping-lv': ({ vg, lv }) =>
    verbose(
      'metadata/lv_manip.c:8810',
      `Signature wiping on logical volume ${vg}/${lv} not requested.`,
    ),
  'zeroing-lv': ({ vg, lv, size }) =>
    verbose(
      'metadata/lv_manip.c:7928',
      `Initializing ${sizeWords(size)} of logical volume ${vg}/${lv} with value 0.`,
    ),
  'wiping-signatures': ({ device }) =>
    verbose('toollib.c:5760', `Wiping signatures on new PV ${device}.`),
  'setting-up-pv': ({ device, size }) =>
    verbose(
      'toollib.c:5860',
      `Set up physical volume for "${device}" with ${size} available sectors.`,
    ),
  'zeroing-device': ({ device }) => verbose('toollib.c:5869', `Zeroing start of device ${device}.`),
  'writing-pv': ({ device }) =>
    verbose('toollib.c:5878', `Writing physical volume data to disk "${device}".`),
  'updating-pv': ({ device }) => verbose('pvchange.c:139', `Updating physical volume "${device}"`),
  'setting-allocatable': ({ device, to }) =>
    verbose('pvchange.c:77', `Setting physical volume "${device}" ${to ? '' : 'NOT '}allocatable`),
  'adding-pv': ({ device, vg }) =>
    verbose(
      'metadata/metadata.c:223',
      `Adding physical volume '${device}' to volume group '${vg}'`,
    ),
  'extending-vg': ({ vg, count }) =>
    verbose(
      'vgextend.c:81',
      `Volume group "${vg}" will be extended by ${count} new physical volumes`,
    ),
  'removing-pv': ({ device, vg, by }) => {
    const what = by === 'vgreduce' ? `"${device}"` : `physical volume "${device}"`;
    return verbose('metadata/metadata.c:435', `Removing ${what} from volume group "${vg}"`);
  },
  'resizing-pv': ({ device, size }) =>
    verbose('metadata/pv_manip.c:698', `Resizing volume "${device}" to ${size} sectors.`),
  'pv-extents': ({ device, from, to }) =>
    verbose(
      'metadata/pv_manip.c:604',
      from === to
        ? `No change to size of physical volume ${device}.`
        : `Resizing physical volume ${device} from ${from} to ${to} extents.`,
      `Updating physical volume "${device}"`,
    ),
  'checking-vg': ({ vg }) => verbose('vgmerge.c:27', `Checking for volume group "${vg}"`),
  'writing-vg': ({ several }) =>
    verbose('vgrename.c:108', `Writing out updated volume group${several ? 's' : ''}`),
};

export function logLine(record: LogRecord): LogLine {
  const line = LINES[record.code] as (one: LogRecord) => LogLine;
  return line(record);
}
