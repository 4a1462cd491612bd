/** Labs made from backup files alone. */
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatLvmId } from '../../../core/base/ids.ts';
import { parseMetadata } from '../../../core/lvm/format/import.ts';
import { backupText } from '../../../core/lvm/format/backup.ts';
import { lvstudio, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0 });
  return said.out;
};

const GOLDEN = 'test/golden/metadata';

/** A group of Linux as a file of vgcfgbackup, perhaps under another name. */
async function backupOf(name: string, folder: string, as?: string): Promise<string> {
  const text = await readFile(join(GOLDEN, `${name}.txt`), 'latin1');
  const read = parseMetadata(text, '');
  if (!read.ok) throw new Error(read.error.why);
  const { vg, header } = read.value;
  const file = join(folder, as ?? vg.name);
  const backup = backupText({ ...vg, name: as ?? vg.name }, header).toString();
  await writeFile(file, backup, 'latin1');
  return file;
}

/** Everything a backup says but where its disks were. */
function withoutHints(text: string): unknown {
  const read = parseMetadata(text, '');
  if (!read.ok) throw new Error(read.error.why);
  const { vg } = read.value;
  return { ...vg, pvs: vg.pvs.map((pv) => ({ ...pv, deviceHint: '' })) };
}

const NAMES = (await readdir(GOLDEN))
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -4));

describe.each(NAMES)('the twin of %s', (name) => {
  test('has the disks, the PVs and every volume of the original', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const file = await backupOf(name, folder);
    const said = ok(await lvstudio(['lab', 'twin', directory, file]));
    const text = await readFile(file, 'latin1');
    const read = parseMetadata(text, '');
    if (!read.ok) throw new Error(read.error.why);
    const { vg } = read.value;
    expect(said).toContain(`${vg.name}: ${vg.pvs.length} PVs, ${vg.lvs.length} LVs`);
    const images = (await readdir(directory)).filter((one) => one.endsWith('.img'));
    expect(images).toHaveLength(vg.pvs.length);
    // The twin of a group in which extents move: they go on as soon as somebody opens it.
    const lab = join(directory, 'lab.json');
    const entries = JSON.parse(await readFile(lab, 'utf8')) as object;
    await writeFile(lab, JSON.stringify({ ...entries, throttle: { all: 0 } }));
    for (const image of images)
      expect((await stat(join(directory, image))).blocks).toBeLessThan(512);

    const report = (line: string): Promise<Said> => lvstudio(`--lab ${directory} ${line}`);
    const rows = (out: string): string[] =>
      out
        .trim()
        .split(/\s*\n\s*/)
        .sort();
    const pvs = ok(await report('pvs --noheadings -o pv_uuid,dev_size,pv_pe_count --units s'));
    expect(rows(pvs)).toEqual(
      vg.pvs
        .map(({ id, deviceSize, peCount }) => `${formatLvmId(id)} ${deviceSize}S ${peCount}`)
        .map((row) => row.replace(/ (\d+)S /, (_, size: string) => ` ${size}S `))
        .sort()
        .map((row) => expect.stringMatching(new RegExp(row.replaceAll(' ', ' +'))) as string),
    );
    const again = join(folder, 'again');
    ok(await report(`vgcfgbackup -f ${again} ${vg.name}`));
    expect(withoutHints(await readFile(again, 'latin1'))).toEqual(withoutHints(text));
    expect(ok(await report('vgs --noheadings -o vg_seqno')).trim()).toBe(String(vg.seqno));
    expect(await readFile(join(directory, 'backup', vg.name), 'latin1')).toBe(text);
    expect(await readdir(join(directory, 'archive'))).toHaveLength(1);
  });
});

test('several groups share a lab, and disks are called as at home where that can be', async () => {
  const folder = await scratch();
  const directory = join(folder, 'twin');
  const one = await backupOf('linear-striped-tags', folder, 'one');
  const two = await backupOf('raid', folder, 'two');
  const data = (await readFile(two, 'latin1')).replace('"/dev/vda"', '"/dev/sdk"');
  await writeFile(two, data, 'latin1');
  const out = ok(await lvstudio(['lab', 'twin', directory, one, two]));
  expect(out).toMatch(/\/dev\/sdk +8:160/);
  const vgs = ok(await lvstudio(`--lab ${directory} vgs --noheadings -o vg_name`));
  expect(vgs.trim().split(/\s+/)).toEqual(['one', 'two']);
  const pv = ok(await lvstudio(`--lab ${directory} pvs --noheadings -o vg_name /dev/sdk`));
  expect(pv.trim()).toBe('two');
});

test('a PV may be left out, by its device or its UUID', async () => {
  const folder = await scratch();
  const file = await backupOf('linear-striped-tags', folder);
  const read = parseMetadata(await readFile(file, 'latin1'), '');
  if (!read.ok) throw new Error(read.error.why);
  const [first, second] = read.value.vg.pvs;
  for (const name of [first!.deviceHint, formatLvmId(second!.id)]) {
    const directory = join(folder, `twin${name.length}`);
    ok(await lvstudio(['lab', 'twin', directory, file, '--missing', name]));
    const pvs = await lvstudio(`--lab ${directory} pvs`);
    expect(pvs.out).toContain('[unknown]');
    expect(pvs.err).toContain("Couldn't find device with uuid");
  }
});

test('what the disks do not say is taken from the extents', async () => {
  const folder = await scratch();
  const file = await backupOf('linear-striped-tags', folder);
  const text = (await readFile(file, 'latin1')).replaceAll(/^\t*dev_size = .*\n/gm, '');
  await writeFile(file, text, 'latin1');
  const directory = join(folder, 'twin');
  ok(await lvstudio(['lab', 'twin', directory, file]));
  const read = parseMetadata(text, '');
  if (!read.ok) throw new Error(read.error.why);
  const { vg } = read.value;
  const [first] = vg.pvs;
  const [image] = (await readdir(directory)).filter((one) => one.endsWith('.img'));
  expect((await stat(join(directory, image!))).size).toBe(
    (first!.peStart + first!.peCount * vg.extentSize) * 512,
  );
});

test('the twin of a group that has a system ID stands for its machine', async () => {
  const folder = await scratch();
  const directory = join(folder, 'twin');
  const file = await backupOf('system-id', folder);
  expect(ok(await lvstudio(['lab', 'twin', directory, file]))).toContain('(system ID one)');
  const json = ok(await lvstudio(['lab', 'show', directory, '--json']));
  expect(JSON.parse(json)).toMatchObject({ systemId: 'one' });
  expect(ok(await lvstudio(`--lab ${directory} systemid`))).toBe('  system ID: one\n');
  ok(await lvstudio(`--lab ${directory} vgchange --addtag here vg`));
  const other = await lvstudio(`--lab ${directory} vgs vg --config local/system_id=two`);
  expect(other.err).toBe('  Cannot access VG vg with system ID one with local system ID two.\n');
});

describe('no twin is made', () => {
  const refused = async (words: readonly string[]): Promise<string> => {
    const said = await lvstudio(['lab', 'twin', ...words]);
    expect([said.status, said.out]).toEqual([5, '']);
    return said.err;
  };

  test('of groups of two machines', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await writeFile(one, await readFile(await backupOf('system-id', folder)));
    const text = await readFile(await backupOf('raid', folder, 'vg2'), 'latin1');
    await writeFile(two, text.replace('\textent_size', '\tsystem_id = "two"\n\textent_size'));
    expect(await refused([directory, one, two])).toContain(
      'these are groups of two machines: their system IDs are one and two',
    );
  });

  test('of a machine that no lab could stand for', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const file = join(folder, 'kept');
    const text = await readFile(await backupOf('raid', folder), 'latin1');
    for (const odd of ['localhost1', 'my host']) {
      await writeFile(file, text.replace('\textent_size', `\tsystem_id = "${odd}"\n\textent_size`));
      expect(await refused([directory, file])).toContain(`the system ID of these backups, ${odd},`);
    }
  });

  test('of files that are no backups, and nothing is left behind', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const good = await backupOf('raid', folder);
    const text = await readFile(good, 'latin1');
    const bad: Record<string, string> = {
      empty: '',
      rubbish: '\u0000\u0001 { { {',
      half: text.slice(0, text.length / 2),
      other: 'contents = "Something Else"\nversion = 1\n',
      letter: 'dear all,\n',
    };
    for (const [name, content] of Object.entries(bad)) {
      const file = join(folder, name);
      await writeFile(file, content, 'latin1');
      expect(await refused([directory, good, file]), name).toContain(
        `${file} is no backup of a volume group: `,
      );
    }
    expect(await refused([directory, join(folder, 'gone')])).toContain('cannot be read: no such');
    expect(await refused([directory, folder])).toContain('cannot be read: ');
    expect((await readdir(folder)).includes('twin')).toBe(false);
  });

  test('of one group twice, one PV twice, or without all of its PVs', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const file = await backupOf('raid', folder);
    const copy = join(folder, 'copy');
    await writeFile(copy, await readFile(file));
    expect(await refused([directory, file, copy])).toContain(
      `${file} and ${copy} are both of volume group vg`,
    );
    const renamed = await backupOf('raid', folder, 'vg2');
    expect(await refused([directory, file, renamed])).toContain(
      `${file} and ${renamed} both have the PV `,
    );
    expect(await refused([directory, file, '--missing', '/dev/sdz'])).toContain(
      'no PV of these backups is /dev/sdz',
    );
    const read = parseMetadata(await readFile(file, 'latin1'), '');
    const all = read.ok ? read.value.vg.pvs.map(({ deviceHint }) => deviceHint) : [];
    expect(
      await refused([directory, file, ...all.flatMap((name) => ['--missing', name])]),
    ).toContain('no disk of vg has room for its metadata');
    expect((await readdir(folder)).includes('twin')).toBe(false);
  });

  test('in a folder that has something in it', async () => {
    const folder = await scratch();
    const directory = join(folder, 'twin');
    const file = await backupOf('raid', folder);
    await mkdir(directory);
    await writeFile(join(directory, 'letter'), 'dear');
    expect(await refused([directory, file])).toContain('the folder is not empty');
    expect(await readdir(directory)).toEqual(['letter']);
  });
});
