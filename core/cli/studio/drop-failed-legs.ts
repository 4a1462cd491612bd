/** `drop-failed-legs`: a mirror that goes on without a leg that failed, with nobody watching it. */
import { err, ok, type Result } from '../../base/result.ts';
import { joinWords } from '../../base/words.ts';
import { accepted } from '../../engine/run-plan.ts';
import { dmName } from '../../lvm/activate/names.ts';
import { errorLines } from '../../report/errors.ts';
import { splitLvPath } from '../command.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

export const dropFailedLegs: StudioCommand = {
  name: 'drop-failed-legs',

  async run(args, engine) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    const { name, drops } = line.value;
    const words = joinWords(['drop-failed-legs', ...args]);
    const { failure } = await engine.change(requestOf(line.value), words, accepted);
    if (failure) return failed('drop-failed-legs', failure);
    const how = drops
      ? 'drops a leg that fails by itself'
      : 'waits for its repair when a leg fails';
    return printed([`  ${name} ${how}, until another table is loaded.`]);
  },

  async preview(argv, engine) {
    const line = readLine(argv.slice(1));
    if (!line.ok) return previewOf(argv, line);
    const commandLine = joinWords(argv);
    const plan = await engine.plan(requestOf(line.value), commandLine);
    if (!plan.ok) return err({ error: plan.error, messages: errorLines(plan.error) });
    const steps = plan.value.steps.map(({ what, why }) => ({ what, why }));
    return ok({ commandLine, plans: [{ ...plan.value, steps }], questions: [], warnings: [] });
  },
};

interface DropLine {
  /** Of a mapped device. */
  readonly name: string;
  readonly drops: boolean;
}

const requestOf = ({ name, drops }: DropLine) =>
  ({ verb: 'dm-drop-legs', device: { name }, drops }) as const;

/** The error is a clause. */
function readLine([word, volume = '', ...surplus]: readonly string[]): Result<DropLine, string> {
  if ((word !== 'y' && word !== 'n') || surplus.length > 0) {
    return err('drop-failed-legs y|n VG/LV');
  }
  const path = splitLvPath(volume);
  if (!path) return err(`"${volume}" is no VG/LV`);
  return ok({ name: dmName(path.vg, path.lv), drops: word === 'y' });
}
