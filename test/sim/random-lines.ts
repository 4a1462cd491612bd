/** Random command lines over whatever a lab holds, most of them sensible, some refused. */
import type { LabState, LvState, PvState, VgState } from '../../core/contract/state.ts';
import type { Prng } from '../../core/env/prng.ts';

/** What there is, with names for what there is not. */
interface Ground {
  readonly random: Prng;
  readonly vg: string;
  /** `vg/lv`, of any group. */
  readonly volume: string;
  /** A PV of a group. */
  readonly member: string;
  readonly orphan: string;
  readonly disk: string;
}

const LINES = {
  pvcreate: ({ disk }) => `pvcreate ${disk}`,
  pvremove: ({ orphan }) => `pvremove ${orphan}`,
  pvchange: ({ random, member }) =>
    `pvchange ${random.pick(['-x n', '-x y', '--addtag slow', '-u'])} ${member}`,
  pvresize: ({ random, disk }) =>
    `pvresize --setphysicalvolumesize ${random.pick(['20m', '30m', '32m'])} -y ${disk}`,
  vgcreate: ({ random, disk }) => `vgcreate -s 1m ${random.pick(GROUPS)} ${disk}`,
  vgextend: ({ vg, disk }) => `vgextend ${vg} ${disk}`,
  vgreduce: ({ vg, member }) => `vgreduce ${vg} ${member}`,
  vgrename: ({ random, vg }) => `vgrename ${vg} ${random.pick(GROUPS)}`,
  vgremove: ({ random, vg }) => `vgremove ${random.pick(['', '-y '])}${vg}`,
  vgchange: ({ random, vg }) =>
    `vgchange ${random.pick(['-ay', '-an', '-x n', '-x y', '--addtag t', '-u', '-l 9'])} ${vg}`,
  vgsplit: ({ random, vg, member }) => `vgsplit ${vg} ${random.pick(GROUPS)} ${member}`,
  vgmerge: ({ random, vg }) => `vgmerge ${vg} ${random.pick(GROUPS)}`,
  vgexport: ({ vg }) => `vgexport ${vg}`,
  vgimport: ({ vg }) => `vgimport ${vg}`,
  vgck: ({ vg }) => `vgck --updatemetadata ${vg}`,
  lvcreate: ({ random, vg }) => {
    const options = random.pick(['', '-an ', '-i 2 ']);
    return `lvcreate ${options}-l ${1 + random.below(9)} -n ${name(random)} ${vg}`;
  },
  virtual: ({ random, vg }) => {
    const type = random.pick(['zero', 'error']);
    return `lvcreate --type ${type} -l ${1 + random.below(9)} -n ${name(random)} ${vg}`;
  },
  lvextend: ({ random, volume }) => `lvextend -l +${1 + random.below(6)} ${volume}`,
  lvreduce: ({ random, volume }) => `lvreduce -y -l -${1 + random.below(4)} ${volume}`,
  lvrename: ({ random, volume }) => `lvrename ${volume} ${name(random)}`,
  lvremove: ({ random, volume }) => `lvremove ${random.pick(['', '-y '])}${volume}`,
  lvchange: ({ random, volume }) =>
    `lvchange ${random.pick(['-ay', '-an', '-p r', '-p rw', '--addtag t', '-C y'])} ${volume}`,
  remove: ({ volume }) => `dmsetup remove ${volume.replace('/', '-')}`,
  report: ({ random }) => random.pick(['lvs -a', 'vgs', 'pvs', 'dmsetup ls']),
} satisfies Record<string, (ground: Ground) => string>;

const GROUPS = ['data', 'vg', 'a-b'];
const name = (random: Prng): string => random.pick(['home', 'db', 'l-v', 'x1', 'x2']);

export type LineKind = keyof typeof LINES;
export const LINE_KINDS = Object.keys(LINES) as readonly LineKind[];

/** @param disks paths of all disks of the lab. */
export function randomLine(
  kind: LineKind,
  state: LabState,
  disks: readonly string[],
  random: Prng,
): string {
  const volumes = state.vgs.flatMap((vg): readonly LvState[] => vg.lvs);
  const members = state.vgs.flatMap((vg): readonly PvState[] => vg.pvs);
  const one = <T>(items: readonly T[], text: (item: T) => string, none: string): string =>
    items.length === 0 || random.chance(4) ? none : text(random.pick(items));
  return LINES[kind]({
    random,
    vg: one(state.vgs, (vg: VgState) => vg.name, 'nosuch'),
    volume: one(volumes, (lv) => `${lv.vg}/${lv.name}`, 'nosuch/none'),
    member: one(members, (pv) => pv.device, '/dev/nosuch'),
    orphan: one(state.orphans, (pv) => pv.device, '/dev/nosuch'),
    disk: random.pick(disks),
  });
}
