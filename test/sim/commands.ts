/** The commands that every fault loop goes through, with what must be there before. */
export interface Case {
  readonly name: string;
  readonly before: readonly string[];
  readonly command: string;
}

/** Another one than that of the preparation: identifiers must not meet. */
export const SEED = 7;

const GROUP = ['vgcreate -s 1m vg /dev/sda /dev/sdb'];
const VOLUMES = [...GROUP, 'lvcreate -n home -l 6 vg', 'lvcreate -n data -i 2 -l 4 vg'];

export const CASES: readonly Case[] = [
  { name: 'pvcreate', before: [], command: 'pvcreate /dev/sda /dev/sdb' },
  { name: 'vgcreate', before: [], command: 'vgcreate -s 1m vg /dev/sda /dev/sdb' },
  { name: 'vgextend', before: VOLUMES, command: 'vgextend vg /dev/sdc' },
  { name: 'vgremove', before: VOLUMES, command: 'vgremove -y vg' },
  { name: 'lvcreate', before: VOLUMES, command: 'lvcreate -n new -l 5 vg' },
  { name: 'lvcreate striped', before: VOLUMES, command: 'lvcreate -n new -i 2 -l 6 vg' },
  { name: 'lvextend', before: VOLUMES, command: 'lvextend -l +4 vg/home' },
  { name: 'lvremove', before: VOLUMES, command: 'lvremove -y vg/home' },
  { name: 'lvrename', before: VOLUMES, command: 'lvrename vg home haus' },
];
