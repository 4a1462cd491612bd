/** To add a command: one file beside this one, then one line here. */
import type { ChangeCommand, QueryCommand } from '../command.ts';
import { lvchange } from './lvchange.ts';
import { lvconvert } from './lvconvert.ts';
import { lvcreate } from './lvcreate.ts';
import { lvextend } from './lvextend.ts';
import { lvreduce } from './lvreduce.ts';
import { lvremove } from './lvremove.ts';
import { lvrename } from './lvrename.ts';
import { lvresize } from './lvresize.ts';
import { pvchange } from './pvchange.ts';
import { pvck } from './pvck.ts';
import { pvcreate } from './pvcreate.ts';
import { pvmove } from './pvmove.ts';
import { pvremove } from './pvremove.ts';
import { pvresize } from './pvresize.ts';
import { vgcfgbackup } from './vgcfgbackup.ts';
import { vgcfgrestore } from './vgcfgrestore.ts';
import { vgchange } from './vgchange.ts';
import { vgck } from './vgck.ts';
import { vgcreate } from './vgcreate.ts';
import { vgexport } from './vgexport.ts';
import { vgextend } from './vgextend.ts';
import { vgimport } from './vgimport.ts';
import { vgimportclone } from './vgimportclone.ts';
import { vgmerge } from './vgmerge.ts';
import { vgreduce } from './vgreduce.ts';
import { vgremove } from './vgremove.ts';
import { vgrename } from './vgrename.ts';
import { vgsplit } from './vgsplit.ts';
import { devtypes } from './devtypes.ts';
import { formats, segtypes, systemid, tags, version } from './about.ts';
import { lvdisplay, pvdisplay, vgdisplay } from './displays.ts';
import { config, dumpconfig, lvmconfig } from './lvmconfig.ts';
import { vgmknodes } from './vgmknodes.ts';
import {
  lastlog,
  lvmchange,
  lvmdevices,
  lvmsadc,
  lvmsar,
  pvdata,
  vgconvert,
  vgimportdevices,
} from './former.ts';
import { fullreport } from './fullreport.ts';
import { lvs, pvs, vgs } from './reports.ts';
import { lvmdiskscan, lvscan, pvscan, vgscan } from './scans.ts';

export const CHANGE_COMMANDS: readonly ChangeCommand[] = [
  pvcreate,
  pvmove,
  pvremove,
  pvchange,
  pvresize,
  pvck,
  vgcreate,
  vgextend,
  vgreduce,
  vgremove,
  vgrename,
  vgchange,
  vgsplit,
  lvconvert,
  vgmerge,
  vgimportclone,
  vgexport,
  vgimport,
  vgcfgrestore,
  vgck,
  lvcreate,
  lvextend,
  lvreduce,
  lvresize,
  lvremove,
  lvrename,
  lvchange,
];

export const QUERY_COMMANDS: readonly QueryCommand[] = [
  pvs,
  vgs,
  lvs,
  pvdisplay,
  vgdisplay,
  lvdisplay,
  pvscan,
  vgscan,
  lvscan,
  lvmdiskscan,
  fullreport,
  version,
  formats,
  devtypes,
  segtypes,
  tags,
  systemid,
  vgcfgbackup,
  lvmconfig,
  config,
  dumpconfig,
  vgmknodes,
  vgconvert,
  lastlog,
  pvdata,
  lvmchange,
  lvmsadc,
  lvmsar,
  lvmdevices,
  vgimportdevices,
];
