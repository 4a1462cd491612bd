/** Why a volume that is a part of another one is not changed by itself, as LVM says it. */
import type { VolumeError } from '../contract/errors.ts';

type Hidden = Extract<VolumeError, { readonly code: 'lv-internal' }>;

export function hiddenLvLines({ vg, lv, command, part, layer }: Hidden): readonly string[] {
  const path = `${vg}/${lv}`;
  switch (command) {
    case 'lvrename':
      return [`Cannot rename internal LV "${lv}".`];
    case 'lvextend':
    case 'lvreduce':
    case 'lvresize':
      return [`Can't resize internal logical volume ${path}.`];
    case 'lvremove': {
      if (layer) return [`Can't remove locked logical volume ${path}.`];
      if (!part) break;
      const user = part === 'log' ? 'used as mirror log' : 'used by a mirror';
      return [`Can't remove logical volume ${path} ${user}.`];
    }
    case 'lvchange':
      if (!part && !layer) break;
      return [
        `Command on LV ${path} is invalid on LV with properties: ` +
          (part ? `lv_is_mirror_${part} .` : 'lv_is_pvmove .'),
        `Command not permitted on LV ${path}.`,
      ];
  }
  return [`Operation not permitted on hidden LV ${path}.`];
}
