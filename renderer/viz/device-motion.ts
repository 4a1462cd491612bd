/**
 * The mapped devices in motion. The engine changes a table in microseconds; here its events are
 * played one after another, slowly enough to be seen, and what is shown is a function of the queue
 * and the time alone: frozen anywhere, it can be read. Times in milliseconds of any one clock.
 */
import type { EventBody } from '../../core/contract/events.ts';
import type { DmDeviceState, IoCounts, TargetState } from '../../core/contract/state.ts';
import { placeOf, type Places } from './layout-device-tree.ts';

/**
 * `swap` is the inactive table becoming the live one; `change` is counters only and takes no time.
 */
export type Move =
  'appear' | 'vanish' | 'load' | 'clear' | 'suspend' | 'resume' | 'swap' | 'change';

export interface Step {
  readonly move: Move;
  /** At least one of the two; they differ. */
  readonly before: DmDeviceState | undefined;
  readonly after: DmDeviceState | undefined;
  readonly start: number;
  readonly length: number;
}

export interface Motion {
  /** As they were before the first of the steps. */
  readonly base: readonly DmDeviceState[];
  /** In the order of the engine, each beginning where the one before ends. */
  readonly steps: readonly Step[];
  /** Where devices were first seen to begin: a table that is swapped moves no card. */
  readonly places: Places;
}

/** What to draw at one moment: the step under way, or none. */
export interface Frame {
  readonly before: readonly DmDeviceState[];
  readonly after: readonly DmDeviceState[];
  readonly step?: Step;
  readonly places: Places;
  /** 0 at the beginning of the step, 1 at its end. */
  readonly progress: number;
}

const STEP = 220;
/** The cards change places, then the gate opens. */
const SWAP = 2 * STEP;
/** The picture lags behind the engine at most this much: many steps are played faster. */
const BUDGET = 2000;
/** Of full speed. Steps faster than this would only flicker: the picture jumps to the end. */
const FASTEST = 0.15;

export const still = (devices: readonly DmDeviceState[]): Motion => ({
  base: devices,
  steps: [],
  places: devices.reduce(withPlace, new Map()),
});

/** A device that is new, or had no table until now, gets its place; the others keep theirs. */
function withPlace(places: Places, device: DmDeviceState): Places {
  const known = places.get(device.devno)?.[0] ?? Infinity;
  return known < Infinity ? places : new Map(places).set(device.devno, placeOf(device));
}

function withoutPlace(places: Places, { devno }: DmDeviceState): Places {
  return new Map([...places].filter(([other]) => other !== devno));
}

/** The devices once everything has been played. */
export const lastOf = (motion: Motion): readonly DmDeviceState[] =>
  motion.steps.reduce(applied, motion.base);

/** The same motion without the steps that are over. */
export function settled(motion: Motion, now: number): Motion {
  const over = motion.steps.findIndex(({ start, length }) => start + length > now);
  const count = over < 0 ? motion.steps.length : over;
  if (count === 0) return motion;
  return {
    ...motion,
    base: motion.steps.slice(0, count).reduce(applied, motion.base),
    steps: motion.steps.slice(count),
  };
}

/** Puts an event at the end of the queue; events that are not about devices change nothing. */
export function followed(motion: Motion, body: EventBody, now: number): Motion {
  const at = settled(motion, now);
  if (body.kind === 'io') return recounted(at, body.counts);
  if (body.kind !== 'device' && body.kind !== 'device-removed') return at;
  const devices = lastOf(at);
  const name = body.kind === 'device' ? body.device.name : body.name;
  const before = devices.find((device) => device.name === name);
  const after = body.kind === 'device' ? body.device : undefined;
  if (!before && !after) return at;
  const renamed = after && !before ? renaming(at, after) : undefined;
  if (renamed) return renamed;
  const step: Step = { move: moveOf(before, after), before, after, start: now, length: 0 };
  const free = step.move === 'appear' && after ? withoutPlace(at.places, after) : at.places;
  const places = after ? withPlace(free, after) : free;
  return { ...at, steps: timed([...at.steps, step], now), places };
}

/** Counters are those of now, whatever is still being played. */
function recounted(motion: Motion, counts: readonly IoCounts[]): Motion {
  const known = new Map(counts.map((one) => [one.name, one]));
  const anew = <T extends DmDeviceState | undefined>(device: T): T => {
    const found = device && known.get(device.name);
    return found ? { ...device, ...found } : device;
  };
  const steps = motion.steps.map((step) => {
    return { ...step, before: anew(step.before), after: anew(step.after) };
  });
  return { ...motion, base: motion.base.map(anew), steps };
}

/** A rename is announced as a removal and a device of the same number: the card stays. */
function renaming(motion: Motion, after: DmDeviceState): Motion | undefined {
  const last = motion.steps.at(-1);
  if (last?.move !== 'vanish' || last.before?.devno !== after.devno) return undefined;
  const step: Step = { ...last, move: 'change', after, length: 0 };
  return { ...motion, steps: [...motion.steps.slice(0, -1), step] };
}

export function frameAt(motion: Motion, now: number): Frame {
  const { base, steps, places } = settled(motion, now);
  const step = steps[0];
  if (!step) return { before: base, after: base, progress: 1, places };
  const progress = Math.max(0, (now - step.start) / step.length);
  return { before: base, after: applied(base, step), step, progress, places };
}

function moveOf(before: DmDeviceState | undefined, after: DmDeviceState | undefined): Move {
  if (!before) return 'appear';
  if (!after) return 'vanish';
  const [waited, waits] = [tableText(before.inactive), tableText(after.inactive)];
  if (tableText(before.live) !== tableText(after.live)) return 'swap';
  // The same table again: it was loaded, and it is no longer waiting.
  if (waited !== undefined && waits === undefined && before.suspended && !after.suspended) {
    return 'swap';
  }
  if (before.suspended !== after.suspended) return after.suspended ? 'suspend' : 'resume';
  if (waited === waits) return 'change';
  return waits === undefined ? 'clear' : 'load';
}

const tableText = (table: readonly TargetState[] | undefined): string | undefined =>
  table?.map(({ start, length, type, params }) => `${start} ${length} ${type} ${params}`).join();

const FULL_LENGTH: Readonly<Record<Move, number>> = {
  appear: STEP,
  vanish: STEP,
  load: STEP,
  clear: STEP,
  suspend: STEP,
  resume: STEP,
  swap: SWAP,
  change: 0,
};

/** The step under way keeps its time; those that wait share what is left of the budget. */
function timed(steps: readonly Step[], now: number): readonly Step[] {
  const running = steps.filter(({ start, length }) => start < now && length > 0).slice(0, 1);
  const waiting = steps.slice(running.length);
  const wish = waiting.reduce((sum, { move }) => sum + FULL_LENGTH[move], 0);
  const share = Math.min(1, BUDGET / wish);
  const pace = share < FASTEST ? 0 : share;
  let start = running.reduce((_, step) => step.start + step.length, now);
  const placed = waiting.map((step) => {
    const at = { ...step, start, length: FULL_LENGTH[step.move] * pace };
    start += at.length;
    return at;
  });
  return [...running, ...placed];
}

/** Sorted by name, as the engine's own state. */
function applied(devices: readonly DmDeviceState[], step: Step): readonly DmDeviceState[] {
  const { before, after } = step;
  const others = devices.filter(({ name }) => name !== before?.name && name !== after?.name);
  return after ? [...others, after].sort((a, b) => (a.name < b.name ? -1 : 1)) : others;
}
