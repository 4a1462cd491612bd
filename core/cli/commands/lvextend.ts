import type { SizeSpec } from '../../lvm/ops/size.ts';
import { NEVER, type GrowthPolicy } from '../../lvm/ops/snapshot/policy.ts';
import { overriddenNumber, type Overrides } from '../config-option.ts';
import { LATER_OF_RESIZING, laterOfResizing } from '../later-options.ts';
import { addedType } from '../segment-types.ts';
import {
  ADDED_TYPE,
  ALLOC,
  defined,
  FORCE,
  lvOf,
  RESIZE_FS,
  SIZE,
  STRIPING,
  syntax,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';

/** PVs and no size: all that is free on them. */
const ALL_OF_THE_PVS: SizeSpec = { by: 'percent', percent: 100, of: 'PVS', sign: '+' };

/** As LVM has it where nothing is said. */
const USUAL = { threshold: NEVER, percent: 20 };

function growthPolicy(settings: Overrides): GrowthPolicy {
  const set = (name: 'threshold' | 'percent'): number =>
    overriddenNumber(settings, `activation/snapshot_autoextend_${name}`) ?? USUAL[name];
  return { threshold: set('threshold'), percent: set('percent') };
}

const ignoring = (given: SizeSpec | undefined): Pick<GrowthPolicy, 'notices'> =>
  given ? { notices: [{ code: 'size-ignored' }] } : {};

export const lvextend: ChangeCommand = {
  name: 'lvextend',
  about: 'Add space to a logical volume',
  forms: [
    '-L|--size [+]Size[m|UNIT] LV [ PV ... ]',
    '-l|--extents [+]Number[PERCENT] LV [ PV ... ]',
    'LV PV ...',
  ],
  options: [
    ...SIZE,
    ...STRIPING,
    ADDED_TYPE,
    ALLOC,
    FORCE,
    ...RESIZE_FS,
    valued('mirrors', 'm', 'Number'),
    flag('usepolicies'),
    flag('nosync'),
    ...LATER_OF_RESIZING,
  ],
  parse(line, known) {
    const [target, ...pvs] = line.words;
    const given = line.amount('+');
    const type = addedType(line, known);
    const unbuilt = laterOfResizing(line);
    const wishes = defined({
      ...line.striping(),
      type: type.ok ? type.value : undefined,
      allocation: line.policy(),
      clingTags: line.clingTags(),
      pvs: pvs.length === 0 ? undefined : pvs,
      resizeFs: line.has('resizefs') ? (true as const) : undefined,
      mirrors: line.count('mirrors'),
      nosync: line.has('nosync') ? (true as const) : undefined,
    });
    const policies = line.has('usepolicies');
    const size = given ?? (pvs.length > 0 || policies ? ALL_OF_THE_PVS : undefined);
    if (unbuilt) return line.refuse(unbuilt);
    if (target === undefined || !size) return line.refuse(syntax());
    if (!type.ok) return line.refuse(type);
    const path = lvOf(target);
    if (!path.ok) return line.refuse(path);
    const policy = policies ? { ...growthPolicy(line.settings), ...ignoring(given) } : undefined;
    const byPolicy = defined({ policy });
    return line.requests([{ verb: 'lvextend', ...path.value, size, ...wishes, ...byPolicy }]);
  },
};
