/** To add a verb: write it beside these, and one line here. */
import {
  clear,
  mangleNames,
  message,
  mknodes,
  remove,
  removeAll,
  rename,
  resume,
  suspend,
  wipeTable,
} from './change-verbs.ts';
import { create, load, reload } from './create-verbs.ts';
import { setgeometry } from './geometry-verb.ts';
import { stats, UDEV_VERBS } from './udev-verbs.ts';
import type { Verb } from './verb.ts';
import {
  deps,
  info,
  ls,
  measure,
  splitname,
  status,
  table,
  targets,
  targetVersion,
  version,
  wait,
} from './view-verbs.ts';

/** In the order of the usage. */
export const VERBS: readonly Verb[] = [
  create,
  remove,
  removeAll,
  suspend,
  resume,
  load,
  clear,
  reload,
  wipeTable,
  rename,
  measure,
  message,
  ls,
  info,
  deps,
  stats,
  status,
  table,
  wait,
  mknodes,
  mangleNames,
  ...UDEV_VERBS,
  targetVersion,
  targets,
  version,
  setgeometry,
  splitname,
];
