/** The steps of one mapped device: what each does, why, and what takes it back. */
import type { Step } from '../../contract/plan.ts';
import type { DeviceNode } from './tree.ts';

export function create(node: DeviceNode): Step {
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

/**
 * @param same it is like the live one, as far as the plan can tell
 * @param unlessSame then it is dropped again
 * @param late new, it goes on only with what lies on it
 */
export function preload(
  node: DeviceNode,
  device: string,
  { same, unlessSame, late }: Readonly<Record<'same' | 'unlessSame' | 'late', boolean>>,
): Step {
  const { table, readOnly } = node;
  const action = {
    kind: 'preload',
    device,
    table,
    readOnly,
    ...(unlessSame ? { unlessSame } : {}),
    ...(late ? { late } : {}),
  } as const;
  const undo = { kind: 'drop-preload', device } as const;
  if (same) {
    const why = 'Every device of the tree is looked at; of one that stays as it is, nothing waits.';
    return { what: `compare the table of ${device}`, why, action, undo };
  }
  return {
    what: `load the new table of ${device}`,
    why: 'It waits in the inactive slot: whatever can be refused is refused before I/O is stopped.',
    action,
    undo,
  };
}

/** @param readAhead in sectors; absent: what the table begins with */
export function start(device: string, readAhead?: number): Step {
  return {
    what: `resume ${device}`,
    why: 'The loaded table goes live and the device gets its size.',
    action: { kind: 'resume', device, ...aheadOf(readAhead) },
    undo: { kind: 'none', because: 'removing the device takes the table with it' },
  };
}

const aheadOf = (sectors: number | undefined) =>
  sectors === undefined ? {} : { readAhead: { sectors, least: false } };

/** How a tree of devices is suspended (reference 4.3). */
export interface Suspension {
  /** Without it what a target cannot finish waits for the next table (noflush). */
  readonly flush: boolean;
  readonly freeze: boolean;
}

const DRAIN: Suspension = { flush: true, freeze: false };

export function suspend(device: string, { flush, freeze }: Suspension = DRAIN): Step {
  return {
    what: `suspend ${device}`,
    why: flush
      ? 'Writes arriving now would still use the old table; those in flight finish first.'
      : 'Writes that the old table cannot finish wait for the new one instead of failing.',
    action: { kind: 'suspend', device, inFlight: flush ? 'drain' : 'hold', freeze },
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
