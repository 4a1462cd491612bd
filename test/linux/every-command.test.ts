/**
 * Every command that writes, judged by Linux from both sides: what it leaves on the disks here is
 * sound to lvm and reported alike, and what lvm's own leaves is so here; then the other one goes on
 * with the disks, and again both agree. The commands are those of the fault loops.
 */
import { copyFile, truncate } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { splitCommandLine } from '../../core/base/words.ts';
import { CASES, openCase, platterOf, type Case } from '../sim/commands.ts';
import { PVCK_CASES } from '../sim/pvck-cases.ts';
import { copyOf } from '../support/lab.ts';
import { inHostLvm, type Said } from './host-lvm.ts';
import { newImages, withEngine } from './lab.ts';

const SIZE = 32 * 2 ** 20;
const DISKS = 4;

const VGS = `vg_name,vg_uuid,vg_attr,vg_extent_size,vg_extent_count,vg_free_count,pv_count,
  vg_missing_pv_count,lv_count,max_lv,max_pv,vg_seqno,vg_tags,vg_mda_count,vg_mda_used_count,
  vg_mda_free,vg_mda_size,vg_mda_copies,vg_allocation_policy,vg_autoactivation`;
const PVS = `pv_name,pv_uuid,vg_name,pv_attr,dev_size,pe_start,pv_size,pv_free,pv_pe_count,
  pv_pe_alloc_count,pv_tags,pv_mda_count,pv_mda_used_count,pv_mda_free,pv_mda_size,pv_ba_start,
  pv_ba_size,pv_missing,pv_in_use,pv_duplicate,pv_ext_vsn`;
const LVS = `vg_name,lv_name,lv_uuid,lv_size,lv_tags,lv_allocation_policy,
  lv_skip_activation,lv_autoactivation,lv_layout,lv_role,seg_count`;
const SEGMENTS = `vg_name,lv_name,segtype,seg_start_pe,seg_size_pe,stripes,stripe_size,
  seg_pe_ranges`;

const part = (name: string, fields: string): string =>
  `--configreport ${name} -o ${fields.replaceAll(/\s/g, '')}`;

const REPORT = [
  'lvm fullreport --driverloaded n --noheadings --units s --separator "|"',
  part('vg', VGS),
  part('pv', PVS),
  part('pvseg', 'pv_name,pvseg_start,pvseg_size,lv_name'),
  part('lv', LVS),
  part('seg', SEGMENTS),
].join(' ');

/** Runs command lines on images, one after the other. */
type Program = (images: readonly string[], lines: readonly string[]) => Promise<readonly Said[]>;

const here: Program = (images, lines) =>
  withEngine(images, async (api) => {
    const answers: Said[] = [];
    for (const line of lines) {
      const words = splitCommandLine(line);
      if (!words.ok) throw new Error(words.error.why);
      const { status, output } = await api.command(words.value);
      const stdout = output.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
      answers.push({ status, stdout: stdout.join('\n') });
    }
    return answers;
  });

/** pvck's are judged byte by byte: `repaired-disks.test.ts`. */
const JUDGED = CASES.filter((one) => !PVCK_CASES.includes(one));

/** A group, and whether it can be changed: it is not exported, and lacks no PV. */
interface Group {
  readonly vg: string;
  readonly usable: boolean;
}

// Linux is started as rarely as can be: of all that this takes, that takes the longest.

test.concurrent.each(JUDGED)('here, then in Linux: $name', async (one) => {
  const images = await newImages(SIZE, DISKS);
  await carriedOut(one, images, here);
  const groups = await groupsOn(images);
  const [looks, changes] = [looksAt(groups), changesOf(groups)];
  const before = await here(images, looks);
  const said = await inHostLvm(images, [...looks, ...changes, ...looks]);
  expectAlike(looks, said.slice(0, looks.length), before);
  expectDone(changes, said.slice(looks.length));
  expectAlike(looks, said.slice(looks.length + changes.length), await here(images, looks));
});

test.concurrent.each(JUDGED)('in Linux, then here: $name', async (one) => {
  const images = await newImages(SIZE, DISKS);
  const groups = await groupsAfter(one);
  const [looks, changes] = [looksAt(groups), changesOf(groups)];
  const said = await carriedOut(one, images, inHostLvm, looks);
  expect(await groupsOn(images)).toEqual(groups);
  expectAlike(looks, said, await here(images, looks));
  expectDone(changes, await here(images, changes));
  expectAlike(looks, await inHostLvm(images, looks), await here(images, looks));
});

async function groupsOn(images: readonly string[]): Promise<readonly Group[]> {
  const [found] = await here(images, ['vgs --noheadings --separator "|" -o vg_name,vg_attr']);
  return rows(found).map((row) => {
    const [vg = '', attr = ''] = row.split('|');
    return { vg, usable: !/[xp]/.test(attr) };
  });
}

/** Those that the command leaves, found out in memory. */
async function groupsAfter(one: Case): Promise<readonly Group[]> {
  const lab = await openCase(one, copyOf(await platterOf(one)));
  await lab.run(one.command);
  const { vgs } = await lab.api.state();
  await lab.close();
  return vgs.map(({ name, attr }) => ({ vg: name, usable: !/[xp]/.test(attr) }));
}

const looksAt = (groups: readonly Group[]): readonly string[] => [
  ...groups.map(({ vg }) => `vgck ${vg}`),
  REPORT,
];

const changesOf = (groups: readonly Group[]): readonly string[] =>
  groups.filter(({ usable }) => usable).map(({ vg }) => `vgchange --addtag seen ${vg}`);

/** Both see the same, and find it sound or not. */
function expectAlike(lines: readonly string[], theirs: readonly Said[], ours: readonly Said[]) {
  for (const [index, line] of lines.entries()) {
    expect(rows(theirs[index]), line).toEqual(rows(ours[index]));
    expect(theirs[index]?.status, line).toBe(ours[index]?.status);
  }
}

function expectDone(lines: readonly string[], answers: readonly Said[]): void {
  const failed = lines.filter((_, index) => answers[index]?.status !== 0);
  if (failed.length > 0) throw new Error(`${failed.join('; ')}: failed`);
}

/** Without device-mapper lvm knows no number that a device of it could have, and says so. */
const NO_MAJOR = /^Ignoring supplied major 253 number/;

const rows = (said: Said | undefined): readonly string[] =>
  (said?.stdout ?? '')
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '' && !NO_MAJOR.test(row))
    .sort();

/**
 * What was there before, and the command itself, on new disks.
 * @returns what is answered to `looks`, right after it
 */
async function carriedOut(
  one: Case,
  images: readonly string[],
  run: Program,
  looks: readonly string[] = [],
): Promise<readonly Said[]> {
  const { before, command, keep = [], lost, away, clones = [] } = one;
  const disk = (index: number): string => images[index] ?? '';
  const kept = keep.length > 0 ? [...keep, 'vgcfgbackup -f kept vg'] : [];
  const first = [...kept, ...before.slice(keep.length)];
  const undisturbed = !away && lost === undefined && clones.length === 0;
  // What was kept in a file is there as long as the program runs.
  if (kept.length > 0 || undisturbed) return work(run, images, [...first, command], looks);
  await work(run, images, first);
  if (away) {
    await copyFile(disk(away.disk), `${disk(away.disk)}.away`);
    await blank(disk(away.disk));
    await work(run, images, away.meanwhile);
    await copyFile(`${disk(away.disk)}.away`, disk(away.disk));
  }
  for (const [from, to] of clones) await copyFile(disk(from), disk(to));
  if (lost !== undefined) await blank(disk(lost));
  return work(run, images, [command], looks);
}

async function blank(image: string): Promise<void> {
  await truncate(image, 0);
  await truncate(image, SIZE);
}

async function work(
  run: Program,
  images: readonly string[],
  lines: readonly string[],
  looks: readonly string[] = [],
): Promise<readonly Said[]> {
  const answers = await run(images, [...lines.map(atRest), ...looks]);
  expectDone(lines, answers);
  return answers.slice(lines.length);
}

/** Without device-mapper nothing can come up, nor be zeroed; all is down from the start. */
function atRest(line: string): string {
  if (line.startsWith('vgchange -an')) return 'vgs';
  return line.startsWith('lvcreate ') && !line.includes(' -an') ? `${line} -an -Zn` : line;
}
