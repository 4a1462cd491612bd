/** To add a command: one file beside this one, then one line here. */
import type { ChangeCommand, QueryCommand } from '../command.ts';
import { lvcreate } from './lvcreate.ts';
import { lvextend } from './lvextend.ts';
import { lvremove } from './lvremove.ts';
import { lvrename } from './lvrename.ts';
import { lvs, pvs, vgs } from './reports.ts';
import { pvcreate } from './pvcreate.ts';
import { vgcreate } from './vgcreate.ts';
import { vgextend } from './vgextend.ts';
import { vgremove } from './vgremove.ts';

export const CHANGE_COMMANDS: readonly ChangeCommand[] = [
  pvcreate,
  vgcreate,
  vgextend,
  vgremove,
  lvcreate,
  lvextend,
  lvremove,
  lvrename,
];

export const QUERY_COMMANDS: readonly QueryCommand[] = [pvs, vgs, lvs];
