/** PVs whose last metadata area moves with their end. */
import type { Case } from './commands.ts';

const DOWN = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb',
  'vgchange --setautoactivation n vg',
  'lvcreate -an -Zn -n home -l 6 vg',
  'lvcreate -an -Zn -n data -i 2 -l 4 vg',
];
const TWO_AREAS = [...DOWN, 'vgextend --pvmetadatacopies 2 vg /dev/sdc'];
const SHRUNK = [...TWO_AREAS, 'pvresize -y --setphysicalvolumesize 20m /dev/sdc'];
const SHIFTED = [...TWO_AREAS, 'pvresize -y --setphysicalvolumesize 31744k /dev/sdc'];
const ONLY = ['vgcreate -s 1m --pvmetadatacopies 2 vg /dev/sda', 'lvcreate -an -Zn -l 9 -n a vg'];

export const RESIZE_CASES: readonly Case[] = [
  {
    name: 'pvresize to less, area at the end',
    before: TWO_AREAS,
    command: 'pvresize -y --setphysicalvolumesize 20m /dev/sdc',
  },
  {
    name: 'pvresize to more, area at the end',
    before: SHRUNK,
    command: 'pvresize /dev/sdc',
  },
  {
    name: 'pvresize of the only PV, area at the end',
    before: ONLY,
    command: 'pvresize -y --setphysicalvolumesize 20m /dev/sda',
  },
  {
    name: 'pvresize by less than the area, to less',
    before: TWO_AREAS,
    command: 'pvresize -y --setphysicalvolumesize 31744k /dev/sdc',
  },
  { name: 'pvresize by less than the area', before: SHIFTED, command: 'pvresize /dev/sdc' },
  {
    name: 'pvresize, area at the end aside',
    before: [...TWO_AREAS, 'pvchange --metadataignore y /dev/sdc'],
    command: 'pvresize -y --setphysicalvolumesize 20m /dev/sdc',
  },
  {
    name: 'pvresize to more, area at the end aside',
    before: [...SHRUNK, 'pvchange --metadataignore y /dev/sdc'],
    command: 'pvresize /dev/sdc',
  },
  {
    name: 'pvresize of an orphan with an area at the end',
    before: ['pvcreate --pvmetadatacopies 2 /dev/sda'],
    command: 'pvresize -y --setphysicalvolumesize 20m /dev/sda',
    orphans: true,
  },
];
