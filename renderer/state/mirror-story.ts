/** What happened to a mirror lately: errors, what was decided about them, and what was done. */
import type { EngineEvent, OutputLine } from '../../core/contract/events.ts';
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { partsOf } from '../viz/mirror-parts.ts';

export interface StoryItem {
  /** Number of the event it began with. */
  readonly seq: number;
  readonly timeMicros: number;
  /** `bad`: something failed; `good`: it was done. */
  readonly tone: 'bad' | 'good' | 'plain';
  readonly what: string;
  /** In the engine's own words. */
  readonly details: readonly string[];
}

/** The newest first. */
export function mirrorStory(
  lab: LabState,
  vg: VgState,
  lv: LvState,
  events: readonly EngineEvent[],
): readonly StoryItem[] {
  const isDevice = devicesOf(lab, vg, lv);
  const name = `${vg.name}/${lv.name}`;
  const items: StoryItem[] = [];
  const operations = new Map<number, number>();
  for (const event of events) {
    const item = itemOf(event, { isDevice, name, group: vg.name });
    if (!item) continue;
    const { body } = event;
    // The steps of one operation, and one error again and again, are one line each.
    const known = body.kind === 'step' ? operations.get(body.operation) : sameAsLast(items, item);
    if (known === undefined) {
      if (body.kind === 'step') operations.set(body.operation, items.length);
      items.push(item);
    } else {
      items[known] = merged(items[known] ?? item, item, body.kind === 'io-error');
    }
  }
  return items.toReversed();
}

interface About {
  /** Whether a device of this name belongs to the mirror, or carries a part of it. */
  readonly isDevice: (name: string) => boolean;
  readonly name: string;
  readonly group: string;
}

function itemOf({ seq, timeMicros, body }: EngineEvent, about: About): StoryItem | undefined {
  switch (body.kind) {
    case 'io-error': {
      const { device, op, reason } = body;
      if (!about.isDevice(device)) return undefined;
      return { seq, timeMicros, tone: 'bad', what: `${op} on ${device} failed`, details: [reason] };
    }
    case 'monitor': {
      const { device, message } = body;
      if (!about.isDevice(device)) return undefined;
      const tone = / failed|failure/i.test(message) ? 'bad' : 'good';
      return { seq, timeMicros, tone, what: `Monitor: ${message}`, details: [] };
    }
    case 'command': {
      if (!isAbout(body.line.split(' '), about)) return undefined;
      const tone = body.status === 0 ? 'good' : 'bad';
      return { seq, timeMicros, tone, what: body.line, details: linesOf(body.output) };
    }
    case 'step': {
      if (!body.title.split(' ').includes(about.name)) return undefined;
      const tone = body.phase === 'failed' ? 'bad' : 'plain';
      const step = `step ${body.index + 1} of ${body.of}: ${body.step.what}`;
      const details = body.reason === undefined ? [step] : [step, body.reason];
      return { seq, timeMicros, tone, what: body.title, details };
    }
    default:
      return undefined;
  }
}

/** What it did before what it warned of: a lost disk is warned of again and again. */
function linesOf(output: readonly OutputLine[]): readonly string[] {
  const lines = output.map(({ text }) => text.trim()).filter(Boolean);
  const warns = (line: string): boolean => line.startsWith('WARNING:');
  return [...lines.filter((line) => !warns(line)), ...lines.filter(warns)];
}

/** A command of the volume, or one that repairs its group. */
function isAbout([first = '', ...words]: readonly string[], { name, group }: About): boolean {
  if (words.includes(name)) return !READERS.includes(first);
  return ['vgreduce', 'vgextend'].includes(first) && words.includes(group);
}

const READERS: readonly string[] = ['lvs', 'lvdisplay', 'lvscan', 'read', 'write', 'export'];

/** The volume's own devices, and the disks of its group: a leg that was dropped lay on one. */
function devicesOf(lab: LabState, vg: VgState, lv: LvState): (name: string) => boolean {
  const parts = partsOf(vg);
  const own = vg.lvs.filter((one) => one.name === lv.name || parts.get(one.name)?.top === lv.name);
  const devices = new Set(own.map(({ dmName }) => dmName));
  const others = new Set(
    [...lab.orphans, ...lab.vgs.filter(({ id }) => id !== vg.id).flatMap(({ pvs }) => pvs)].map(
      ({ device }) => device,
    ),
  );
  return (name) =>
    devices.has(name) ||
    name === `${lv.dmName}-real` ||
    name.startsWith(`${lv.dmName}_m`) ||
    (name.startsWith('/dev/') && !others.has(name));
}

function sameAsLast(items: readonly StoryItem[], { what }: StoryItem): number | undefined {
  return items.at(-1)?.what === what ? items.length - 1 : undefined;
}

function merged(first: StoryItem, next: StoryItem, counts: boolean): StoryItem {
  if (!counts) return { ...next, seq: first.seq, timeMicros: first.timeMicros };
  const [reason = '', again = ''] = first.details;
  const times = Number(/^(\d+) times$/.exec(again)?.[1] ?? 1) + 1;
  return { ...first, details: [reason, `${times} times`] };
}
