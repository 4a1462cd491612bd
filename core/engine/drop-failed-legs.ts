/** Tables of mirrors with and without the feature by which they drop a failed leg themselves. */
import type { DmDeviceState, TargetState } from '../contract/state.ts';

const FEATURE = 'drop_failed_legs';
/** Of features that go with it, and one that does not. */
const NEEDED = 'handle_errors';
const EXCLUDED = 'keep_log';

/** The lines of the live table as they are to be; undefined: there is no mirror in it. */
export function tableWith(
  { live = [] }: Pick<DmDeviceState, 'live'>,
  drops: boolean,
): readonly string[] | undefined {
  if (!live.some(({ type }) => type === 'mirror')) return undefined;
  return live.map((target) => {
    const { start, length, type, params } = target;
    const after = type === 'mirror' ? mirrorParams(target, drops) : params;
    return `${start} ${length} ${type} ${after}`.trimEnd();
  });
}

/** Its arguments are a log's, legs with places, and features, each behind its count. */
function mirrorParams({ params }: TargetState, drops: boolean): string {
  const [log = '', logCount = '0', ...rest] = params.split(' ');
  const logArgs = rest.slice(0, Number(logCount));
  const [legCount = '0', ...behind] = rest.slice(logArgs.length);
  const legs = behind.slice(0, 2 * Number(legCount));
  const [, ...features] = behind.slice(legs.length);
  const others = features.filter((one) => one !== FEATURE && one !== NEEDED);
  const kept = drops
    ? [NEEDED, ...others.filter((one) => one !== EXCLUDED), FEATURE]
    : [...(features.includes(NEEDED) ? [NEEDED] : []), ...others];
  const tail = kept.length > 0 ? [kept.length, ...kept] : [];
  return [log, logCount, ...logArgs, legCount, ...legs, ...tail].join(' ');
}
