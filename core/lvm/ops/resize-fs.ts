/** `-r`: the file system of a volume cannot be resized here (docs/decisions/013). */
import { dmName } from '../activate/names.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { LogicalVolume, VolumeGroup } from '../format/model.ts';
import type { OpContext } from './context.ts';
import { isActive } from './find.ts';

export function resizeFsRefusal(
  context: OpContext,
  vg: VolumeGroup,
  lv: LogicalVolume,
): VolumeError {
  if (!isActive(context, vg, lv)) {
    return { code: 'resize-fs-inactive', vg: vg.name, lv: lv.name };
  }
  return { code: 'resize-fs-unknown', device: dmName(vg.name, lv.name) };
}
