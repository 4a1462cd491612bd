/** dmsetup's requests as plans: the same steps, events and undo as any operation has. */
import { err, ok, type Result } from '../base/result.ts';
import type { DmErrorData } from '../contract/errors.ts';
import type { Action, Plan, ReadAheadWish, Step, Undo } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import type { DmRef, DmRequest, SuspendWish } from './dm-request.ts';
import { tableWith } from './drop-failed-legs.ts';

/** Where devices are found. */
export interface DmLookup {
  state(name: string): DmDeviceState | undefined;
  byUuid(uuid: string): DmDeviceState | undefined;
  byNumber(devno: DevNo): DmDeviceState | undefined;
}

type Planned = Result<Plan, DmErrorData>;
type Op = DmErrorData['op'];

/** Refused only where no device is found; all else is for the kernel to refuse, step by step. */
export function planDm(request: DmRequest, dm: DmLookup): Planned {
  switch (request.verb) {
    case 'dm-create':
      return ok(planCreate(request));
    case 'dm-load':
      return withDevice(dm, 'reload', request.device, ({ name }) =>
        plan(`Load a table into ${name}`, [load(name, request.table, request.readOnly)]),
      );
    case 'dm-suspend':
      return withDevice(dm, 'suspend', request.device, ({ name, suspended }) =>
        plan(`Suspend ${name}`, [suspend(name, request, suspended)]),
      );
    case 'dm-resume':
      return withDevice(dm, 'resume', request.device, (device) => planResume(device, request));
    case 'dm-clear':
      return withDevice(dm, 'clear', request.device, ({ name }) =>
        plan(`Clear ${name}`, [clear(name)]),
      );
    case 'dm-remove':
      return withDevice(dm, 'remove', request.device, ({ name }) =>
        plan(`Remove ${name}`, [remove(name, request.deferred)]),
      );
    case 'dm-wipe':
      return withDevice(dm, 'reload', request.device, (device) => planWipe(device, request));
    case 'dm-drop-legs': {
      const device = findDevice(dm, 'reload', request.device);
      return device.ok ? planDropLegs(device.value, request.drops) : device;
    }
    case 'dm-rename':
      return withDevice(dm, 'rename', request.from, ({ name }) =>
        plan(`Rename ${name} to ${request.to}`, [rename(name, request.to)]),
      );
    case 'dm-identify':
      return withDevice(dm, 'rename', request.device, ({ name }) =>
        plan(`Give ${name} the UUID ${request.uuid}`, [identify(name, request.uuid)]),
      );
    case 'dm-message':
      return withDevice(dm, 'message', request.device, ({ name }) =>
        plan(`Send a message to ${name}`, [message(name, request.sector, request.text)]),
      );
  }
}

/** The device that is meant, or the error of the ioctl that does not find it. */
export function findDevice(dm: DmLookup, op: Op, ref: DmRef): Result<DmDeviceState, DmErrorData> {
  const found =
    'name' in ref
      ? dm.state(ref.name)
      : 'uuid' in ref
        ? dm.byUuid(ref.uuid)
        : dm.byNumber(ref.devno);
  if (found) return ok(found);
  const reason = 'Device does not exist.';
  return err({ code: 'dm', op, device: '', errno: 'ENXIO', reason, ...whichOf(ref) });
}

/** As libdevmapper says which device it asked for. */
export const whichOf = (ref: DmRef): Partial<Pick<DmErrorData, 'device' | 'uuid' | 'devno'>> =>
  'name' in ref ? { device: ref.name } : ref;

function withDevice(
  dm: DmLookup,
  op: Op,
  ref: DmRef,
  make: (device: DmDeviceState) => Plan,
): Planned {
  const device = findDevice(dm, op, ref);
  return device.ok ? ok(make(device.value)) : device;
}

/** Steps that all happened or were all taken back. */
function plan(title: string, steps: readonly Step[]): Plan {
  const commitAt = steps.length - 1;
  return { title, steps, commitAt, warnings: [], questions: [], done: [] };
}

function planCreate(request: Extract<DmRequest, { verb: 'dm-create' }>): Plan {
  const { name, uuid, minor, table, readOnly, readAhead } = request;
  const create: Step = {
    what: `create device ${name}`,
    why: 'A device without a table takes a name and a number; its size is still 0.',
    action: {
      kind: 'create-device',
      device: name,
      uuid,
      ...(minor === undefined ? {} : { minor }),
    },
    undo: { kind: 'remove-device', device: name },
  };
  const rest = table.length > 0 ? [load(name, table, readOnly), resume(name, readAhead)] : [];
  return plan(`Create ${name}`, [create, ...rest]);
}

/** The kernel suspends a running device itself before it swaps tables; how, is said here. */
function planResume(
  { name, suspended, inactive }: DmDeviceState,
  wish: Extract<DmRequest, { verb: 'dm-resume' }>,
): Plan {
  const swaps = inactive !== undefined && !suspended;
  const first = swaps && wish.noflush ? [suspend(name, wish, suspended)] : [];
  return plan(`Resume ${name}`, [...first, resume(name, wish.readAhead)]);
}

function planWipe(device: DmDeviceState, request: Extract<DmRequest, { verb: 'dm-wipe' }>): Plan {
  const { name, live = [], suspended } = device;
  const size = live.reduce((sum, { length }) => sum + length, 0);
  const table = [`0 ${size} error`];
  const steps = [load(name, table, request.readOnly), suspend(name, request, suspended)];
  return plan(`Let all I/O to ${name} fail`, [...steps, resume(name)]);
}

/** I/O that a failed leg keeps goes on through the new table. */
function planDropLegs(device: DmDeviceState, drops: boolean): Planned {
  const { name, readOnly, suspended } = device;
  const table = tableWith(device, drops);
  if (!table) {
    const reason = 'there is no mirror in its table';
    return err({ code: 'dm', op: 'reload', device: name, errno: 'EINVAL', reason });
  }
  const wish = { noflush: true, nolockfs: true };
  const steps = [load(name, table, readOnly), suspend(name, wish, suspended), resume(name)];
  const what = drops ? 'drop a leg that fails' : 'keep a leg that fails, and its writes';
  return ok(plan(`Let ${name} ${what}`, steps));
}

const step = (what: string, why: string, action: Action, undo: Undo): Step => ({
  what,
  why,
  action,
  undo,
});

const nothing = (because: string): Undo => ({ kind: 'none', because });

const load = (device: string, table: readonly string[], readOnly: boolean): Step =>
  step(
    `load a table into ${device}`,
    'It waits in the inactive slot: I/O goes through the live table until a resume swaps them.',
    { kind: 'preload', device, table, readOnly },
    { kind: 'drop-preload', device },
  );

const suspend = (device: string, wish: SuspendWish, suspended: boolean): Step =>
  step(
    `suspend ${device}`,
    wish.noflush
      ? 'I/O waits from now on, and so does what cannot be finished.'
      : 'I/O waits from now on; what is in flight is finished first.',
    {
      kind: 'suspend',
      device,
      inFlight: wish.noflush ? 'hold' : 'drain',
      freeze: !wish.nolockfs && !wish.noflush,
    },
    suspended ? nothing('it was suspended before') : { kind: 'resume', device },
  );

const resume = (device: string, readAhead?: ReadAheadWish): Step =>
  step(
    `resume ${device}`,
    'A table that was loaded goes live, and the I/O that waited goes on.',
    { kind: 'resume', device, ...(readAhead ? { readAhead } : {}) },
    nothing('I/O that was let through cannot be called back'),
  );

const clear = (device: string): Step =>
  step(
    `clear the inactive table of ${device}`,
    'What was loaded and not resumed is forgotten; the devices it held are let go.',
    { kind: 'drop-preload', device },
    nothing('the table is known to nobody any more'),
  );

const remove = (device: string, deferred: boolean): Step =>
  step(
    `remove device ${device}`,
    deferred
      ? 'One that is open goes when the last that has it open closes it.'
      : 'Its name, number and tables are free again; what it stood on is closed.',
    { kind: 'remove-device', device, deferred },
    nothing('its tables are gone with it'),
  );

const rename = (device: string, to: string): Step =>
  step(
    `rename device ${device} to ${to}`,
    'The number and the table stay: programs that have it open notice nothing.',
    { kind: 'rename-device', device, to },
    { kind: 'rename-device', device: to, to: device },
  );

const identify = (device: string, uuid: string): Step =>
  step(
    `give ${device} the UUID ${uuid}`,
    'A device that was made without one gets it once and keeps it.',
    { kind: 'identify-device', device, uuid },
    nothing('a UUID stays with its device'),
  );

const message = (device: string, sector: number, text: string): Step =>
  step(
    `send "${text}" to ${device}`,
    `The target that maps sector ${sector} is asked.`,
    { kind: 'message-device', device, sector, text },
    nothing('what was said was said'),
  );
