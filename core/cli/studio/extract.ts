/** `extract`: a volume into a file, as a job. */
import { err, ok, type Result } from '../../base/result.ts';
import { jobFailure, startExtract, type ExtractWish } from '../../engine/extract.ts';
import { flag, parseOptions } from '../getopt.ts';
import { printed, refused, STATUS } from '../output.ts';
import { exportTarget } from './export.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

const OPTIONS = [flag('force', 'f'), flag('background', 'b'), flag('help', 'h')];

export const EXTRACT_HELP: readonly string[] = [
  '  extract - Copy a logical volume into a file',
  '',
  '  extract VG/LV FILE',
  '        [ -f|--force ]       replace a FILE that is there',
  '        [ -b|--background ]  do not wait for the end: "job list", "job cancel ID"',
  '',
  '  FILE gets the size of the volume, with holes where the volume holds nothing but zeros. It',
  '  appears under its name when it is complete and on the disk; nothing is left of one that was',
  '  cancelled or failed.',
  '',
  '  It is not a snapshot: each block is as the volume held it when that block was read. For the',
  '  content of one moment stop first what writes to the volume.',
];

interface ExtractLine {
  readonly wish: ExtractWish;
  readonly background: boolean;
}

export const extract: StudioCommand = {
  name: 'extract',

  async run(args, engine) {
    if (args.includes('--help')) return printed(EXTRACT_HELP);
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    const { wish, background } = line.value;
    const started = await startExtract(wish, engine);
    if (!started.ok) return failed('extract', started.error);
    const { state, ended } = started.value;
    if (background) return printed([`  Job ${state.id} has begun: ${state.title}`]);
    const failure = jobFailure(await ended);
    return failure
      ? failed('extract', failure)
      : printed([`  ${state.volume} extracted to ${wish.file}`]);
  },

  preview: (argv) => Promise.resolve(previewOf(argv, readLine(argv.slice(1)))),
};

/** The error is a clause. */
function readLine(args: readonly string[]): Result<ExtractLine, string> {
  const options = parseOptions(args, OPTIONS);
  if (!options.ok) return err(`extract: ${options.error.why}`);
  const { positionals, values } = options.value;
  const [volume = '', file, ...surplus] = positionals;
  const target = exportTarget(volume);
  if (!target || file === undefined || file === '' || surplus.length > 0) {
    return err('extract VG/LV FILE [--force] [--background]');
  }
  const wish = { target, file, force: values.has('force') };
  return ok({ wish, background: values.has('background') });
}
