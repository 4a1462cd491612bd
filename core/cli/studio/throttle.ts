/** `throttle`: how fast mirrors are synchronized while the engine runs. */
import { err, ok, type Result } from '../../base/result.ts';
import { splitLvPath } from '../command.ts';
import { dmName } from '../../lvm/activate/names.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

interface ThrottleLine {
  /** Regions a second; undefined: as many as can. */
  readonly limit: number | undefined;
  /** Name of a mapped device; undefined: all that have no limit of their own. */
  readonly device: string | undefined;
}

export const throttle: StudioCommand = {
  name: 'throttle',

  async run(args, engine) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    const { limit, device } = line.value;
    const done = await engine.throttle(limit, device);
    if (!done.ok) return failed('throttle', done.error);
    const what = device === undefined ? 'Mirrors are' : `${device} is`;
    const how = limit === undefined ? 'as fast as can be' : `at ${limit} regions a second at most`;
    return printed([`  ${what} synchronized ${how}.`]);
  },

  preview: (argv) => Promise.resolve(previewOf(argv, readLine(argv.slice(1)))),
};

/** The error is a clause. */
function readLine([word = '', volume, surplus]: readonly string[]): Result<ThrottleLine, string> {
  const limit = word === 'off' ? undefined : Number(word);
  if (surplus !== undefined || (word !== 'off' && !/^\d{1,6}$/.test(word))) {
    return err('throttle REGIONS_PER_SECOND|off [VG/LV]');
  }
  if (volume === undefined) return ok({ limit, device: undefined });
  const path = splitLvPath(volume);
  return path ? ok({ limit, device: dmName(path.vg, path.lv) }) : err(`"${volume}" is no VG/LV`);
}
