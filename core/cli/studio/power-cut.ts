/** `power-cut`: what a lab is like after its machine lost power in the middle of something. */
import { err, ok, type Result } from '../../base/result.ts';
import { printed, refused, STATUS } from '../output.ts';
import { previewOf, type StudioCommand } from './studio-command.ts';

export const powerCut: StudioCommand = {
  name: 'power-cut',

  async run(args, engine) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    if (!engine.cutPower) return refused(STATUS.failed, ['  Nobody would open this lab again.']);
    await engine.cutPower();
    return printed(['  The power was cut: the lab is opened again as its disks are now.']);
  },

  preview(argv) {
    const seen = previewOf(argv, readLine(argv.slice(1)));
    return Promise.resolve(seen.ok ? ok({ ...seen.value, warnings: [LOST] }) : seen);
  },
};

const LOST =
  'Nothing is finished or put in order: what has not reached the disks is lost, exports end, and ' +
  'the lab is opened anew.';

/** The error is a clause. */
const readLine = (args: readonly string[]): Result<undefined, string> =>
  args.length === 0 ? ok(undefined) : err('power-cut takes no argument');
