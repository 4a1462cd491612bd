/** What LVM says when things go well, or should be known (reference 13, 2.7, 11). */
import { formatLvmId, type LvmId } from '../base/ids.ts';
import { printable } from '../base/printable.ts';
import { extentsToSectors, type Extents, type Sectors } from '../base/units.ts';
import type { Notice, Question } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { errorLines } from './errors.ts';
import { MERGE_NOTICES, MERGE_QUESTIONS } from './merge-words.ts';
import { MIRROR_NOTICES, MIRROR_QUESTIONS } from './mirror-words.ts';
import { SNAPSHOT_NOTICES, SNAPSHOT_QUESTIONS } from './snapshot-words.ts';
import { MOVE_NOTICES } from './move-words.ts';
import { passedOver } from './group-errors.ts';
import { clingListWords, clingTagWords } from './place-errors.ts';
import { pvckQuestion, pvckSaid } from './pvck-words.ts';
import { sizeWords } from './size-text.ts';

type Sentences<T extends { readonly code: string }, Out> = {
  readonly [K in T['code']]: (one: Extract<T, { readonly code: K }>) => Out;
};

const said = (text: string): OutputLine => ({ stream: 'stdout', text });
const warned = (text: string, ...more: readonly string[]): OutputLine => ({
  stream: 'stderr',
  text: [`WARNING: ${text}`, ...more].join('\n  '),
});
const amount = (count: Extents, extentSize: Sectors): string =>
  `${sizeWords(extentsToSectors(count, extentSize))} (${count} extents)`;
const uuid = (id: string): string => formatLvmId(id as LvmId);

const NOTICES: Sentences<Notice, OutputLine> = {
  ...MERGE_NOTICES,
  ...MIRROR_NOTICES,
  ...SNAPSHOT_NOTICES,
  ...MOVE_NOTICES,
  'pv-created': ({ device }) => said(`Physical volume "${device}" successfully created.`),
  'pv-removed': ({ device }) => said(`Labels on physical volume "${device}" successfully wiped.`),
  'pv-changed': ({ device }) => said(`Physical volume "${device}" changed`),
  'pv-not-changed': ({ device }) => said(`Physical volume ${device} not changed`),
  'pv-already-allocatable': ({ device, allocatable }) => {
    const as = allocatable ? 'allocatable' : 'unallocatable';
    return { stream: 'stderr', text: `Physical volume "${device}" is already ${as}.` };
  },
  'overriding-size': ({ device, deviceSize }) =>
    warned(`${device}: Overriding real size ${sizeWords(deviceSize)}. You could lose data.`),
  'real-size-overridden': ({ device }) =>
    warned(`${device}: Overriding real size. You could lose data.`),
  'pretending-size': ({ device, size, deviceSize }) =>
    warned(`${device}: Pretending size is ${size} not ${deviceSize} sectors.`),
  pvck: ({ said: what }) => pvckSaid(what),
  'faking-size': ({ device, larger }) => {
    const faking = `Faking size of PV ${device}. Don't write outside real device.`;
    const over = `\n  WARNING: ${device}: Overriding real size. You could lose data.`;
    return warned(faking + (larger ? over : ''));
  },
  'alignment-ignored': ({ alignment, peStart }) => {
    const start = `restored pe_start value ${sizeWords(peStart)}`;
    return warned(`Ignoring data alignment ${sizeWords(alignment)} incompatible with ${start}.`);
  },
  'metadata-copies-same': ({ vg, copies }) => ({
    stream: 'stderr',
    text: `Number of metadata copies for VG ${vg} is already ${copies || 'unmanaged'}.`,
  }),
  'metadata-copies-change': ({ vg, from, to }) =>
    warned(`Changing preferred number of copies of VG ${vg} metadata from ${from} to ${to}`),
  'cling-list-odd': ({ why }) => ({ stream: 'stderr', text: clingListWords(why) }),
  'cling-tag-ignored': ({ why, text }) => warned(clingTagWords(why, text)),
  'extent-size-same': ({ vg, size }) => ({
    stream: 'stderr',
    text: `Physical extent size of VG ${vg} is already ${sizeWords(size)}.`,
  }),
  'wiping-used-pv': ({ device, vg }) => warned(`PV ${device} is used by VG ${vg}.`),
  'wiping-label': ({ device, vg }) =>
    warned(`Wiping physical volume label from ${device} of volume group "${vg}".`),
  'vg-consistent': ({ vg }) => said(`Volume group "${vg}" is already consistent.`),
  'vg-made-consistent': ({ vg }) => said(`Wrote out consistent volume group ${vg}.`),
  'lv-partial': ({ lv }) => warned(`Partial LV ${lv} needs to be repaired or removed. `),
  'partial-lvs-stay': ({ vg }) => ({
    stream: 'stderr',
    text: [
      `There are still partial LVs in VG ${vg}.`,
      'To remove them unconditionally use: vgreduce --removemissing --force.',
      'To remove them unconditionally from mirror LVs use: ' +
        'vgreduce --removemissing --mirrorsonly --force.',
      'WARNING: Proceeding to remove empty missing PVs.',
    ].join('\n  '),
  }),
  'updated-without-pv': ({ vg, device }) =>
    warned(`VG ${vg} was previously updated while PV ${device} was missing.`),
  'wiping-outdated': ({ device, what }) => warned(`wiping ${what} on outdated PV ${device}`),
  'pvs-missing-now': ({ count }) =>
    warned(`${count} physical volumes are currently missing from the system.`),
  'not-restored': ({ vg, device, why }) =>
    warned(
      why === 'not-found'
        ? `PV ${device} not found in VG ${vg}`
        : `PV ${device} was not missing in VG ${vg}`,
    ),
  'pv-stray': ({ device }) =>
    warned(
      `PV ${device} is marked in use but no VG was found using it.`,
      `WARNING: PV ${device} might need repairing.`,
    ),
  'lv-on-lost-disk': ({ vg, lv }) =>
    warned(`Couldn't find all devices for LV ${vg}/${lv} while checking used and assumed devices.`),
  'not-a-mirror': ({ lv }) => ({
    stream: 'stderr',
    text: `Non-mirror-image LV ${lv} found: can't remove.`,
  }),
  'removing-partial-lv': ({ vg, lv }) => warned(`Removing partial LV ${vg}/${lv}.`),
  'vg-reduced': ({ vg, device }) => said(`Removed "${device}" from volume group "${vg}"`),
  'vg-renamed': ({ from, to }) => said(`Volume group "${from}" successfully renamed to "${to}"`),
  'vg-merged': ({ from, to }) => said(`Volume group "${from}" successfully merged into "${to}"`),
  'vg-split': ({ from, to, existing }) => {
    const target = `${existing ? 'Existing' : 'New'} volume group "${to}"`;
    return said(`${target} successfully split from "${from}"`);
  },
  'vg-changed': ({ vg }) => said(`Volume group "${vg}" successfully changed`),
  'vg-exported': ({ vg }) => said(`Volume group "${vg}" successfully exported`),
  'vg-imported': ({ vg }) => said(`Volume group "${vg}" successfully imported`),
  'vg-restored': ({ vg }) => said(`Restored volume group ${vg}.`),
  'active-volume': ({ vg, lv }) => said(`Volume group ${vg} has active volume: ${lv}.`),
  'active-volumes': ({ vg, count }) =>
    warned(`Found ${count} active volume(s) in volume group "${vg}".`),
  'restoring-active': () =>
    said('Restoring VG with active LVs, may cause mismatch with its metadata.'),
  'not-backed-up': () => warned('This metadata update is NOT backed up.'),
  'vg-active': ({ vg, count }) =>
    said(`${count} logical volume(s) in volume group "${vg}" now active`),
  'lv-skipped': ({ error }) => ({ stream: 'stderr', text: errorLines(error).join('\n  ') }),
  'lv-changed': ({ vg, lv }) => said(`Logical volume ${vg}/${lv} changed.`),
  'reducing-active': ({ size }) => ({
    stream: 'stderr',
    text:
      `WARNING: Reducing active logical volume to ${sizeWords(size)}.\n` +
      '  THIS MAY DESTROY YOUR DATA (filesystem etc.)',
  }),
  'vg-created': ({ vg, systemId }) => {
    const id = systemId === undefined ? '' : ` with system ID ${systemId}`;
    return said(`Volume group "${vg}" successfully created${id}`);
  },
  'foreign-active': ({ vg, systemId }) =>
    warned(
      `Found LVs active in VG ${vg} with foreign system ID ${systemId}.  Possible data corruption.`,
    ),
  'vg-passed-over': ({ error }) => ({
    stream: 'stderr',
    text: (error.code === 'vg-barred' ? passedOver(error) : errorLines(error)).join('\n  '),
  }),
  'system-id-none-given': () => warned('Empty system ID supplied.'),
  'system-id-empty': ({ removes }) =>
    warned(
      removes
        ? 'Removing the system ID allows unsafe access from other hosts.'
        : 'A VG without a system ID allows unsafe access from other hosts.',
    ),
  'system-id-unlike': ({ vg, id, localId }) =>
    warned(
      localId === undefined
        ? 'No local system ID is set.'
        : `Requested system ID ${id} does not match local system ID ${localId}.`,
      `WARNING: Volume group ${vg} might become inaccessible from this machine.`,
    ),
  'system-id-new-unlike': ({ id, localId }) => ({
    stream: 'stderr',
    text: `VG with system ID ${id} might become inaccessible as local system ID is ${localId}`,
  }),
  'vg-extended': ({ vg }) => said(`Volume group "${vg}" successfully extended`),
  'vg-removed': ({ vg }) => said(`Volume group "${vg}" successfully removed`),
  'lv-created': ({ lv }) => said(`Logical volume "${lv}" created.`),
  'lv-removed': ({ lv }) => said(`Logical volume "${lv}" successfully removed.`),
  'lv-renamed': ({ vg, from, to }) => said(`Renamed "${from}" to "${to}" in volume group "${vg}"`),
  'lv-size-changed': ({ vg, lv, from, to, extentSize }) => {
    const change = `changed from ${amount(from, extentSize)} to ${amount(to, extentSize)}`;
    return said(`Size of logical volume ${vg}/${lv} ${change}.`);
  },
  'lv-size-unchanged': ({ vg, lv, count, extentSize }) =>
    said(`Size of logical volume ${vg}/${lv} unchanged from ${amount(count, extentSize)}.`),
  'types-mixed': ({ vg, lv, from, to }) =>
    said(`Logical volume ${vg}/${lv} is using mixing segment types ${from} and ${to}.`),
  'lv-resized': ({ vg, lv }) => said(`Logical volume ${vg}/${lv} successfully resized.`),
  'rounded-up': ({ size }) => said(`Rounding up size to full physical extent ${sizeWords(size)}`),
  'rounded-to-boundary': ({ size }) =>
    said(`Rounding size to boundary between physical extents: ${sizeWords(size)}.`),
  'rounded-to-stripes': ({ from, to, extentSize }) => {
    const change = `${amount(from, extentSize)} up to stripe boundary size`;
    return said(`Rounding size ${change} ${amount(to, extentSize)}.`);
  },
  'rounded-down-to-stripes': ({ from, to, extending }) => {
    const what = `stripe boundary size${extending ? ' for segment' : ''}`;
    return said(`Rounding size (${from} extents) down to ${what} (${to} extents)`);
  },
  'rounded-to-stripes-segment': ({ from, to }) => {
    const change = `(${from} extents) up to stripe boundary size for segment (${to} extents)`;
    return said(`Rounding size ${change}.`);
  },
  'stripe-size-default': ({ size, extending }) =>
    said(`Using default stripesize ${sizeWords(size)}${extending ? '' : '.'}`),
  'stripe-size-of-last-segment': ({ size }) =>
    said(`Using stripesize of last segment ${sizeWords(size)}`),
  'stripe-size-reduced': ({ size, extentSize }) => {
    const max = `maximum, physical extent size ${sizeWords(extentSize)}`;
    return said(`Reducing requested stripe size ${sizeWords(size)} to ${max}.`);
  },
  'zeroing-ignored': ({ type }) =>
    said(`Ignoring option -Zy or -Wy for unzeroable ${type} volume.`),
  'lv-not-zeroed': ({ vg, lv }) => warned(`Logical volume ${vg}/${lv} not zeroed.`),
  'pv-not-allocatable': ({ device }) => warned(`Physical volume ${device} not allocatable.`),
  'pv-full': ({ device }) => warned(`No free extents on physical volume "${device}".`),
  'reduced-to-free': ({ percent, size }) =>
    said(`Reducing ${percent}%VG to remaining free space ${sizeWords(size)} in VG.`),
  'size-ignored': () => said('Ignoring size parameters with --use-policies.'),
  'read-ahead-rounded': ({ readAhead }) =>
    warned(`Overriding readahead to ${readAhead} sectors, a multiple of 4K page size.`),
  'major-ignored': ({ major }) =>
    warned(
      `Ignoring supplied major number ${major} - kernel assigns major numbers dynamically. ` +
        'Using major number 253 instead.',
    ),
  'mirrors-redundant': () => said('Redundant mirrors argument: default is 0'),
  'stripe-size-ignored': () => said('Ignoring stripesize argument with single stripe.'),
  'stale-metadata': ({ vg, device, seqno, newestSeqno, newestDevice }) => {
    const newer = `for seqno ${newestSeqno} on ${newestDevice} for VG ${vg}`;
    return warned(`ignoring metadata seqno ${seqno} on ${device} ${newer}.`);
  },
  'inconsistent-metadata': ({ vg }) =>
    warned(
      `Inconsistent metadata found for VG ${vg}.`,
      'See vgck --updatemetadata to correct inconsistency.',
    ),
  'outdated-pv': ({ vg, device, seqno, newestSeqno }) => {
    const removed = `has been removed in current VG ${vg} seqno ${newestSeqno}`;
    return warned(
      `outdated PV ${device} seqno ${seqno} ${removed}.`,
      'See vgck --updatemetadata to clear outdated metadata.',
    );
  },
  'pv-returned': ({ vg, device, pvId, inUse }) =>
    warned(
      inUse
        ? `VG ${vg} was missing PV ${device} ${uuid(pvId)}.`
        : `VG ${vg} has unused reappeared PV ${device} ${uuid(pvId)}.`,
    ),
  'duplicate-vg-name': ({ vg, vgIds }) =>
    warned(
      `VG name ${vg} is used by VGs ${vgIds.map(uuid).join(' and ')}.`,
      'Fix duplicate VG names with vgrename uuid, a device filter, or system IDs.',
    ),
  'updating-old-metadata': ({ vg, device, seqno }) =>
    warned(`updating old metadata to ${seqno} on ${device} for VG ${vg}.`),
  'updating-pv-header': ({ vg, device }) => warned(`updating PV header on ${device} for VG ${vg}.`),
  'pv-not-found': ({ pvId }) => warned(`Couldn't find device with uuid ${uuid(pvId)}.`),
  'pv-device-missing': ({ vg, pvId, hint }) =>
    warned(`VG ${vg} is missing PV ${uuid(pvId)} (last written to ${printable(hint)}).`),
  'device-smaller-than-pv': ({ device, deviceSize, pvSize }) => {
    const than = `smaller than corresponding PV size of ${pvSize} sectors`;
    const has = `Device ${device} has size of ${deviceSize} sectors which is ${than}.`;
    return warned(`${has} Was device resized?`);
  },
  'devices-changed': ({ vg }) =>
    warned(`One or more devices used as PVs in VG ${vg} have changed sizes.`),
  'duplicate-pv': ({ device, pvId }) => warned(`Not using device ${device} for PV ${uuid(pvId)}.`),
  'duplicate-preferred': ({ device, pvId, reason }) =>
    warned(`PV ${uuid(pvId)} prefers device ${device} because ${reason}.`),
  'pv-missing-used-flag': ({ device, vg }) =>
    warned(`PV ${device} in VG ${vg} is missing the used flag in PV header.`),
  'image-changed': ({ device, image, why }) =>
    warned(`Device ${device}: ${image.includes('://') ? 'export' : 'image'} ${image} ${why}.`),
  'damage-found': ({ damage }) => warned(errorLines(damage).join(' ')),
  'disk-unreadable': ({ error }) => warned(errorLines(error).join(' ')),
};

/** One line, without the two spaces LVM puts in front. */
export function noticeLine(notice: Notice): OutputLine {
  const sentence = NOTICES[notice.code] as (one: Notice) => OutputLine;
  return sentence(notice);
}

function changesTo(
  disks: readonly { readonly device: string; readonly changed?: Sectors }[],
  volumes: readonly string[],
): string {
  const each = disks.map(({ device, changed }) => {
    const what = changed === undefined ? 'all changes' : `${sizeWords(changed)} of changes`;
    return `${what} to ${device}`;
  });
  return [each.join(' and '), volumes.length > 0 ? ` (${volumes.join(', ')})` : ''].join('');
}

const QUESTIONS: Sentences<Question, string> = {
  ...MERGE_QUESTIONS,
  ...MIRROR_QUESTIONS,
  ...SNAPSHOT_QUESTIONS,
  'remove-active-lv': ({ vg, lv }) =>
    `Do you really want to remove active logical volume ${vg}/${lv}? [y/n]: `,
  'remove-vg-with-lvs': ({ vg, lvCount }) => {
    const what = `volume group "${vg}" containing ${lvCount} logical volumes`;
    return `Do you really want to remove ${what}? [y/n]: `;
  },
  'wipe-used-pv': ({ device, vg }) =>
    `Really WIPE LABELS from physical volume "${device}" of volume group "${vg}" [y/n]? `,
  'set-foreign-id': ({ vg, id }) => `Set foreign system ID ${id} on volume group ${vg}? [y/n]: `,
  'remove-system-id': ({ vg, id }) => `Remove system ID ${id} from volume group ${vg}? [y/n]: `,
  'drop-lock-type': () => 'Forcibly change VG lock type to none? [y/n]: ',
  'override-copies': ({ vg }) =>
    `Override preferred number of copies of VG ${vg} metadata? [y/n]: `,
  pvck: pvckQuestion,
  'resize-unlike-device': ({ device, deviceSize, size }) => {
    const [requested, real] = [sizeWords(size), sizeWords(deviceSize)];
    const how = size < deviceSize ? 'is less than' : 'exceeds';
    return `${device}: Requested size ${requested} ${how} real size ${real}. Proceed?  [y/n]: `;
  },
  'fake-size': ({ device, deviceSize, size }) => {
    const sizes = `device size ${sizeWords(deviceSize)} does not match`;
    return `WARNING: ${device}: ${sizes} requested size ${sizeWords(size)}. Proceed? [y/n]: `;
  },
  'deactivate-for-minor': ({ vg, lv }) =>
    `Logical volume ${vg}/${lv} will be deactivated temporarily. Continue? [y/n]: `,
  'restore-active': ({ vg, count }) => {
    const what = `volume group "${vg}", while ${count} volume(s) are active`;
    return `Do you really want to proceed with restore of ${what}? [y/n]: `;
  },
  'reduce-lv': ({ vg, lv }) => `Do you really want to reduce ${vg}/${lv}? [y/n]: `,
  'apply-sandbox': ({ disks, volumes }) =>
    `Really WRITE ${changesTo(disks, volumes)} into the image? There is no way back. [y/n]: `,
  'discard-sandbox': ({ disks, volumes }) => `Really DISCARD ${changesTo(disks, volumes)}? [y/n]: `,
  'end-export': ({ volume, clients }) => {
    const who = clients === 1 ? '1 program uses' : `${clients} programs use`;
    return `${who} ${volume}. Really end its export? [y/n]: `;
  },
  'initialize-used-pv': ({ device, vg }) =>
    `Really INITIALIZE physical volume "${device}" of volume group "${vg}" [y/n]? `,
};

/** As LVM asks it; the answer is expected behind it. */
export function questionText(question: Question): string {
  const sentence = QUESTIONS[question.code] as (one: Question) => string;
  return sentence(question);
}
