/** lvcreate in groups of many volumes: what it costs, how that grows, and what LVM itself needs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { newLvmId } from '../../core/base/ids.ts';
import { extents, mib } from '../../core/base/units.ts';
import { createEngine } from '../../core/cli/create-engine.ts';
import type { EngineApi } from '../../core/contract/api.ts';
import { createLab } from '../../core/host/lab-folder.ts';
import { openLab } from '../../core/host/open-lab.ts';
import { backupText } from '../../core/lvm/format/backup.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import type { VolumeGroup } from '../../core/lvm/format/model.ts';
import { median, millis } from './measure.ts';

const ROUNDS = 7;
const AREA_MIB = 64;
const PROGRAM = resolve(import.meta.dirname, 'lvstudio.mjs');
const ORACLE = resolve(process.env['LVSTUDIO_ORACLE'] ?? '../shared/linux-oracle', 'host-lvm.sh');

/** Medians of milliseconds. */
export interface Growth {
  readonly lvs: number;
  /** From opening the lab to its state. */
  readonly open: number;
  /** One lvcreate with its commit, archive and backup, in a process that has the lab open. */
  readonly lvcreate: number;
  /** The command `lvstudio lvcreate`, from its start to its end. */
  readonly program: number;
  /** `lvm lvcreate -an` on the same image, from its start to its end; absent: no LVM here. */
  readonly lvm?: number;
  /** Bytes of the metadata text. */
  readonly text: number;
  /** MiB at the most, of a process that opens the lab for `vgs`. */
  readonly memory: number;
}

export async function largeGroups(directory: string, counts: readonly number[]) {
  const out: Growth[] = [];
  for (const lvs of counts) out.push(await oneGroup(join(directory, `lab-${lvs}`), lvs));
  return out;
}

async function oneGroup(lab: string, lvs: number): Promise<Growth> {
  const made = await createLab({ directory: lab, disks: 1, size: mib(64 * 1024) });
  if (!made.ok) throw new Error(made.error.code);
  await writeRound(join(lab, 'sda.img'));
  const text = await fill(lab, lvs);
  const opened: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await withLab(lab, async (api, took) => {
      opened.push(took);
      // The first in a process finds no code compiled; people mean the others.
      await say(api, lvcreate(`cold${round}`));
      for (let turn = 0; turn < 3; turn++) {
        times.push(await millis(() => say(api, lvcreate(`own${round}-${turn}`))));
      }
    });
  }
  const program = programs(lab);
  const lvm = await peers(lab);
  const memory = peakMemory(lab);
  const numbers = { lvs, open: median(opened), lvcreate: median(times), text, memory };
  await rm(lab, { recursive: true });
  return { ...numbers, program, ...(lvm === undefined ? {} : { lvm }) };
}

const lvcreate = (name: string): readonly string[] =>
  ['lvcreate', '-an', '-Zn', '-l', '1', '-n', name, 'vg'] as const;

/**
 * Gives the image its blocks where the metadata will lie, as an area has them that was written
 * round once: else whoever is measured first pays for the first use of every block.
 */
async function writeRound(image: string): Promise<void> {
  const handle = await open(image, 'r+');
  const part = new Uint8Array(2 ** 20).fill(0xff);
  for (let at = 0; at <= AREA_MIB; at++) await handle.write(part, 0, part.length, at * part.length);
  await handle.write(new Uint8Array(part.length), 0, part.length, 0);
  await handle.sync();
  await handle.close();
}

/** A group of so many volumes on the lab's disk. Gives the length of its text. */
async function fill(lab: string, lvs: number): Promise<number> {
  let length = 0;
  await withLab(lab, async (api) => {
    await say(api, ['pvcreate', '--metadatasize', `${AREA_MIB}m`, '/dev/sda']);
    await say(api, ['vgcreate', '-s', '1m', 'vg', '/dev/sda']);
    await say(api, ['vgcfgbackup', '-f', 'empty.vg', 'vg']);
    const read = parseMetadata(await readFile(join(lab, 'empty.vg'), 'latin1'), 'vg');
    if (!read.ok) throw new Error(read.error.code);
    const header = { ...read.value.header, generator: 'bench', hostDescription: '' };
    const full = backupText(withLvs(read.value.vg, lvs), header).toString();
    length = full.length;
    await writeFile(join(lab, 'full.vg'), full, 'latin1');
    await say(api, ['vgcfgrestore', '-f', 'full.vg', 'vg']);
  });
  return length;
}

function programs(lab: string): number {
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const began = performance.now();
    run(process.execPath, [PROGRAM, '--lab', lab, ...lvcreate(`program${round}`)]);
    return performance.now() - began;
  });
  return median(times);
}

/** Undefined where there is no LVM to compare with. */
async function peers(lab: string): Promise<number | undefined> {
  if (!existsSync(ORACLE) || process.getuid?.() !== 0) return undefined;
  const script = join(lab, 'peer.sh');
  const lines = Array.from({ length: ROUNDS }, (_, round) => [
    'began=$(date +%s%N)',
    `lvcreate -an -Zn -Wn -l 1 -n lvm${round} vg >/dev/null`,
    'echo "took $(($(date +%s%N) - began))"',
  ]);
  await writeFile(script, lines.flat().join('\n'));
  const printed = run(ORACLE, [join(lab, 'sda.img'), '--', '-s', script]);
  const times = [...printed.matchAll(/^took (\d+)$/gm)].map(([, nanos]) => Number(nanos) / 1e6);
  return median(times);
}

/** What getrusage tells goes on from the process that started it; /proc does not. */
const TELL_PEAK = `
import { readFileSync } from 'node:fs';
const status = () => readFileSync('/proc/self/status', 'utf8');
process.on('exit', () => process.stderr.write('peak ' + /VmHWM:\\s*(\\d+)/.exec(status())[1]));
`;

function peakMemory(lab: string): number {
  const tell = `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`;
  const args = ['--import', tell, PROGRAM, '--lab', lab, 'vgs'];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status} ${stderr}`);
  return stdout;
}

/** Volumes of one extent each that do not come up by themselves. */
function withLvs(vg: VolumeGroup, count: number): VolumeGroup {
  let seed = 1;
  const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const [pv] = vg.pvs;
  if (!pv) throw new Error('no PV');
  const lvs = Array.from({ length: count }, (_, index) => ({
    name: `lv${index}`,
    id: newLvmId(random),
    status: ['READ', 'WRITE', 'VISIBLE'],
    flags: ['NOAUTOACTIVATE'],
    tags: [],
    creationTime: 1_795_216_703n,
    creationHost: 'lvmhost',
    segments: [
      {
        kind: 'striped' as const,
        start: extents(0),
        count: extents(1),
        tags: [],
        stripeSize: mib(0),
        areas: [{ on: 'pv' as const, pvId: pv.id, start: extents(index) }],
        extra: [],
      },
    ],
    extra: [],
  }));
  return { ...vg, lvs };
}

/** @param work gets the milliseconds until the state was there, too. */
async function withLab(
  directory: string,
  work: (api: EngineApi, took: number) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const defect = (error: unknown): void => {
    throw error;
  };
  const lab = await openLab(directory, { createEngine, defect });
  if (!lab.ok) throw new Error(lab.error.code);
  await lab.value.api.state();
  await work(lab.value.api, performance.now() - began);
  await lab.value.close();
}

async function say(api: EngineApi, argv: readonly string[]): Promise<void> {
  const { status, output } = await api.command(argv);
  if (status === 0) return;
  throw new Error(`${argv.join(' ')}: ${output.map(({ text }) => text).join(' ')}`);
}
