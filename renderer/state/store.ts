/** What the window knows: the lab, what is selected, and what was said. */
import { create } from 'zustand';
import type { EngineEvent } from '../../core/contract/events.ts';
import type { LabState } from '../../core/contract/state.ts';
import type { WireBridge } from '../../core/contract/wire.ts';
import { connect, type Standing } from './connection.ts';
import { copiesOf, sampled, storesOf, type CopySamples } from './copy-rates.ts';
import { isGap, project } from './project.ts';
import { oneOf, recall, remember } from './remember.ts';

/** Any object of the lab. One selection and one hover are shared by all views. */
export interface Subject {
  readonly kind: 'vg' | 'lv' | 'pv' | 'device' | 'disk' | 'backup';
  /**
   * Name of the group, `vg/lv`, path of the disk, name of the mapped device, path of a kept
   * version; of a PV that no disk carries its id.
   */
  readonly id: string;
}

/** Places that show one of several views at a time, by the name of their list of tabs. */
export type Place = 'Stage' | 'Console and log';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

interface Studio {
  readonly lab: LabState | undefined;
  readonly standing: Standing;
  readonly selected: Subject | undefined;
  readonly hovered: Subject | undefined;
  /** The newest last; at most EVENTS_KEPT. */
  readonly events: readonly EngineEvent[];
  /** The newest event about requests under way, which the log does not keep. */
  readonly lastIo: EngineEvent | undefined;
  /** When the newest event happened, in microseconds since the engine started. */
  readonly timeMicros: number;
  readonly copySamples: CopySamples;
  readonly storeSamples: CopySamples;
  /** Ids of jobs that wait, and were left to wait. */
  readonly leftJobs: readonly number[];
  /** The last result, for the status bar and for screen readers. */
  readonly announcement: string;
  /** Id of the action whose dialog is open. */
  readonly action: string | undefined;
  readonly theme: Theme;
  /** Ids of the views that are shown; absent: the first. */
  readonly views: Readonly<Partial<Record<Place, string>>>;
  readonly select: (subject: Subject | undefined) => void;
  readonly hover: (subject: Subject | undefined) => void;
  readonly announce: (text: string) => void;
  readonly openAction: (id: string | undefined) => void;
  readonly setTheme: (theme: Theme) => void;
  readonly showView: (place: Place, id: string) => void;
  readonly leaveJob: (id: number) => void;
}

const EVENTS_KEPT = 500;
/** With the states of groups and devices that they brought: those that motion may still play. */
const STATES_KEPT = 64;
/** Several a second: they would leave nothing else in the log. */
const COUNTERS: readonly EngineEvent['body']['kind'][] = [
  'exports',
  'jobs',
  'mirrors',
  'snapshots',
  'io',
];

export const useStudio = create<Studio>((set) => ({
  lab: undefined,
  standing: 'connecting',
  selected: undefined,
  hovered: undefined,
  events: [],
  lastIo: undefined,
  timeMicros: 0,
  copySamples: new Map(),
  storeSamples: new Map(),
  leftJobs: [],
  announcement: '',
  action: undefined,
  theme: 'system',
  views: {},
  select: (selected) => set({ selected }),
  hover: (hovered) => set({ hovered }),
  announce: (announcement) => set({ announcement }),
  openAction: (action) => set({ action }),
  setTheme: (theme) => {
    remember('theme', theme);
    set({ theme });
  },
  showView: (place, id) => {
    remember(`view.${place}`, id);
    set(({ views }) => ({ views: { ...views, [place]: id } }));
  },
  leaveJob: (id) => set(({ leftJobs }) => ({ leftJobs: [...leftJobs, id] })),
}));

export const same = (a: Subject | undefined, b: Subject | undefined): boolean =>
  a !== undefined && a.kind === b?.kind && a.id === b.id;

let bridge: WireBridge | undefined;

/** The engine. Only after `start`. */
export function engine(): WireBridge {
  if (!bridge) throw new Error('the studio has not started');
  return bridge;
}

/** Recalls the theme, connects, asks for the state, and follows the events from there on. */
export function start(): void {
  useStudio.setState({ theme: recall('theme', oneOf(THEMES)) ?? 'system' });
  bridge = connect((standing) => {
    useStudio.setState({ standing });
    // Not at once: Electron's bridge is open before it is here.
    if (standing === 'open') queueMicrotask(() => void refresh());
  });
  bridge.onEvent(follow);
}

async function refresh(): Promise<void> {
  try {
    await engine().call('subscribe', []);
    // Jobs and times are those of an engine, and this may be another one.
    useStudio.setState({
      lab: await engine().call('state', []),
      leftJobs: [],
      copySamples: new Map(),
      storeSamples: new Map(),
    });
  } catch {
    // The connection says itself that it is lost, and tries again.
  }
}

/** With one more; those that nothing plays any more are kept without the states they brought. */
function withEvent(events: readonly EngineEvent[], event: EngineEvent): readonly EngineEvent[] {
  const kept = [...events, event].slice(-EVENTS_KEPT);
  const old = kept.length - STATES_KEPT;
  const stale = kept[old];
  if (stale) kept[old] = withoutState(stale);
  return kept;
}

/** A group may be of a hundred thousand segments, and change as often. */
function withoutState(event: EngineEvent): EngineEvent {
  const { body } = event;
  if (body.kind === 'vg') return { ...event, body: { ...body, vg: { ...body.vg, lvs: [] } } };
  if (body.kind !== 'device') return event;
  const { live, inactive, ...device } = body.device;
  const tables = { ...(live && { live: [] }), ...(inactive && { inactive: [] }) };
  return { ...event, body: { ...body, device: { ...device, ...tables } } };
}

function follow(event: EngineEvent): void {
  const { lab, events, copySamples, storeSamples } = useStudio.getState();
  const { body, timeMicros } = event;
  const kept = COUNTERS.includes(body.kind) ? events : withEvent(events, event);
  const copies =
    body.kind === 'mirrors'
      ? sampled(copySamples, copiesOf(body.mirrors), timeMicros)
      : copySamples;
  const stores =
    body.kind === 'snapshots'
      ? sampled(storeSamples, storesOf(body.snapshots), timeMicros)
      : storeSamples;
  useStudio.setState({
    events: kept,
    timeMicros,
    copySamples: copies,
    storeSamples: stores,
    ...(body.kind === 'io' && { lastIo: event }),
  });
  if (!lab) return;
  if (isGap(lab, event)) void refresh();
  else useStudio.setState({ lab: project(lab, event) });
}
