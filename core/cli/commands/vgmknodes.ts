/** vgmknodes: nodes of a lab are there with their devices, so that nothing has to be made. */
import type { CommandResult } from '../../contract/api.ts';
import type { QueryCommand } from '../command.ts';
import { vgToRead } from '../../lvm/ops/find.ts';
import { flag } from '../getopt.ts';
import { knownIn } from '../known.ts';
import { volumesOf } from '../objects.ts';
import { errorOutput, STATUS } from '../output.ts';
import { usageRefusal } from '../usage.ts';

export const vgmknodes: QueryCommand = {
  name: 'vgmknodes',
  about: 'Create the special files for volume group devices in /dev',
  forms: ['[ VG|LV|Tag ... ]'],
  options: [flag('refresh')],
  async run(line, engine): Promise<CommandResult> {
    const source = await engine.source();
    const known = knownIn(source, engine);
    const volumes = volumesOf(line, known);
    if (!volumes.ok) return usageRefusal(vgmknodes, volumes.error);
    const output = volumes.value.flatMap(({ vg, lv }) => {
      const present = known.lvsOf(vg);
      if (!present) {
        const read = vgToRead(source, vg);
        return read.ok ? [] : errorOutput(read.error, 'vgmknodes');
      }
      return present.includes(lv) ? [] : errorOutput({ code: 'lv-not-found', vg, lv }, 'vgmknodes');
    });
    return { status: output.length > 0 ? STATUS.failed : STATUS.done, output };
  },
};
