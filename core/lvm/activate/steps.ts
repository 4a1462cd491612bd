/** The device-mapper steps of activation, deactivation and change (reference 8.4, 8.5). */
import type { Step } from '../../contract/plan.ts';
import { bottomUp, type DeviceNode } from './tree.ts';

/** Answers whether a mapped device of this name exists now. */
export type Exists = (device: string) => boolean;

/** Creates, loads and resumes what is missing, children first. */
export function activateSteps(root: DeviceNode, exists: Exists): readonly Step[] {
  return bottomUp(root)
    .filter((node) => !exists(node.name))
    .flatMap((node) => [create(node), preload(node), start(node)]);
}

/** The last step of a device. */
export const removeDevice = (device: string): Step => remove({ name: device });

/** Removes the device, then those below it that nothing else will need. */
export function deactivateSteps(root: DeviceNode, exists: Exists): readonly Step[] {
  return bottomUp(root)
    .toReversed()
    .filter((node) => exists(node.name))
    .map(remove);
}

/** A live change in its three parts; the commit of the metadata comes between the last two. */
export interface Reload {
  readonly preload: readonly Step[];
  readonly suspend: readonly Step[];
  readonly resume: readonly Step[];
}

/** New tables for devices that stay: preload bottom-up, suspend top-down, resume bottom-up. */
export function reloadSteps(root: DeviceNode, exists: Exists): Reload {
  const live = bottomUp(root).filter((node) => exists(node.name));
  return {
    preload: live.map(preload),
    suspend: live.toReversed().map((node) => suspend(node.name)),
    resume: live.map((node) => resume(node.name)),
  };
}

function create(node: DeviceNode): Step {
  const action = { kind: 'create-device', device: node.name, uuid: node.uuid } as const;
  return {
    what: `create device ${node.name}`,
    why: 'A device without a table takes a name and a number; its size is still 0.',
    action,
    undo: { kind: 'remove-device', device: node.name },
  };
}

function preload(node: DeviceNode): Step {
  return {
    what: `load the new table of ${node.name}`,
    why: 'It waits in the inactive slot: whatever can be refused is refused before I/O is stopped.',
    action: {
      kind: 'preload',
      device: node.name,
      table: node.table,
      readOnly: node.readOnly,
    },
    undo: { kind: 'drop-preload', device: node.name },
  };
}

function start(node: DeviceNode): Step {
  return {
    what: `resume ${node.name}`,
    why: 'The loaded table goes live and the device gets its size.',
    action: { kind: 'resume', device: node.name },
    undo: { kind: 'none', because: 'removing the device takes the table with it' },
  };
}

export function suspend(device: string): Step {
  return {
    what: `suspend ${device}`,
    why: 'Writes arriving now would still use the old table; those in flight finish first.',
    action: { kind: 'suspend', device, inFlight: 'drain', freeze: false },
    undo: { kind: 'resume', device },
  };
}

export function resume(device: string): Step {
  return {
    what: `resume ${device}`,
    why: 'The new table goes live and the I/O that waited goes through it.',
    action: { kind: 'resume', device },
    undo: { kind: 'none', because: 'a running device is what there was before' },
  };
}

function remove(node: Pick<DeviceNode, 'name'>): Step {
  return {
    what: `remove device ${node.name}`,
    why: 'Nothing may read or write the extents once they can be given to another volume.',
    action: { kind: 'remove-device', device: node.name },
    undo: {
      kind: 'none',
      because: 'the volume is still in the metadata and can be activated again',
    },
  };
}
