/**
 * Folding every event gives what the disks and device-mapper say, whatever happened: all commands,
 * two of them at once, with disks that fail. Folded as the engine does it and as the window does.
 */
import { expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { LocalEngineApi } from '../../core/cli/api.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import type { EngineEvent } from '../../core/contract/events.ts';
import type { LabState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { fixedDisks } from '../../core/engine/disk-keeper.ts';
import { Engine } from '../../core/engine/engine.ts';
import {
  orphanStates,
  problemStates,
  vgState,
  type Sentence,
} from '../../core/engine/lab-state.ts';
import { Projection } from '../../core/engine/projection.ts';
import { Prng } from '../../core/env/prng.ts';
import { scanDisks } from '../../core/lvm/scan.ts';
import type { ScanDisk } from '../../core/lvm/scan-types.ts';
import { errorLines } from '../../core/report/errors.ts';
import { noticeLine } from '../../core/report/notices.ts';
import { project } from '../../renderer/state/project.ts';
import { DISK_SIZE } from '../support/lab.ts';
import { simEnv } from '../support/device-lab.ts';
import { LINE_KINDS, randomLine } from './random-lines.ts';

const NAMES = ['sda', 'sdb', 'sdc', 'sdd'] as const;
const PATHS = NAMES.map((name) => `/dev/${name}`);
const COMMANDS_A_RUN = 25;
const LAB = { name: 'test', directory: '/' };
const sentenceOf: Sentence = (notice) => noticeLine(notice).text;

interface OpenLab {
  readonly engine: Engine;
  readonly disks: readonly ScanDisk[];
  readonly api: LocalEngineApi;
  /** What a subscriber that was there from the start knows before the first event. */
  readonly zero: LabState;
  readonly events: readonly EngineEvent[];
}

/** As the hosts open a lab, but subscribed to before anything happens. */
async function open(seed: number, faults: FaultPlan): Promise<OpenLab> {
  const disks = NAMES.map((name, index) => {
    const device: BlockDevice = new FaultyDevice(new RamDisk(name, DISK_SIZE), faults);
    const devno = `8:${index * 16}` as DevNo;
    return { path: `/dev/${name}`, devno, device, mode: 'live' as const, image: `${name}.img` };
  });
  const engine = new Engine({
    env: simEnv(seed),
    lab: LAB,
    keeper: fixedDisks(disks),
    sentenceOf,
    reasonOf: (error) => errorLines(error).join(' '),
    backups: new MemoryBackups(),
    generator: 'LV Studio 0.1.0',
  });
  const events: EngineEvent[] = [];
  engine.subscribe((event) => events.push(event));
  const shown = disks.map(({ path, devno, device, mode, image }) => {
    return { path, devno, size: device.size, mode, image };
  });
  const none = {
    orphans: [],
    problems: [],
    vgs: [],
    devices: [],
    exports: [],
    jobs: [],
    mirrors: [],
    snapshots: [],
    settings: { lvm: {} },
  };
  const zero = { seq: 0, lab: LAB, disks: shown, ...none };
  await engine.start();
  return { engine, disks, api: new LocalEngineApi(engine), zero, events };
}

/** The state made anew from a look at the disks, through no event and no memory of earlier ones. */
type Seen = Pick<LabState, 'orphans' | 'problems' | 'vgs' | 'devices'>;

async function lookAt(lab: OpenLab): Promise<Seen> {
  const scan = await scanDisks(lab.disks);
  const remembered = await lab.engine.source();
  // What the engine keeps of texts that it wrote is what a reader would find.
  expect(remembered.scan.vgs.map(({ vg }) => vg)).toEqual(scan.vgs.map(({ vg }) => vg));
  const source = { ...remembered, scan };
  const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
    items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    orphans: orphanStates(source),
    problems: problemStates(source, sentenceOf),
    vgs: byName(source.scan.vgs.map((scanned) => vgState(source, scanned, sentenceOf))),
    devices: byName(source.devices),
  };
}

/** The state that is answered is the one on the disks. */
async function agrees(lab: OpenLab, after: string): Promise<LabState> {
  const state = await lab.api.state();
  const { orphans, problems, vgs, devices } = state;
  expect({ orphans, problems, vgs, devices }, `after ${after}`).toEqual(await lookAt(lab));
  return state;
}

/** With the engine's own fold. */
function foldInEngine(start: LabState, events: readonly EngineEvent[]): LabState {
  const projection = new Projection(start, sentenceOf, () => undefined);
  projection.state = start;
  for (const { body, timeMicros } of events) projection.publish(body, timeMicros);
  return projection.state;
}

/** Counts over all seeds: a run in which nothing happened would prove nothing. */
const seen = { done: 0, refused: 0, struck: 0, kinds: new Set<string>() };

async function randomEvents(seed: number): Promise<void> {
  const random = new Prng(seed);
  let countdown = -1;
  const lab = await open(seed, new FaultPlan({ when: () => countdown-- === 0 }));
  const states = [lab.zero];
  const weights = random.weights(LINE_KINDS);
  const run = async (line: string): Promise<void> => {
    const words = splitCommandLine(line);
    if (!words.ok) throw new Error(words.error.why);
    const { status } = await lab.api.command(words.value);
    if (status === 0) seen.done++;
    else seen.refused++;
  };
  /** Data that goes through device-mapper: what fails there is an event as well. */
  const touch = async ({ vgs }: LabState): Promise<void> => {
    const active = vgs.flatMap(({ lvs }) => lvs).filter((lv) => lv.active);
    if (active.length === 0) return;
    const { vg, name } = random.pick(active);
    const volume = await lab.engine.openVolume({ vg, lv: name });
    if (!volume.ok) throw new Error(`${vg}/${name}: ${volume.error.code}`);
    countdown = random.chance(30) ? 0 : -1;
    const op = random.pick(['read', 'write'] as const);
    await volume.value.device.submit({ op, start: sectors(8), data: new Uint8Array(512) });
    countdown = -1;
    await agrees(lab, `${op} of ${name}`);
    volume.value.device.close();
  };
  await run('vgcreate -s 1m vg /dev/sda /dev/sdb');
  for (let count = 0; count < COMMANDS_A_RUN; count++) {
    const state = await lab.api.state();
    const line = (): string => randomLine(random.weighted(weights), state, PATHS, random);
    const lines = random.chance(20) ? [line(), line()] : [line()];
    const faulty = random.chance(20);
    countdown = faulty ? random.below(60) : -1;
    await Promise.all(lines.map(run));
    if (faulty && countdown < 0) seen.struck++;
    countdown = -1;
    await touch(await lab.api.state());
    states.push(await agrees(lab, lines.join(' and ')));
  }
  for (const { body } of lab.events) seen.kinds.add(body.kind);
  expect(lab.events.map(({ seq }) => seq)).toEqual(lab.events.map((_event, at) => at + 1));
  for (let pair = 0; pair < 20; pair++) {
    const from = pair === 0 ? 0 : random.below(states.length);
    const to = pair === 0 ? states.length - 1 : from + random.below(states.length - from);
    const [start, end] = [states[from] ?? lab.zero, states[to] ?? lab.zero];
    const between = lab.events.filter(({ seq }) => seq > start.seq && seq <= end.seq);
    expect(foldInEngine(start, between), `${from} to ${to}`).toEqual(end);
    const late = lab.events.filter(({ seq }) => seq <= end.seq);
    expect(late.reduce(project, start), `${from} to ${to}`).toEqual(end);
  }
  await lab.engine.stop();
  expect((await lab.api.state()).devices).toEqual([]);
}

const SEEDS = 100;

test(`seeds 1 to ${SEEDS}`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await randomEvents(seed);
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
  expect(seen.done).toBeGreaterThan(SEEDS * 5);
  expect(seen.refused).toBeGreaterThan(SEEDS);
  expect(seen.struck).toBeGreaterThan(SEEDS / 2);
  const kinds = ['device', 'device-removed', 'vg', 'vg-removed', 'orphans'];
  expect([...seen.kinds]).toEqual(
    expect.arrayContaining([...kinds, 'step', 'metadata', 'command', 'io-error']),
  );
}, 120_000);
