import { assert } from '../../base/assert.ts';
import type { TargetType } from '../target.ts';
import { error } from './error.ts';
import { linear } from './linear.ts';
import { striped } from './striped.ts';
import { zero } from './zero.ts';

/** To add a target: write one file beside this one, then add one line here. */
export const ALL_TARGETS: readonly TargetType[] = [linear, striped, error, zero];

const BY_NAME = new Map(ALL_TARGETS.map((type) => [type.name, type]));
assert(BY_NAME.size === ALL_TARGETS.length, 'two targets share a name');

export const targetType = (name: string): TargetType | undefined => BY_NAME.get(name);
