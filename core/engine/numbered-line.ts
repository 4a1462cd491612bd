/** Lines of tables as the kernel takes them. */
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { dmName } from '../lvm/activate/names.ts';

/** Behind start, length and type. */
const FIRST_ARGUMENT = 3;

/**
 * By number, as libdm does it: a device that never went live has no name in /dev yet. Names and
 * LVM's links are found among a target's arguments; a device may be called what a target is.
 */
export function numberedLine(line: string, dm: Pick<DeviceMapper, 'state'>): string {
  const named = (word: string, index: number): string => {
    if (index < FIRST_ARGUMENT) return word;
    const [, vg, lv] = /^\/dev\/(?!mapper\/)([^/]+)\/([^/]+)$/.exec(word) ?? [];
    const name = vg !== undefined && lv !== undefined ? dmName(vg, lv) : word;
    return dm.state(name)?.devno ?? word;
  };
  return line.split(' ').map(named).join(' ');
}
