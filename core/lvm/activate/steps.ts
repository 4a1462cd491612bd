/** The device-mapper steps of activation, deactivation and change (reference 8.4, 8.5). */
import { must } from '../../base/assert.ts';
import type { LogRecord, TreeKind } from '../../contract/log.ts';
import type { Step } from '../../contract/plan.ts';
import { splitDmName } from './names.ts';
import type { Suspension } from './device-steps.ts';
import { DeviceTree, PRESENT, type Era } from './device-tree.ts';
import type { Kernel, KernelDevice } from './kernel.ts';
import { bottomUp, topsOf, type DeviceNode } from './tree.ts';

/** The same steps with these records before the first and after the last; no step, no record. */
export function logged(
  steps: readonly Step[],
  first: readonly LogRecord[],
  then: readonly LogRecord[] = [],
): readonly Step[] {
  return steps.map((step, index) => ({
    ...step,
    log: {
      first: [...(index === 0 ? first : []), ...(step.log?.first ?? [])],
      then: [...(step.log?.then ?? []), ...(index === steps.length - 1 ? then : [])],
    },
  }));
}

/** What LVM logs where it builds a tree for the volume of this device. */
export function treeRecord(tree: TreeKind, device: string): LogRecord {
  const { vg, lv } = splitDmName(device);
  return { code: 'creating-tree', tree, vg, lv };
}

/** Creates, loads and resumes what is missing, children first. Nothing to do for one that runs. */
export function activateSteps(root: DeviceNode, kernel: Kernel): readonly Step[] {
  const runs = ({ uuid }: DeviceNode): boolean => {
    const device = kernel.find(uuid);
    return device?.live !== undefined && !device.suspended;
  };
  return topsOf(root).every(runs) ? [] : renewSteps(root, kernel);
}

/** The same for one that runs: what it has under old names gets its own. */
export function renewSteps(root: DeviceNode, kernel: Kernel): readonly Step[] {
  const steps = new DeviceTree(kernel, [root]).activate();
  return logged(steps, [treeRecord('ACTIVATE', root.name)], [treeRecord('CLEAN', root.name)]);
}

/**
 * Removes the device, then those below it that nothing else will need.
 * @param beside devices that go with it
 * @param stays is told of one of these that somebody has open; absent: none has
 */
export function deactivateSteps(
  root: DeviceNode,
  kernel: Kernel,
  beside: readonly DeviceNode[] = [],
  stays?: (device: KernelDevice) => void,
): readonly Step[] {
  const steps = new DeviceTree(kernel, [root, ...beside]).deactivate(stays);
  return logged(steps, [treeRecord('DEACTIVATE', root.name)]);
}

/** A live change in its three parts; the commit of the metadata comes between the last two. */
export interface Reload {
  readonly preload: readonly Step[];
  readonly suspend: readonly Step[];
  readonly resume: readonly Step[];
}

export interface ReloadParts {
  /** As the committed metadata has it; default: as it will be. */
  readonly before?: DeviceNode;
  /** Other volumes with a device of its tree: they change with it, in one cycle. */
  readonly beside?: readonly Beside[];
  /**
   * Volumes that leave the tree, with the tables that they are left with: these go live in the same
   * cycle, or two devices would write through one log for a moment (reference 8.5).
   */
  readonly detached?: readonly DeviceNode[];
  /** A volume that stands by itself from now on: it does so before the others go on. */
  readonly released?: DeviceNode;
  readonly era?: Era;
}

export interface Beside {
  readonly root: DeviceNode;
  /** As above. */
  readonly before: DeviceNode;
}

/**
 * New tables for devices that stay: preload bottom-up, suspend top-down, resume bottom-up. A device
 * whose name was changed by hand gets its own again, as LVM does it. Nothing of one that is down.
 */
export function reloadSteps(root: DeviceNode, kernel: Kernel, parts: ReloadParts = {}): Reload {
  const { before = root, beside = [], detached = [], released, era = PRESENT } = parts;
  const device = kernel.find(root.uuid);
  if (!device) return { preload: [], suspend: [], resume: [] };
  const passed = belowPassThrough(root, before, kernel);
  if (passed) return reloadSteps(passed.root, kernel, { ...parts, before: passed.before });
  const tree = (...nodes: readonly DeviceNode[]) => new DeviceTree(kernel, nodes, era);
  // What the file system above still keeps to itself belongs to the moment of a snapshot.
  // A mirror that failed would never finish: then what it holds waits for the next table, too.
  const below = [root, ...root.children].map(({ uuid }) => uuid);
  const freeze = root.beside !== undefined && !below.some((uuid) => kernel.fails(uuid));
  const how = freeze ? { flush: true, freeze } : suspensionOf(device, kernel);
  const record = (kind: TreeKind, { name }: DeviceNode) => [treeRecord(kind, name)];
  const roots = [root, ...beside.map((one) => one.root)];
  const apart = [
    ...(era.offTree === 'preloaded' ? detached : []),
    ...(released ? [released] : []),
    ...leftMirrors(root, before),
  ];
  const loaded = [...roots, ...apart];
  const preload = loaded.flatMap((node) => logged(tree(node).preload(), record('PRELOAD', node)));
  const olds = [before, ...beside.map((one) => one.before)];
  const suspend = logged(
    tree(...olds).suspend(how),
    record(freeze ? 'SUSPEND_WITH_LOCKFS' : 'SUSPEND', before),
  );
  const first = [
    ...(released ? [released] : []),
    ...(era.offTree === 'activated-first' ? detached : []),
  ];
  const resume = [...first.map((one) => [one]), roots].flatMap((nodes) => {
    const node = must(nodes[0], 'a tree');
    const all = tree(...nodes);
    const steps = logged(all.activate(), record('ACTIVATE', node), record('CLEAN', node));
    return [...steps, ...all.clean()];
  });
  return { preload, suspend, resume };
}

/**
 * What was below the last snapshot of a mirror goes on before the mirror does, with the same log:
 * Linux lets both write it for a moment. Here it has nothing left to write to by then.
 */
function leftMirrors(root: DeviceNode, before: DeviceNode): readonly DeviceNode[] {
  if (!before.beside || root.beside) return [];
  const kept = bottomUp(root).map(({ uuid }) => uuid);
  return before.children
    .filter(({ uuid, table }) => !kept.includes(uuid) && table.some((one) => / mirror /.test(one)))
    .map((real) => ({ ...real, table: [`0 ${real.size} error`], children: [] }));
}

/** Of a device that only passes on and goes on doing so, the one below is changed, without it. */
function belowPassThrough(
  root: DeviceNode,
  before: DeviceNode,
  kernel: Kernel,
): { readonly root: DeviceNode; readonly before: DeviceNode } | undefined {
  const [real, realBefore] = [root.children[0], before.children[0]];
  if (!root.passesThrough || !before.passesThrough || !real || !realBefore) return undefined;
  if (real.name !== realBefore.name || real.size !== realBefore.size) return undefined;
  return kernel.find(real.uuid) && { root: real, before: realBefore };
}

/**
 * Mirrors that handle errors, and what passes on to one, keep writes that fail for the next table;
 * those of a pvmove do not (reference 4.3).
 */
function suspensionOf({ live }: KernelDevice, kernel: Kernel): Suspension {
  const runs = (type: string): boolean =>
    live?.lines.some((line) => line.split(' ')[2] === type) ?? false;
  const holds = (of = live): boolean =>
    of?.lines.some((line) => / mirror .* handle_errors/.test(line)) ?? false;
  const passesOn = ['linear', 'snapshot-origin', 'snapshot-merge'].some(runs);
  const passedOn = passesOn ? (live?.below ?? []) : [];
  const mirrors = holds() || passedOn.some((one) => holds(kernel.find(one)?.live));
  return { flush: !mirrors, freeze: false };
}
