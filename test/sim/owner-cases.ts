/** Fault loops over commands that say which machine a group belongs to. */
import type { Case } from './commands.ts';

/** The same system ID wherever it runs. */
const OF_HOST = '--config \'global/system_id_source="lvmlocal" local/system_id="lvmhost"\'';
const OWNED = [
  `vgcreate --systemid lvmhost -s 1m vg /dev/sda /dev/sdb ${OF_HOST}`,
  `lvcreate -an -Zn -l 6 -n home vg ${OF_HOST}`,
];
const NEXT = `lvcreate -an -Zn -l 1 -n later vg ${OF_HOST}`;

export const OWNER_CASES: readonly Case[] = [
  {
    name: 'vgchange --systemid',
    before: OWNED,
    command: `vgchange -y --systemid '' vg ${OF_HOST}`,
    next: NEXT,
  },
];
