/** To add a command of LV Studio's own: one file beside this one, then one line here. */
import { dropFailedLegs } from './drop-failed-legs.ts';
import { exportCommand } from './export.ts';
import { extract } from './extract.ts';
import { job } from './job.ts';
import { lab } from './lab.ts';
import { powerCut } from './power-cut.ts';
import { propose } from './propose.ts';
import { throttle } from './throttle.ts';
import type { StudioCommand } from './studio-command.ts';

const STUDIO_COMMANDS: readonly StudioCommand[] = [
  lab,
  exportCommand,
  extract,
  job,
  propose,
  throttle,
  powerCut,
  dropFailedLegs,
];

export const studioCommand = (name: string | undefined): StudioCommand | undefined =>
  STUDIO_COMMANDS.find((one) => one.name === name);
