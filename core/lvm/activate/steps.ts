/** The device-mapper steps of activation, deactivation and change (reference 8.4, 8.5). */
import type { LogRecord, TreeKind } from '../../contract/log.ts';
import type { Step } from '../../contract/plan.ts';
import { splitDmName } from './names.ts';
import { bottomUp, type DeviceNode } from './tree.ts';

/**
 * Under which name the device of a node runs, undefined where it does not. Found by its UUID: its
 * name may have been changed by hand, and one of the same name may be another's.
 */
export type RunningName = (node: Pick<DeviceNode, 'uuid' | 'name'>) => string | undefined;

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

/** Creates, loads and resumes what is missing, children first. */
export function activateSteps(root: DeviceNode, running: RunningName): readonly Step[] {
  const steps = bottomUp(root)
    .filter((node) => running(node) === undefined)
    .flatMap((node) => [create(node), preload(node, node.name), start(node)]);
  return logged(steps, [treeRecord('ACTIVATE', root.name)], [treeRecord('CLEAN', root.name)]);
}

/** Removes the device, then those below it that nothing else will need. */
export function deactivateSteps(root: DeviceNode, running: RunningName): readonly Step[] {
  const steps = bottomUp(root)
    .toReversed()
    .flatMap((node) => running(node) ?? [])
    .map(removeDevice);
  return logged(steps, [treeRecord('DEACTIVATE', root.name)]);
}

/** A live change in its three parts; the commit of the metadata comes between the last two. */
export interface Reload {
  readonly preload: readonly Step[];
  readonly suspend: readonly Step[];
  readonly resume: readonly Step[];
}

/**
 * New tables for devices that stay: preload bottom-up, suspend top-down, resume bottom-up. A device
 * whose name was changed by hand gets its own again, as LVM does it.
 */
export function reloadSteps(root: DeviceNode, running: RunningName): Reload {
  const live = bottomUp(root).flatMap((node) => {
    const name = running(node);
    return name === undefined ? [] : [{ node, name }];
  });
  const resumes = live.flatMap(({ node, name }) => [
    ...(name === node.name ? [] : [renameStep(name, node.name)]),
    resume(node.name, node.readAhead),
  ]);
  const tree = (kind: TreeKind) => [treeRecord(kind, root.name)];
  return {
    preload: logged(
      live.map(({ node, name }) => preload(node, name)),
      tree('PRELOAD'),
    ),
    suspend: logged(
      live.toReversed().map(({ name }) => suspend(name)),
      tree('SUSPEND'),
    ),
    resume: logged(resumes, tree('ACTIVATE'), tree('CLEAN')),
  };
}

function create(node: DeviceNode): Step {
  const { name: device, uuid, minor } = node;
  const action = {
    kind: 'create-device',
    device,
    uuid,
    ...(minor === undefined ? {} : { minor }),
  } as const;
  return {
    what: `create device ${node.name}`,
    why: 'A device without a table takes a name and a number; its size is still 0.',
    action,
    undo: { kind: 'remove-device', device: node.name },
  };
}

function preload(node: DeviceNode, device: string): Step {
  return {
    what: `load the new table of ${device}`,
    why: 'It waits in the inactive slot: whatever can be refused is refused before I/O is stopped.',
    action: {
      kind: 'preload',
      device,
      table: node.table,
      readOnly: node.readOnly,
    },
    undo: { kind: 'drop-preload', device },
  };
}

function start(node: DeviceNode): Step {
  return {
    what: `resume ${node.name}`,
    why: 'The loaded table goes live and the device gets its size.',
    action: { kind: 'resume', device: node.name, ...aheadOf(node.readAhead) },
    undo: { kind: 'none', because: 'removing the device takes the table with it' },
  };
}

const aheadOf = (sectors: number | undefined) =>
  sectors === undefined ? {} : { readAhead: { sectors, least: false } };

export function suspend(device: string): Step {
  return {
    what: `suspend ${device}`,
    why: 'Writes arriving now would still use the old table; those in flight finish first.',
    action: { kind: 'suspend', device, inFlight: 'drain', freeze: false },
    undo: { kind: 'resume', device },
  };
}

/** @param readAhead in sectors; absent: what the table begins with */
export function resume(device: string, readAhead?: number): Step {
  return {
    what: `resume ${device}`,
    why: 'The new table goes live and the I/O that waited goes through it.',
    action: { kind: 'resume', device, ...aheadOf(readAhead) },
    undo: { kind: 'none', because: 'a running device is what there was before' },
  };
}

export function renameStep(device: string, to: string): Step {
  return {
    what: `rename device ${device} to ${to}`,
    why: 'The number and the table stay: programs that have it open notice nothing.',
    action: { kind: 'rename-device', device, to },
    undo: { kind: 'rename-device', device: to, to: device },
  };
}

/** The last step of a device. */
export function removeDevice(device: string): Step {
  return {
    what: `remove device ${device}`,
    why: 'Nothing may read or write the extents once they can be given to another volume.',
    action: { kind: 'remove-device', device },
    undo: {
      kind: 'none',
      because: 'the volume is still in the metadata and can be activated again',
    },
  };
}
