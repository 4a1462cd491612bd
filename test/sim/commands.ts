import { SectorStore } from '../../core/block/sector-store.ts';
import type { VgState } from '../../core/contract/state.ts';
import { prepared, type Platters } from '../support/lab.ts';

/** The commands that every fault loop goes through, with what must be there before. */
export interface Case {
  readonly name: string;
  readonly before: readonly string[];
  readonly command: string;
  /** Index of a disk that is blank by then: its PV is missing. */
  readonly lost?: number;
}

export async function platterOf({ before, lost }: Case): Promise<Platters> {
  const platters = await prepared(before);
  return platters.map((store, index) => (index === lost ? new SectorStore() : store));
}

/** Another one than that of the preparation: identifiers must not meet. */
export const SEED = 7;

const PVS = 'pvcreate /dev/sda /dev/sdb /dev/sdc /dev/sdd';
const GROUP = ['vgcreate -s 1m vg /dev/sda /dev/sdb'];
const VOLUMES = [...GROUP, 'lvcreate -n home -l 6 vg', 'lvcreate -n data -i 2 -l 4 vg'];

/** Volumes that do not come up by themselves. */
const DOWN = [...VOLUMES, 'vgchange --setautoactivation n vg', 'vgchange -an vg'];

/** A command that must work whatever became of the one before. */
export function nextLine(vgs: readonly Pick<VgState, 'name' | 'attr'>[]): string {
  const [vg] = vgs;
  if (!vg) return 'pvcreate -y -ff /dev/sda';
  if (vg.attr.includes('p')) return `vgreduce --removemissing --force ${vg.name}`;
  return vg.attr.includes('x') ? `vgimport ${vg.name}` : `lvcreate -n later -l 1 ${vg.name}`;
}

export const CASES: readonly Case[] = [
  { name: 'pvcreate', before: [], command: 'pvcreate /dev/sda /dev/sdb' },
  { name: 'vgcreate', before: [], command: 'vgcreate -s 1m vg /dev/sda /dev/sdb' },
  { name: 'vgextend', before: VOLUMES, command: 'vgextend vg /dev/sdc' },
  { name: 'pvremove', before: [PVS], command: PVS.replace('create', 'remove') },
  { name: 'pvchange', before: VOLUMES, command: 'pvchange -x n --addtag slow /dev/sdb' },
  { name: 'pvresize', before: VOLUMES, command: 'pvresize --setphysicalvolumesize 20m /dev/sdb' },
  {
    name: 'vgreduce',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    command: 'vgreduce vg /dev/sdc',
  },
  { name: 'vgrename', before: VOLUMES, command: 'vgrename vg v2' },
  { name: 'vgchange', before: VOLUMES, command: 'vgchange -s 512k --addtag rack7 vg' },
  { name: 'vgexport', before: DOWN, command: 'vgexport vg' },
  { name: 'vgimport', before: [...DOWN, 'vgexport vg'], command: 'vgimport vg' },
  {
    name: 'vgreduce --removemissing',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    command: 'vgreduce --removemissing vg',
    lost: 2,
  },
  {
    name: 'vgreduce --removemissing --force',
    before: VOLUMES,
    command: 'vgreduce --removemissing --force vg',
    lost: 1,
  },
  { name: 'vgextend with a PV missing', before: VOLUMES, command: 'vgextend vg /dev/sdc', lost: 1 },
  { name: 'vgremove', before: VOLUMES, command: 'vgremove -y vg' },
  { name: 'lvcreate', before: VOLUMES, command: 'lvcreate -n new -l 5 vg' },
  { name: 'lvcreate striped', before: VOLUMES, command: 'lvcreate -n new -i 2 -l 6 vg' },
  { name: 'lvextend', before: VOLUMES, command: 'lvextend -l +4 vg/home' },
  { name: 'lvreduce', before: VOLUMES, command: 'lvreduce -y -l -4 vg/home' },
  { name: 'lvresize', before: VOLUMES, command: 'lvresize -y -l 2 vg/data' },
  { name: 'lvchange', before: VOLUMES, command: 'lvchange -p r --addtag cold vg/home' },
  { name: 'lvremove', before: VOLUMES, command: 'lvremove -y vg/home' },
  { name: 'lvrename', before: VOLUMES, command: 'lvrename vg home haus' },
];
