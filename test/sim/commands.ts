import { SECTOR } from '../../core/base/units.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import type { VgState } from '../../core/contract/state.ts';
import { MemoryBackups, type BackupStore } from '../../core/engine/backup-store.ts';
import { copyOf, layoutOf, openLab, prepared, type Platters, type Wrap } from '../support/lab.ts';
import type { TestLab } from '../support/device-lab.ts';
import { OWNER_CASES } from './owner-cases.ts';
import { PVCK_CASES } from './pvck-cases.ts';
import { RESIZE_CASES } from './resize-cases.ts';

/** What nothing can be read from any longer. */
export interface Zeroed {
  /** Index of the disk. */
  readonly disk: number;
  /** The sector at which it begins. */
  readonly start: number;
  /** At most a sector. */
  readonly bytes: number;
}

/** The commands that every fault loop goes through, with what must be there before. */
export interface Case {
  readonly name: string;
  readonly before: readonly string[];
  readonly command: string;
  /** Disks that are copies of others by then: pairs of indices, from and to. */
  readonly clones?: readonly (readonly [number, number])[];
  /** Index of a disk that is blank by then: its PV is missing. */
  readonly lost?: number;
  /** Index of a disk that was away while these commands ran, and is back as it was. */
  readonly away?: { readonly disk: number; readonly meanwhile: readonly string[] };
  /**
   * Two groups cannot change in one write: the target of a split is exported first; and some
   * commands write several versions of one. From what is left in between, these commands make the
   * new version.
   */
  readonly finish?: readonly string[];
  /** It changes identifiers of PVs. */
  readonly identified?: true;
  /** Only of PVs in no group, or in none any longer, which are no part of a layout. */
  readonly orphans?: true;
  /** What cannot be read while it runs comes back later, as if it had been away: LVM's way. */
  readonly cutsOnly?: true;
  /** After these commands the text of the group was kept in a file: `kept`. */
  readonly keep?: readonly string[];
  /** What is wrong with the disks by then. */
  readonly spoil?: readonly Zeroed[];
  /** Its group may be as it was: what was spoilt has copies. */
  readonly same?: true;
  /** Where it was cut short, it is called again; if it writes over a sound text, it has to be. */
  readonly again?: true | 'in place';
  /** Works whatever became of the command; absent: `nextLine` chooses. */
  readonly next?: string;
}

/** A group that is exported, or that lacks a disk. */
const UNFINISHED = /^\S+ \S*EXPORTED|missing\(/m;

export const layoutFor = ({ identified }: Case, platters: Platters): Promise<string> =>
  layoutOf(platters, identified);

/** The version that is on the disks; what an unfinished split left is finished first. */
export async function versionOn(one: Case, platters: Platters): Promise<string> {
  const layout = await layoutFor(one, platters);
  if (one.again === 'in place' && layout === '') {
    const after = copyOf(platters);
    await (await reopened(one, after)).close();
    return layoutFor(one, after);
  }
  if (!one.finish || !UNFINISHED.test(layout)) return layout;
  const after = copyOf(platters);
  const lab = await openLab(after, undefined, SEED + 2);
  for (const line of one.finish) {
    const { status, output } = await lab.run(line);
    if (status !== 0) throw new Error(`${line}: ${JSON.stringify(output)}`);
  }
  await lab.close();
  return layoutFor(one, after);
}

const PVREMOVE = 'pvremove /dev/sda /dev/sdb /dev/sdc /dev/sdd';

export async function platterOf({
  before,
  lost,
  away,
  spoil = [],
  clones = [],
}: Case): Promise<Platters> {
  const whole = await prepared(before);
  const originals = away ? await withoutDisk(whole, away) : whole;
  const platters = originals.map((store, index) => {
    const [from] = clones.find(([, to]) => to === index) ?? [];
    return from === undefined ? store : (originals[from]?.copy() ?? store);
  });
  const left = platters.map((store, index) => (index === lost ? new SectorStore() : store));
  for (const { disk, start, bytes } of spoil) {
    const data = new Uint8Array(SECTOR);
    left[disk]?.read(start, data);
    left[disk]?.write(start, data.fill(0, 0, bytes));
  }
  return left;
}

/** A lab with the files that the command finds beside the disks. */
export async function openCase(
  { keep }: Case,
  platters: Platters,
  wrap?: Wrap,
  seed = SEED,
  backups: BackupStore = new MemoryBackups(),
): Promise<TestLab> {
  if (keep) await backups.write('kept', await keptText(keep));
  return openLab(platters, wrap, seed, backups);
}

const kept = new Map<string, string>();

async function keptText(keep: readonly string[]): Promise<string> {
  const key = keep.join('\n');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const backups = new MemoryBackups();
  // The seed of the preparation: the same commands make the same identifiers.
  const lab = await openLab(await prepared(keep), undefined, SEED, backups);
  await lab.run('vgcfgbackup -f kept vg');
  await lab.close();
  const text = await backups.read('kept');
  if (!text.ok) throw new Error('nothing was kept');
  kept.set(key, text.value);
  return text.value;
}

/** What a command left, in another lab; what it only began is finished. */
export async function reopened(one: Case, platters: Platters): Promise<TestLab> {
  const lab = await openCase(one, platters, undefined, SEED + 1);
  if (!one.again) return lab;
  const { status, output } = await lab.run(one.command);
  if (status !== 0) throw new Error(`${one.command}, again: ${JSON.stringify(output)}`);
  return lab;
}

async function withoutDisk(
  platters: Platters,
  { disk, meanwhile }: NonNullable<Case['away']>,
): Promise<Platters> {
  const others = platters.map((store, index) => (index === disk ? new SectorStore() : store));
  const lab = await openLab(others, undefined, SEED + 3);
  for (const line of meanwhile) {
    const { status, output } = await lab.run(line);
    if (status !== 0) throw new Error(`${line}: ${JSON.stringify(output)}`);
  }
  await lab.close();
  return platters.map((store, index) => (index === disk ? store : (others[index] ?? store)));
}

/** Another one than that of the preparation: identifiers must not meet. */
export const SEED = 7;

const PVS = 'pvcreate /dev/sda /dev/sdb /dev/sdc /dev/sdd';
const GROUP = ['vgcreate -s 1m vg /dev/sda /dev/sdb'];
const VOLUMES = [...GROUP, 'lvcreate -n home -l 6 vg', 'lvcreate -n data -i 2 -l 4 vg'];

/** Volumes that do not come up by themselves. */
const DOWN = [...VOLUMES, 'vgchange --setautoactivation n vg', 'vgchange -an vg'];

const ALONE = [
  'vgcreate -s 1m vg /dev/sda',
  'vgchange --setautoactivation n vg',
  'lvcreate -an -Zn -n home -l 6 vg',
];

/** PVs with two areas, with none, and with one that is set aside. */
const AREAS = [
  ...DOWN,
  'vgextend --pvmetadatacopies 2 vg /dev/sdc',
  'vgextend --pvmetadatacopies 0 vg /dev/sdd',
  'lvcreate -an -Zn -n far -l 40 vg',
  'pvchange --metadataignore y /dev/sdb',
];

const V2 = 'vgcreate -s 1m v2 /dev/sdd';
const FINISH_SPLIT = ['vgimport v2', 'vgreduce --removemissing --force vg'];

/** A command that must work whatever became of the one before. */
export function nextLine(vgs: readonly Pick<VgState, 'name' | 'attr'>[]): string {
  const [vg] = vgs;
  if (!vg) return 'pvcreate -y -ff /dev/sda';
  if (vg.attr.includes('p')) return `vgreduce --removemissing --force ${vg.name}`;
  return vg.attr.includes('x') ? `vgimport ${vg.name}` : `lvcreate -n later -l 1 ${vg.name}`;
}

export const CASES: readonly Case[] = [
  { name: 'pvcreate', before: [], command: 'pvcreate /dev/sda /dev/sdb', orphans: true },
  {
    name: 'pvcreate with all its parts',
    before: [PVS],
    command:
      'pvcreate --pvmetadatacopies 2 --bootloaderareasize 1m --labelsector 2 -Zn /dev/sda /dev/sdb',
    orphans: true,
  },
  {
    name: 'pvchange --metadataignore of orphans',
    before: ['pvcreate --pvmetadatacopies 2 /dev/sda /dev/sdb'],
    command: 'pvchange --metadataignore y /dev/sda /dev/sdb',
    orphans: true,
  },
  {
    name: 'pvchange --metadataignore',
    before: [...VOLUMES, 'vgextend --pvmetadatacopies 2 vg /dev/sdc'],
    command: 'pvchange --metadataignore y --addtag aside /dev/sdc',
  },
  { name: 'pvchange -u', before: DOWN, command: 'pvchange -u /dev/sdb', identified: true },
  {
    name: 'pvchange -u of the only PV',
    before: ALONE,
    command: 'pvchange -u --addtag new /dev/sda',
    identified: true,
  },
  {
    name: 'pvchange -u, two areas',
    before: AREAS,
    command: 'pvchange -u /dev/sdc',
    identified: true,
  },
  {
    name: 'pvchange -u, no area',
    before: AREAS,
    command: 'pvchange -u /dev/sdd',
    identified: true,
  },
  {
    name: 'pvchange -u, area aside',
    before: AREAS,
    command: 'pvchange -u /dev/sdb',
    identified: true,
  },
  {
    name: 'pvchange -u, area taken into use',
    before: AREAS,
    command: 'pvchange -u --metadataignore n /dev/sdb',
    identified: true,
  },
  {
    name: 'pvchange -u of an orphan',
    before: [PVS],
    command: 'pvchange -u /dev/sda',
    identified: true,
    orphans: true,
  },
  {
    name: 'vgchange --vgmetadatacopies',
    before: [...VOLUMES, 'vgextend --pvmetadatacopies 2 vg /dev/sdc'],
    command: 'vgchange --vgmetadatacopies 1 vg',
  },
  {
    name: 'vgchange --vgmetadatacopies all',
    before: [...VOLUMES, 'vgextend vg /dev/sdc', 'vgchange --vgmetadatacopies 1 vg'],
    command: 'vgchange --vgmetadatacopies all vg',
  },
  { name: 'vgcreate', before: [], command: 'vgcreate -s 1m vg /dev/sda /dev/sdb' },
  { name: 'vgextend', before: VOLUMES, command: 'vgextend vg /dev/sdc' },
  { name: 'pvremove', before: [PVS], command: PVREMOVE, orphans: true },
  { name: 'pvchange', before: VOLUMES, command: 'pvchange -x n --addtag slow /dev/sdb' },
  {
    name: 'pvresize',
    before: VOLUMES,
    command: 'pvresize -y --setphysicalvolumesize 20m /dev/sdb',
  },
  ...RESIZE_CASES,
  ...PVCK_CASES,
  {
    name: 'vgcfgrestore',
    keep: DOWN,
    before: [...DOWN, 'lvremove -y vg/home', 'lvcreate -an -Zn -n other -l 9 vg'],
    command: 'vgcfgrestore -f kept vg',
  },
  {
    name: 'vgreduce',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    command: 'vgreduce vg /dev/sdc',
  },
  { name: 'vgrename', before: VOLUMES, command: 'vgrename vg v2' },
  { name: 'vgchange', before: VOLUMES, command: 'vgchange -s 512k --addtag rack7 vg' },
  ...OWNER_CASES,
  {
    name: 'vgsplit to a new group',
    before: [
      ...DOWN,
      'vgextend vg /dev/sdc /dev/sdd',
      'lvcreate -an -Zn -l 40 -n big vg /dev/sdc /dev/sdd',
    ],
    command: 'vgsplit vg v2 /dev/sdc /dev/sdd',
    finish: FINISH_SPLIT,
  },
  {
    name: 'vgsplit --vgmetadatacopies',
    before: [...DOWN, 'vgextend --pvmetadatacopies 2 vg /dev/sdc'],
    command: 'vgsplit --vgmetadatacopies 1 vg v2 /dev/sdc',
    finish: FINISH_SPLIT,
  },
  {
    name: 'vgsplit to another group',
    before: [...DOWN, 'vgextend vg /dev/sdc', 'lvcreate -an -Zn -l 9 -n b vg /dev/sdc', V2],
    command: 'vgsplit -n b vg v2',
    finish: FINISH_SPLIT,
  },
  {
    name: 'vgsplit of a whole group',
    before: [...DOWN, 'vgextend vg /dev/sdc', V2],
    command: 'vgsplit vg v2 /dev/sda /dev/sdb /dev/sdc',
    finish: ['vgimport v2'],
  },
  {
    name: 'vgmerge',
    before: [...DOWN, 'vgextend vg /dev/sdc', V2, 'lvcreate -an -Zn -l 9 -n b v2'],
    command: 'vgmerge v2 vg',
  },
  {
    name: 'vgimportclone',
    before: DOWN,
    clones: [
      [0, 2],
      [1, 3],
    ],
    command: 'vgimportclone -n copy /dev/sdc /dev/sdd',
    finish: ['vgimportclone /dev/sdc /dev/sdd'],
    next: 'vgimportclone -n again /dev/sdc /dev/sdd',
  },
  { name: 'vgexport', before: DOWN, command: 'vgexport vg' },
  { name: 'vgimport', before: [...DOWN, 'vgexport vg'], command: 'vgimport vg' },
  {
    name: 'vgreduce --removemissing',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    command: 'vgreduce --removemissing vg',
    lost: 2,
  },
  {
    name: 'vgreduce --removemissing --force',
    before: VOLUMES,
    command: 'vgreduce --removemissing --force vg',
    lost: 1,
    // Every volume that goes is a version of its own, as in LVM.
    finish: ['vgreduce --removemissing --force vg'],
  },
  { name: 'vgextend with a PV missing', before: VOLUMES, command: 'vgextend vg /dev/sdc', lost: 1 },
  {
    name: 'vgextend --restoremissing',
    before: VOLUMES,
    away: { disk: 1, meanwhile: ['vgextend vg /dev/sdc'] },
    command: 'vgextend --restoremissing vg /dev/sdb',
  },
  {
    name: 'vgck --updatemetadata with an outdated PV',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    away: { disk: 2, meanwhile: ['vgreduce --removemissing vg'] },
    command: 'vgck --updatemetadata vg',
    orphans: true,
  },
  {
    name: 'vgremove with an outdated PV',
    before: [...VOLUMES, 'vgextend vg /dev/sdc'],
    away: { disk: 2, meanwhile: ['vgreduce --removemissing vg'] },
    command: 'vgremove -y vg',
    cutsOnly: true,
  },
  { name: 'vgremove', before: VOLUMES, command: 'vgremove -y vg' },
  { name: 'lvcreate', before: VOLUMES, command: 'lvcreate -n new -l 5 vg' },
  { name: 'lvcreate striped', before: VOLUMES, command: 'lvcreate -n new -i 2 -l 6 vg' },
  { name: 'lvcreate zero', before: VOLUMES, command: 'lvcreate --type zero -n nil -l 900 vg' },
  {
    name: 'lvcreate on ranges',
    before: VOLUMES,
    command: 'lvcreate -n r -l 5 vg /dev/sdb:20-22:9-12',
  },
  {
    name: 'lvextend by error',
    before: VOLUMES,
    command: 'lvextend --type error -l +3 vg/home',
  },
  { name: 'lvextend', before: VOLUMES, command: 'lvextend -l +4 vg/home' },
  { name: 'lvreduce', before: VOLUMES, command: 'lvreduce -y -l -4 vg/home' },
  { name: 'lvresize', before: VOLUMES, command: 'lvresize -y -l 2 vg/data' },
  { name: 'lvchange', before: VOLUMES, command: 'lvchange -p r --addtag cold vg/home' },
  {
    name: 'lvcreate with a number of its own',
    before: VOLUMES,
    command: 'lvcreate -r 64 -My --minor 77 -ky -K -n new -l 3 vg',
  },
  { name: 'lvchange -r', before: VOLUMES, command: 'lvchange -r 64 --addtag far vg/data' },
  { name: 'lvchange -M', before: VOLUMES, command: 'lvchange -y -My --minor 77 vg/home' },
  {
    name: 'pvchange -u of an orphan',
    before: [PVS],
    command: 'pvchange -u /dev/sda /dev/sdb /dev/sdc /dev/sdd',
    orphans: true,
  },
  { name: 'lvremove', before: VOLUMES, command: 'lvremove -y vg/home' },
  { name: 'lvrename', before: VOLUMES, command: 'lvrename vg home haus' },
];
