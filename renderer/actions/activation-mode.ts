/** What is done about missing pieces where volumes are brought up. */
import type { VgState } from '../../core/contract/state.ts';
import type { ActionField, Values } from './action.ts';

const DEFAULT = 'degraded';

/** Asked only where something is missing: else the modes are one. */
export const modeFields = (vg: VgState | undefined): readonly ActionField[] =>
  vg?.pvs.some(({ missing }) => missing)
    ? [
        {
          id: 'mode',
          label: 'Activation mode',
          kind: 'choice',
          options: [DEFAULT, 'complete', 'partial'],
          hint: 'partial: what is missing fails all I/O, the rest works',
        },
      ]
    : [];

export const modeInitial: Values = { mode: DEFAULT };

export const modeOptions = ({ mode = DEFAULT }: Values): readonly string[] =>
  mode === DEFAULT ? [] : ['--activationmode', mode];
