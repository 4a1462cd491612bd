/** The kinds of snapshots that the loop compares, in the order of the table. */
import { EVMS_MODES } from './evms-mode.ts';
import { PERSISTENT } from './persistent-mode.ts';
import type { Mode } from './types.ts';

export const MODES: readonly Mode[] = [...EVMS_MODES, PERSISTENT];
