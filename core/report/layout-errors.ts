/** Why a device cannot be laid out as asked, in LVM's words. */
import { unreachable } from '../base/assert.ts';
import type { PvLayoutRefusal } from '../contract/errors.ts';

export function layoutLines(device: string, why: PvLayoutRefusal): readonly string[] {
  const format = `Format-specific initialisation of physical volume ${device} failed.`;
  switch (why.kind) {
    case 'offset-above-alignment': {
      const than = `pe_align_offset (${why.offset} sectors)`;
      const rule = `pe_align (${why.alignment} sectors) must not be less than ${than}`;
      return [`${device}: ${rule}`, format];
    }
    case 'size-below-minimum':
      return [`${device}: Size must exceed minimum of ${why.least} sectors.`];
    case 'alignment-beyond-device':
      return [`${device}: Data alignment must not exceed device size.`];
    case 'bootloader-beyond-device': {
      const rule = 'Bootloader area with data-aligned start must not exceed device size.';
      return [`${device}: ${rule}`, format];
    }
    case 'bootloader-overlaps':
      return [`${device}: Bootloader area would overlap data area.`, format];
    case 'extents-beyond-device':
      return [`Physical extents end beyond end of device ${device}.`, format];
    case 'no-space':
      return noSpace(device, why.index);
    case 'area-too-small': {
      const least = `It must be at least ${why.least} bytes.`;
      const small = `Metadata area size too small: ${why.bytes} bytes. ${least}`;
      return [small, ...noSpace(device, why.index)];
    }
    default:
      return unreachable(why);
  }
}

const noSpace = (device: string, index: number): readonly string[] => [
  `Not enough space available for metadata area with index ${index} on PV ${device}.`,
  `Failed to add metadata area for new physical volume ${device}`,
];
