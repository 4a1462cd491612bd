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
import type { Verb } from './verb.ts';
import {
  deps,
  info,
  ls,
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
  message,
  ls,
  info,
  deps,
  status,
  table,
  wait,
  mknodes,
  mangleNames,
  targetVersion,
  targets,
  version,
  splitname,
];
