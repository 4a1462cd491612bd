/** The header of a metadata area laid open, sound or not (reference 1.5, 1.6). */
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR } from '../../base/units.ts';
import type { StructureState } from '../../contract/metadata.ts';
import { FieldCollector, hex32 } from './decode-fields.ts';

const MAGIC = ' LVM2 x[5A%r0N*>';
const SLOTS = 40;
const SLOT_SIZE = 24;

/**
 * @param data the header's sector
 * @param start bytes from the start of the device to it
 * @param size bytes of the area, as the PV header has it
 */
export function decodeAreaHeader(data: Uint8Array, start: number, size: number): StructureState {
  const header = new FieldCollector(data, start);
  const crc = lvmCrc(data.subarray(4, SECTOR));
  header.bits('checksum', 0, (value) =>
    value === crc ? undefined : `the sector has ${hex32(crc)}`,
  );
  header.text('magic', 4, 16, (value) =>
    value === MAGIC ? undefined : 'it is not that of a metadata area',
  );
  header.u32('version', 20, (value) => (value === 1 ? undefined : 'it is not 1'));
  header.u64('start', 24, (value) =>
    value === BigInt(start) ? undefined : `it was read at ${start}`,
  );
  const area = header.u64('size', 32, (value) => {
    if (value > BigInt(size)) return `the PV header gives the area ${size}`;
    return value < BigInt(SECTOR) ? 'it is less than the header itself' : undefined;
  });
  for (const slot of [0, 1]) slotFields(header, slot, area);
  return header.structure('mda-header');
}

function slotFields(header: FieldCollector, slot: number, area: bigint): void {
  const at = SLOTS + slot * SLOT_SIZE;
  const name = `raw_locn[${slot}]`;
  const first = BigInt(SECTOR);
  const offset = header.u64(`${name}.offset`, at, (value) =>
    value !== 0n && (value < first || value >= area) ? 'it lies outside of the area' : undefined,
  );
  header.u64(`${name}.size`, at + 8, (value) =>
    offset !== 0n && (value === 0n || value > area - first)
      ? 'it does not fit the area'
      : undefined,
  );
  header.bits(`${name}.checksum`, at + 16);
  header.bits(`${name}.flags`, at + 20);
}
