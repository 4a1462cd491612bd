/** Names and tags that LVM accepts (reference 2.8), and free section names. */
import type { NameRefusal, VolumeError } from '../../contract/errors.ts';
import type { VolumeGroup } from './model.ts';

export type NameRefused = Extract<VolumeError, { readonly code: 'name-refused' }>;

/** Characters of a VG or LV name at most. */
const NAME_MAX = 127;
const RESERVED_PREFIXES = ['pvmove', 'snapshot'];
const RESERVED_PARTS = [
  '_cdata',
  '_cmeta',
  '_corig',
  '_cpool',
  '_cvol',
  '_wcorig',
  '_mimage',
  '_mlog',
  '_rimage',
  '_rmeta',
  '_tdata',
  '_tmeta',
  '_vdata',
  '_imeta',
  '_iorig',
  '_pmspare',
  '_vorigin',
];

/** A name no program could have made. Reserved names pass: LVM itself uses them for parts. */
export function nameRefusal(name: string): NameRefusal | undefined {
  if (name === '') return 'empty';
  if (name.startsWith('-')) return 'hyphen';
  if (!/^[a-zA-Z0-9._+-]*$/.test(name)) return 'character';
  if (name === '.' || name === '..') return 'dots';
  return name.length > NAME_MAX ? 'too-long' : undefined;
}

/** Undefined: the name is fine. */
export function checkVgName(name: string): NameRefused | undefined {
  const why = nameRefusal(name);
  return why && { code: 'name-refused', object: 'vg', name, why };
}

/** For names that an operator gives; whether it is taken is another question. */
export function checkLvName(vg: string, name: string): NameRefused | undefined {
  const refused = (why: NameRefusal, reserved?: string): NameRefused => ({
    code: 'name-refused',
    object: 'lv',
    name,
    why,
    ...(reserved === undefined ? {} : { reserved }),
  });
  const why = nameRefusal(name);
  // The name of the mapped device, with its hyphen, must fit. LVM says one more than it takes.
  const max = NAME_MAX - vg.length - 2;
  if (why === 'too-long' || (!why && name.length > max)) return { ...refused('too-long'), max };
  if (why) return refused(why);
  if (name.length === max) return refused('too-long');
  const prefix = RESERVED_PREFIXES.find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) return refused('reserved-prefix', prefix);
  const part = RESERVED_PARTS.find((reserved) => name.includes(reserved));
  return part === undefined ? undefined : refused('reserved-part', part);
}

/**
 * Volumes whose mapped device would have no name, in LVM's words: it names the limit of a device's
 * name, and takes the hyphen between group and volume for three characters.
 */
export function unfitLvs(vg: VolumeGroup): readonly string[] {
  return vg.lvs.flatMap(({ name }) => {
    const length = vg.name.length + name.length + 3;
    if (length <= NAME_MAX) return [];
    return `LV name "${vg.name}/${name}" length ${length} is not supported.`;
  });
}

/** @param tag without the `@` of the command line. */
export function checkTag(tag: string): NameRefused | undefined {
  const why = tagRefusal(tag);
  return why && { code: 'name-refused', object: 'tag', name: tag, why };
}

function tagRefusal(tag: string): NameRefusal | undefined {
  if (tag === '') return 'empty';
  return /^[A-Za-z0-9_+.\-/=!:#&]*$/.test(tag) ? undefined : 'character';
}

/**
 * The first names of the form `pvN` that no PV section has. A new PV takes one; the others keep
 * theirs, because segments of unknown types may refer to them.
 */
export function unusedPvSections(vg: VolumeGroup, count: number): readonly string[] {
  const used = new Set(vg.pvs.map((pv) => pv.section));
  const free: string[] = [];
  for (let index = 0; free.length < count; index++) {
    const name = `pv${index}`;
    if (!used.has(name)) free.push(name);
  }
  return free;
}
