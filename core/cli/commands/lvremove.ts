import { FORCE, syntax, type ChangeCommand } from '../command.ts';
import { emptyTag, namesObjects, volumesOf } from '../objects.ts';

export const lvremove: ChangeCommand = {
  name: 'lvremove',
  about: 'Remove logical volume(s) from the system',
  forms: ['VG|LV|Tag|Select ...'],
  options: [FORCE],
  preface: emptyTag,
  parse(line, known) {
    if (!namesObjects(line)) return line.refuse(syntax());
    const volumes = volumesOf(line, known);
    if (!volumes.ok) return line.refuse(volumes);
    const force = line.has('force') ? { force: true } : {};
    const several = volumes.value.length > 1;
    return line.requests(
      volumes.value.map((one) => {
        const isThere = known.lvsOf(one.vg)?.includes(one.lv) === true;
        const beside = several && isThere ? ({ beside: true } as const) : {};
        return { verb: 'lvremove', ...one, ...force, ...beside };
      }),
    );
  },
};
