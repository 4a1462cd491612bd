/**
 * A lab whose disks were spoilt: it opens, reports, is checked, and a command changes it. Whatever
 * stands on the disks, the answer is one of LVM's, in bounded time and memory, and what is written
 * goes where metadata belongs.
 */
import { must } from '../../../core/base/assert.ts';
import type { BlockDevice, Io } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import type { SectorStore } from '../../../core/block/sector-store.ts';
import type { CommandResult } from '../../../core/contract/api.ts';
import { Prng } from '../../../core/env/prng.ts';
import { isMissing } from '../../../core/lvm/format/model.ts';
import { validateVolumeGroup } from '../../../core/lvm/format/validate.ts';
import { TextCache } from '../../../core/lvm/scan-pv.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import type { Scan } from '../../../core/lvm/scan-types.ts';
import { MemoryBackups } from '../../../core/engine/backup-store.ts';
import { MemorySettings } from '../../../core/engine/settings-store.ts';
import { openDevices } from '../../support/device-lab.ts';
import { damage } from './damage.ts';
import { diskName, type Base } from './disks.ts';

/** How many pieces of damage a run does: one alone is told apart, many meet. */
const COUNTS = [1, 2, 4, 8, 16, 32];
/** Bytes a run may read: a few scans of all areas a label can claim, and no more. */
const READ_LIMIT = 2 ** 30;

export interface HostileOutcome {
  /** Pieces of damage. */
  readonly mutations: number;
  /** The writing command and its status. */
  readonly line: string;
  readonly status: number;
  readonly groups: number;
}

/** Throws with everything that repeats the run. */
export async function hostileRun(
  seed: number,
  bases: readonly Base[],
  mutate = damage,
): Promise<HostileOutcome> {
  const prng = new Prng(seed);
  const base = prng.pick(bases);
  const stores = base.stores.map((store) => store.copy());
  const done: string[] = [];
  for (let left = prng.pick(COUNTS); left > 0; left--) {
    done.push(mutate({ base, stores, prng }));
  }
  const said: string[] = [];
  try {
    return { mutations: done.length, ...(await work(base, stores, prng, said)) };
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const what = `seed ${seed}: ${base.name}: ${done.join('; ')}\n${said.join('\n')}`;
    throw new Error(`${what}\n${told}`, { cause: error });
  }
}

async function work(
  base: Base,
  stores: readonly SectorStore[],
  prng: Prng,
  said: string[],
): Promise<Omit<HostileOutcome, 'mutations'>> {
  const lab = await openHostile(base, stores, prng.below(2 ** 31));
  const { traffic } = lab;
  const before = await lab.scan();
  // A mirror that comes up says so in its log, and makes its legs the same; a snapshot gives a
  // store that is empty its header.
  const writing = before.vgs.some(({ vg }) =>
    vg.lvs.some(({ segments }) =>
      segments.some(({ kind }) => kind === 'mirror' || kind === 'snapshot'),
    ),
  );
  const data = writing ? [extentsOf(base)] : [];
  const hasWritten = (): boolean => traffic.written.some((one) => !isInside(data, one));
  if (hasWritten()) throw new Error('opening the lab wrote to it');
  const run = async (line: string): Promise<CommandResult> => {
    said.push(`$ ${line}`);
    const result = await lab.run(line);
    said.push(...result.output.map(({ text }) => text), `= ${result.status}`);
    return result;
  };
  for (const line of REPORTS) await run(line);
  await lab.lookInto(`/dev/${diskName(prng.below(stores.length))}`);
  if (hasWritten()) throw new Error('looking at the lab wrote to it');
  const lines = writingLine(before, stores.length, prng).split('; ');
  const line = must(lines.pop(), 'a command');
  if ([...lines, line].some((one) => NEEDS_REST.test(one))) await run('vgchange -an');
  if (hasWritten()) throw new Error('taking volumes down wrote to the disks');
  for (const first of lines) await run(first);
  const found = lines.length > 0 ? await lab.scan() : before;
  const { status } = await run(line);
  if (status !== 0 && !PARTIAL.test(line) && summary(await lab.scan()) !== summary(found)) {
    throw new Error('it failed and changed a group');
  }
  await run('vgs');
  if (status === 0) checkWritten(before, await lab.scan());
  await lab.close();
  checkPlaces(traffic, base, line, data);
  if (traffic.read > READ_LIMIT) throw new Error(`${traffic.read} bytes were read`);
  return { line, status, groups: before.vgs.length };
}

export interface HostileLab {
  readonly traffic: Traffic;
  /** Throws where the answer is none that LVM could give. */
  run(line: string): Promise<CommandResult>;
  /** A disk as the window lays it open. */
  lookInto(device: string): Promise<void>;
  scan(): Promise<Scan>;
  close(): Promise<void>;
}

/** @param seed of the identifiers that the engine makes. */
export async function openHostile(
  base: Base,
  stores: readonly SectorStore[],
  seed = 1,
): Promise<HostileLab> {
  const traffic: Traffic = { read: 0, written: [] };
  const disks = stores.map((store, index) => ({
    path: `/dev/${diskName(index)}`,
    device: watched(new RamDisk(diskName(index), base.size, store), traffic),
  }));
  const devices = disks.map(({ device }) => device);
  // A monitor would repair what it finds broken: that writes, and is not looking.
  const settings = new MemorySettings();
  await settings.set('activation/monitoring', 0);
  const { api, run, close } = await openDevices(devices, seed, new MemoryBackups(), {
    settings,
    // A move that was cut short goes on by itself otherwise, and every piece is a version.
    asks: true,
  });
  const texts = new TextCache();
  return {
    traffic,
    run: async (line) => checked(line, await run(line)),
    async lookInto(device) {
      const looked = await api.pvMetadata(device);
      if (!looked.ok) throw new Error(looked.error.messages.join(' '));
      const { problem = '', areas, structures } = looked.value;
      if (problem === '' && structures.length + areas.length === 0) throw new Error('nothing said');
    },
    scan: () => scanDisks(disks, texts),
    close,
  };
}

/** Commands on several objects do those that they can. */
const PARTIAL = /^(?:pvcreate|pvremove|vgreduce --removemissing|vgck|vgchange)/;

/** Groups whose volumes are in use are left alone. */
const NEEDS_REST = /^(?:vgsplit|vgmerge|vgexport|vgimportclone|vgcfgrestore)/;

interface Traffic {
  read: number;
  readonly written: { readonly disk: string; readonly start: number; readonly count: number }[];
}

function watched(disk: BlockDevice, traffic: Traffic): BlockDevice {
  return {
    name: disk.name,
    size: disk.size,
    readOnly: disk.readOnly,
    submit(io: Io) {
      if (io.op === 'read') traffic.read += io.data.length;
      if (io.op === 'write') {
        const { start, data } = io;
        traffic.written.push({ disk: disk.name, start, count: data.length / 512 });
      }
      return disk.submit(io);
    },
  };
}

/** What LVM may answer: a known status, and a reason where it is not 0. */
function checked(line: string, result: CommandResult): CommandResult {
  const { status, output } = result;
  const texts = output.map(({ text }) => text);
  if (![0, 3, 5].includes(status)) throw new Error(`${line}: status ${status}`);
  if (status !== 0 && texts.every((text) => text.trim() === '')) {
    throw new Error(`${line}: status ${status} without a reason`);
  }
  const bug = texts.find((text) => /Internal rule|undefined|\[object|NaN|Infinity/.test(text));
  if (bug !== undefined) throw new Error(`${line}: ${bug}`);
  const raw = texts.find((text) => /[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text));
  if (raw !== undefined) throw new Error(`${line}: control characters: ${JSON.stringify(raw)}`);
  return result;
}

const REPORTS = ['pvs -a -o all', 'vgs -o all', 'lvs -a --segments -o all', 'vgck'];

/** One command that writes, on what the scan found. */
function writingLine(scan: Scan, diskCount: number, prng: Prng): string {
  const names = scan.vgs.map(({ vg }) => vg.name);
  const scanned = scan.vgs.length > 0 ? prng.pick(scan.vgs) : undefined;
  const found = scanned?.vg;
  const members = [...(scanned?.devices.values() ?? [])].map(({ path }) => path);
  const vg = word(found?.name ?? 'vg');
  const visible = (found?.lvs ?? []).filter(({ name }) => !names.includes(name));
  const lv = visible.length > 0 ? word(`${found?.name}/${prng.pick(visible).name}`) : `${vg}/home`;
  const others = names.filter((name) => name !== found?.name);
  const other = word(others.length > 0 ? prng.pick(others) : 'v2');
  const clones = scan.duplicates.map(({ path }) => path);
  const back = found?.pvs.find((pv) => isMissing(pv) && scanned?.devices.has(pv.id));
  // What only few disks allow.
  if (others.length > 0 && prng.chance(10)) return `vgmerge ${vg} ${other}`;
  if (clones.length > 0 && prng.chance(10)) return `vgimportclone ${clones.join(' ')}`;
  const returned = back && scanned?.devices.get(back.id)?.path;
  if (returned !== undefined && prng.chance(10))
    return `vgextend --restoremissing ${vg} ${returned}`;
  const disk = `/dev/${diskName(prng.below(diskCount))}`;
  const also = `/dev/${diskName(prng.below(diskCount))}`;
  return prng.pick([
    `vgchange --addtag hot ${vg}`,
    `vgck --updatemetadata ${vg}`,
    `lvcreate -y -l 1 -n fresh ${vg}`,
    `lvcreate -y -l 2 -i 2 -n fresh ${vg}`,
    `lvcreate -y -l 100%FREE -n fresh ${vg}`,
    `lvextend -l +1 ${lv}`,
    `lvreduce -y -l -1 ${lv}`,
    `lvremove -y ${lv}`,
    `lvrename ${lv} fresh`,
    `lvchange -y --addtag hot ${lv}`,
    `lvchange -an ${lv}`,
    `lvchange -ay ${lv}`,
    `vgreduce ${vg} ${disk}`,
    `vgreduce --removemissing ${vg}`,
    `vgreduce --removemissing --force ${vg}`,
    `vgextend --restoremissing ${vg} ${disk}`,
    `vgextend ${vg} ${disk}`,
    `vgrename ${vg} fresh`,
    `vgexport ${vg}`,
    `vgexport ${vg}; vgimport ${vg}`,
    `vgcfgbackup -f kept.vg ${vg}; vgchange --addtag cold ${vg}; vgcfgrestore -f kept.vg ${vg}`,
    `vgcfgbackup -f kept.vg ${vg}; pvck -y --repair -f kept.vg ${disk}`,
    `vgsplit ${vg} fresh ${disk}`,
    `vgsplit ${vg} ${other} ${disk}`,
    `vgsplit -n ${lv} ${vg} fresh`,
    `vgmerge ${other} ${vg}`,
    `vgmerge ${vg} ${other}`,
    `vgimportclone -n fresh ${members.join(' ')}`,
    `vgimportclone ${disk} ${also}`,
    `lvcreate --type zero -l 2 -n fresh ${vg}`,
    `lvcreate -y -l 2 -n fresh ${vg} ${disk}:1-4 ${also}:0-`,
    `lvextend -l +2 --alloc cling --config 'allocation/cling_tag_list="@*"' ${lv}`,
    `pvck ${disk}`,
    `pvck --dump metadata_search ${disk}`,
    `pvck --dump metadata_all ${disk}`,
    `pvck -y --repairtype label_header ${disk}`,
    `vgremove -y ${vg}`,
    `vgcfgbackup -f kept.vg ${vg}`,
    `pvchange -y --addtag hot ${disk}`,
    `pvchange -y -u ${disk}`,
    `pvresize -y ${disk}`,
    `pvresize -y --setphysicalvolumesize 30m ${disk}`,
    `pvremove -y -ff ${disk}`,
    `pvcreate -y -ff ${disk}`,
    'vgchange -an',
    'vgchange -ay',
  ]);
}

const word = (text: string): string => (/^[\w./+-]+$/.test(text) ? text : `'${text}'`);

const summary = (scan: Scan): string =>
  JSON.stringify(scan.vgs.map(({ vg }) => [vg.name, vg.id, vg.seqno]));

/** In sectors. */
interface Span {
  readonly start: number;
  readonly size: number;
}

const extentsOf = ({ size }: Base): Span => ({ start: 2048, size: size - 2048 - 128 });

const isInside = (
  spans: readonly Span[],
  { start, count }: { readonly start: number; readonly count: number },
): boolean => spans.some((one) => start >= one.start && start + count <= one.start + one.size);

/** Labels and areas are written where labels and areas are, whatever a disk said of itself. */
function checkPlaces({ written }: Traffic, base: Base, line: string, data: readonly Span[]): void {
  const verb = line.split(' ')[0];
  for (const one of written) {
    const own: Span[] = [{ start: 0, size: 4 }, ...base.areas, ...data];
    // Both write elsewhere by design: a new area, the start of a new volume.
    if (verb === 'pvresize') own.push({ start: 30 * 2048 - 128, size: 128 });
    if (verb === 'pvcreate') own.push({ start: 8, size: 2040 });
    if (verb === 'lvcreate') own.push(extentsOf(base));
    const { disk, start, count } = one;
    if (!isInside(own, one))
      throw new Error(`${line} wrote ${count} sectors at ${start} of ${disk}`);
  }
}

/** What a command wrote obeys LVM's rules, whatever was there before. */
function checkWritten(before: Scan, after: Scan): void {
  const hidden = before.duplicates.flatMap(({ areas }) => areas.map(({ vg }) => vg));
  for (const { vg } of after.vgs) {
    const was = before.vgs.find((one) => one.vg.id === vg.id)?.vg;
    // What a clone carries comes to light once the original is another group.
    const known = [was, ...hidden].some((one) => one?.id === vg.id && one.seqno === vg.seqno);
    const [fault] = known ? [] : validateVolumeGroup(vg);
    if (fault) throw new Error(`written: ${fault.sentence}`);
  }
}
