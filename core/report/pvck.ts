/** Headers as pvck lays them open, line by line (reference 11.5). */
import type { RawArea, RawSlot } from '../lvm/format/raw-area.ts';
import { SLOT_IGNORED } from '../lvm/format/raw-area.ts';
import type { RawLabel, RawLocation } from '../lvm/format/raw-label.ts';
import { areasOfList } from '../lvm/format/raw-label.ts';
import type { FoundText } from '../lvm/format/raw-texts.ts';

type Lines = readonly string[];

const hex = (value: number): string => `0x${value.toString(16)}`;
/** With its leading zeros. */
export const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

/** What cannot be printed is a question mark. */
const shown = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

export const checkLines = (checks: Lines): Lines => checks.map((check) => `CHECK: ${check}`);

/** Places of a first area that machines of other page sizes choose. */
const FIRST_AREAS = [4096n, 8192n, 65536n];

/** @param whole every field; otherwise only what is wrong. */
export function labelLines(label: RawLabel, whole: boolean): Lines {
  const { dataAreas, metadataAreas, bootloaderAreas } = label;
  const last = dataAreas.length;
  const header = label.at + 32;
  const areas = listLines('pv_header', metadataAreas, 'location of metadata area', last);
  return [
    ...field(whole, [
      `label_header at ${label.at}`,
      `label_header.id ${shown(label.id)}`,
      `label_header.sector ${label.sector}`,
      `label_header.crc ${hex(label.crc)}`,
      `label_header.offset ${label.offset}`,
      `label_header.type ${shown(label.type)}`,
    ]),
    ...checkLines(label.labelChecks),
    ...field(whole, [
      `pv_header at ${header}`,
      `pv_header.pv_uuid ${shown(label.pvId)}`,
      `pv_header.device_size ${label.deviceSize}`,
    ]),
    ...checkLines(label.headerChecks),
    ...field(whole, listLines('pv_header', dataAreas, 'location of data area', 0).flat()),
    ...areas.flatMap((lines, index) => [
      ...field(whole, lines),
      ...(index === 0 ? oddPlace(metadataAreas, last) : []),
    ]),
    ...field(whole, [
      `pv_header_extension at ${label.extensionAt}`,
      `pv_header_extension.version ${label.extensionVersion}`,
      `pv_header_extension.flags ${label.extensionFlags}`,
      ...listLines('pv_header_extension', bootloaderAreas, 'bootloader area', 0).flat(),
    ]),
  ];
}

const field = (whole: boolean, lines: Lines): Lines => (whole ? lines : []);

function oddPlace(list: readonly RawLocation[], index: number): Lines {
  const first = areasOfList(list)[0]?.offset;
  if (first === undefined || FIRST_AREAS.includes(first)) return [];
  const place = `pv_header.disk_locn[${index}].offset ${first}`;
  return [`WARNING: ${place} is unexpected # for first mda`];
}

/** Three lines for each entry. */
function listLines(
  owner: string,
  list: readonly RawLocation[],
  what: string,
  from: number,
): readonly Lines[] {
  return list.map(({ at, offset, size }, index) => {
    const name = `${owner}.disk_locn[${from + index}]`;
    const kind = offset === 0n ? 'location list end' : what;
    return [`${name} at ${at} # ${kind}`, `${name}.offset ${offset}`, `${name}.size ${size}`];
  });
}

/** @param whole every field; otherwise only what is wrong. */
export function areaLines(area: RawArea, whole: boolean): Lines {
  const name = `mda_header_${area.number}`;
  return [
    ...field(whole, [
      `${name} at ${area.at} # metadata area`,
      `${name}.checksum ${hex(area.checksum)}`,
      `${name}.magic 0x${area.magic}`,
      `${name}.version ${area.version}`,
      `${name}.start ${area.start}`,
      `${name}.size ${area.headerSize}`,
    ]),
    ...checkLines(area.checks),
  ];
}

export const slotLines = (area: RawArea, whole: boolean): Lines => [
  ...oneSlot(area, area.committed, 0, whole),
  ...oneSlot(area, area.precommitted, 1, whole),
];

function oneSlot(area: RawArea, slot: RawSlot, index: number, whole: boolean): Lines {
  const name = `mda_header_${area.number}.raw_locn[${index}]`;
  const wraps = slot.offset + slot.size > area.size ? ' wrapped' : '';
  const ignored = (slot.flags & SLOT_IGNORED) !== 0;
  const kind = index === 0 ? 'commit' : 'precommit';
  const checks: string[] = [];
  if (index === 1 && slot.offset !== 0n) checks.push(`${name} for precommit not empty`);
  if (!ignored && isTooLarge(area, slot)) {
    checks.push(`${name}.size larger than metadata area size`);
  }
  return [
    ...field(whole, [
      `${name} at ${slot.at} # ${kind}${wraps}`,
      `${name}.offset ${slot.offset}`,
      `${name}.size ${slot.size}`,
      `${name}.checksum ${hex(slot.checksum)}`,
      `${name}.flags ${hex(slot.flags)}${ignored ? ' # RAW_LOCN_IGNORED' : ''}`,
    ]),
    ...checkLines(checks),
  ];
}

export const isTooLarge = ({ size }: RawArea, slot: RawSlot): boolean => slot.size > size - 512n;

/** One text of an area. @param start bytes from the start of the device to the area. */
export const foundLine = (start: number, text: FoundText): string => {
  const place = `metadata at ${start + text.offset} length ${text.data.length}`;
  return `${place} crc ${hex8(text.crc)} vg ${text.vg} seqno ${text.seqno} id ${text.id}`;
};
