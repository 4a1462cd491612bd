import { assert } from '../../base/assert.ts';
import type { TargetType } from '../target.ts';
import { delay } from './delay.ts';
import { error } from './error.ts';
import { flakey } from './flakey.ts';
import { linear } from './linear.ts';
import { mirror } from './mirror.ts';
import { snapshotMerge } from './snapshot-merge.ts';
import { snapshotOrigin } from './snapshot-origin.ts';
import { snapshot } from './snapshot.ts';
import { striped } from './striped.ts';
import { zero } from './zero.ts';

/** To add a target: write one file beside this one, then add one line here. */
export const ALL_TARGETS: readonly TargetType[] = [
  linear,
  striped,
  error,
  zero,
  delay,
  flakey,
  mirror,
  snapshotOrigin,
  snapshot,
  snapshotMerge,
];

const names = new Set(ALL_TARGETS.map(({ name }) => name));
assert(names.size === ALL_TARGETS.length, 'two targets share a name');
