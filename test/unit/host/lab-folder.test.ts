import { mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { diskName, diskNumber, freeDiskName, isDiskName } from '../../../core/host/disk-names.ts';
import { readLabFile } from '../../../core/host/lab-file.ts';
import { LabDisks } from '../../../core/host/lab-disks.ts';
import { createLab, describeLab } from '../../../core/host/lab-folder.ts';
import type { ImageChange } from '../../../core/engine/disk-keeper.ts';
import { scratch } from './scratch.ts';

async function lab(disks = 2): Promise<string> {
  const directory = join(await scratch(), 'lab');
  expect(await createLab({ directory, disks, size: mib(4) })).toEqual({ ok: true });
  return directory;
}

async function namesIn(directory: string): Promise<string[]> {
  const found = await readLabFile(directory);
  return found.ok ? found.value.disks.map(({ name }) => name) : ['no lab'];
}

/** @returns what lab.json says of the disks that are new */
async function change(directory: string, wish: ImageChange) {
  const before = await namesIn(directory);
  const disks = await LabDisks.open(directory);
  if (!disks.ok) throw new Error('no lab');
  const done = await disks.value.change(wish);
  await disks.value.close();
  if (!done.ok) return done;
  const found = await readLabFile(directory);
  const all = found.ok ? found.value.disks : [];
  return { ok: true as const, value: all.filter(({ name }) => !before.includes(name)) };
}

type Attach = Omit<Extract<ImageChange, { kind: 'attach' }>, 'kind'>;
const attach = ({ directory, ...wish }: Attach & { directory: string }) =>
  change(directory, { kind: 'attach', ...wish });
const detach = (directory: string, device: string) => change(directory, { kind: 'detach', device });

const why = (result: { ok: boolean }): string => {
  const { error } = result as { error?: { code: string; why: string } };
  return error?.why ?? 'no failure';
};

describe('names and numbers of disks', () => {
  test.each([
    ['sda', '8:0'],
    ['sdb', '8:16'],
    ['sdp', '8:240'],
    ['sdq', '65:0'],
    ['sdaf', '65:240'],
    ['sdag', '66:0'],
    ['sddx', '71:240'],
    ['sddy', '128:0'],
    ['sdiv', '135:240'],
    ['sdiw', '8:256'],
    ['sdjl', '8:496'],
    ['sdjm', '65:256'],
  ])('%s is %s, as Linux has it', (name, number) => {
    expect(diskNumber(name)).toBe(number);
  });

  test('names go on after z, and every number is used once', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(diskName)).toEqual([
      'sda',
      'sdz',
      'sdaa',
      'sdaz',
      'sdba',
      'sdzz',
      'sdaaa',
    ]);
    const names = Array.from({ length: 5000 }, (_, index) => diskName(index));
    expect(new Set(names.map(diskNumber)).size).toBe(5000);
  });

  test('other names are none', () => {
    for (const name of ['sd', 'hda', 'sda1', 'SDA', 'sdaaaa', 'sdzzzz', '../sda', 'sda\n']) {
      expect(isDiskName(name), name).toBe(false);
    }
    expect(freeDiskName(new Set(['sda', 'sdc']))).toBe('sdb');
  });
});

test('a lab keeps the system ID of its machine', async () => {
  const directory = await lab(2);
  const file = join(directory, 'lab.json');
  const say = async (systemId: string): Promise<void> => {
    const before = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...before, systemId }));
  };
  await say('alpha.7');
  expect(await detach(directory, 'sdb')).toMatchObject({ ok: true });
  expect(await describeLab(directory)).toMatchObject({ value: { systemId: 'alpha.7' } });
  for (const bad of ['', 'a b', '-a', 'localhost.x', 'a'.repeat(200)]) {
    await say(bad);
    expect(why(await readLabFile(directory)), bad).toContain('systemId');
  }
});

describe('a new lab', () => {
  test('has sparse disks that are open for writing', async () => {
    const directory = await lab(3);
    expect((await readdir(directory)).sort()).toEqual([
      'lab.json',
      'sda.img',
      'sdb.img',
      'sdc.img',
    ]);
    expect(await describeLab(directory)).toMatchObject({
      ok: true,
      value: {
        name: 'lab',
        directory,
        disks: [
          { name: 'sda', devno: '8:0', image: 'sda.img', mode: 'live', size: mib(4) },
          { name: 'sdb', devno: '8:16' },
          { name: 'sdc', devno: '8:32' },
        ],
      },
    });
  });

  test('is not made over another or over anything else', async () => {
    const directory = await lab();
    const again = await createLab({ directory, disks: 1, size: mib(4) });
    expect(why(again)).toBe('there is a lab already');
    const full = await scratch();
    await writeFile(join(full, 'letter.txt'), 'dear');
    expect(why(await createLab({ directory: full, disks: 1, size: mib(4) }))).toBe(
      'the folder is not empty',
    );
    expect(await readdir(full)).toEqual(['letter.txt']);
  });

  test('leaves nothing behind when the disks cannot be made', async () => {
    const folder = await scratch();
    const directory = join(folder, 'lab');
    const size = (2 ** 44 - 1) as ReturnType<typeof mib>;
    expect((await createLab({ directory, disks: 2, size })).ok).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  test('can be moved', async () => {
    const directory = await lab();
    await rename(directory, `${directory}2`);
    const facts = await describeLab(`${directory}2`);
    expect(facts.ok && facts.value.disks.every(({ problem }) => problem === undefined)).toBe(true);
  });
});

describe('attaching', () => {
  async function images(...names: string[]): Promise<string[]> {
    const folder = await scratch();
    const paths = names.map((name) => join(folder, name));
    for (const path of paths) await writeFile(path, new Uint8Array(1024));
    return paths;
  }

  test('gives the first free names, and keeps those of the others', async () => {
    const directory = await lab(3);
    expect(await detach(directory, '/dev/sdb')).toMatchObject({ ok: true });
    expect(await namesIn(directory)).toEqual(['sda', 'sdc']);
    const files = await images('x.img', 'y.img');
    const attached = await attach({ directory, files, mode: 'read-only' });
    expect(attached).toMatchObject({
      ok: true,
      value: [
        { name: 'sdb', devno: '8:16', mode: 'read-only', image: files[0] },
        { name: 'sdd', devno: '8:48', image: files[1] },
      ],
    });
    expect(await namesIn(directory)).toEqual(['sda', 'sdc', 'sdb', 'sdd']);
    expect((await readdir(directory)).includes('sdb.img')).toBe(true);
  });

  test('remembers images inside the lab by their place in it', async () => {
    const directory = await lab(1);
    await mkdir(join(directory, 'more'));
    const inside = join(directory, 'more', 'x.img');
    await writeFile(inside, new Uint8Array(512));
    const attached = await attach({ directory, files: [inside], mode: 'live', name: 'sdk' });
    expect(attached).toMatchObject({
      value: [{ image: 'more/x.img', name: 'sdk', devno: '8:160' }],
    });
  });

  test('follows a link once and remembers what it names', async () => {
    const directory = await lab(1);
    const [real = ''] = await images('x.img');
    const link = `${real}.link`;
    await symlink(real, link);
    const attached = await attach({ directory, files: [link], mode: 'read-only' });
    expect(attached).toMatchObject({ value: [{ image: real }] });
    const twice = await attach({ directory, files: [real], mode: 'read-only' });
    expect(why(twice)).toBe(`${real} is disk sdb already`);
  });

  test('does not take its own files for images', async () => {
    const directory = await lab(1);
    const [real = '', sandbox = '', alone = ''] = await images(
      ...['x.img', 'x.img.sandbox', 'y.sandbox'],
    );
    const claim = join(dirname(real), '.x.img.lvstudio');
    await writeFile(claim, '{}');
    const list = join(directory, 'lab.json');
    for (const [file, is] of [
      [list, 'the list of the disks of a lab'],
      [claim, 'a claim'],
      [sandbox, 'the sandbox of x.img'],
    ] as const) {
      const attached = await attach({ directory, files: [file], mode: 'live' });
      expect(why(attached)).toBe(`${file} is ${is}, not an image`);
    }
    expect(await attach({ directory, files: [alone], mode: 'live' })).toMatchObject({ ok: true });
  });

  test('attaches all files or none', async () => {
    const directory = await lab(1);
    const before = await readFile(join(directory, 'lab.json'), 'utf8');
    const [real = ''] = await images('x.img');
    const common = { directory, mode: 'read-only' as const };
    expect(why(await attach({ ...common, files: [real, '/no/such.img'] }))).toBe(
      '/no/such.img cannot be used: no such file or directory',
    );
    expect(why(await attach({ ...common, files: [real, '/dev/null'] }))).toBe(
      '/dev/null is a device, not a regular file',
    );
    expect(why(await attach({ ...common, files: [real, real] }))).toContain('is disk sdb already');
    expect(why(await attach({ ...common, files: [real], name: 'sda' }))).toBe(
      'there is a disk sda already',
    );
    expect(why(await attach({ ...common, files: [real], name: 'vda' }))).toBe(
      'vda is not the name of a disk (sda, sdb, ...)',
    );
    expect(await readFile(join(directory, 'lab.json'), 'utf8')).toBe(before);
    expect((await readdir(directory)).sort()).toEqual(['lab.json', 'sda.img']);
  });

  test('detaches only what is there', async () => {
    const directory = await lab(2);
    expect(why(await detach(directory, 'sdx'))).toBe('there is no disk sdx');
    expect(await namesIn(directory)).toEqual(['sda', 'sdb']);
  });
});

describe('lab.json', () => {
  async function reading(content: string): Promise<string> {
    const directory = await lab(1);
    await writeFile(join(directory, 'lab.json'), content);
    return why(await readLabFile(directory));
  }
  const disk = { name: 'sda', devno: '8:0', image: 'sda.img', mode: 'live' };
  const text = (...disks: unknown[]): string => JSON.stringify({ version: 1, disks });
  const partitions = (numbers: object): string =>
    JSON.stringify({ version: 1, disks: [], partitions: numbers });

  test('with what it should hold is read', async () => {
    expect(await reading(text(disk, { ...disk, name: 'sdb', devno: '8:17', image: 'b' }))).toBe(
      'no failure',
    );
    expect(await reading(text())).toBe('no failure');
  });

  test.each([
    ['an empty file', '', 'it is not JSON'],
    ['half a file', text(disk).slice(0, 40), 'it is not JSON'],
    ['a list', '[]', 'message'],
    ['no disks', '{"version":1}', 'disks'],
    ['no version', '{"disks":[]}', 'version'],
    ['a surplus key', '{"version":1,"disks":[],"x":1}', 'x'],
    ['a strange name', text({ ...disk, name: '../x' }), 'disks[0].name'],
    ['a strange mode', text({ ...disk, mode: 'rw' }), 'disks[0].mode'],
    ['partitions near their disk', partitions({ sda15: '259:0' }), 'partitions.sda15'],
    ['partitions of nothing', partitions({ 17: '259:0' }), 'partitions.17'],
    ['partitions with numbers of disks', partitions({ sda17: '8:17' }), 'partitions.sda17'],
    [
      'a number of a partition twice',
      partitions({ sda17: '259:0', sdb17: '259:0' }),
      'two disks have the devno 259:0',
    ],
    ['a strange number', text({ ...disk, devno: '8:-1' }), 'disks[0].devno'],
    ['a number of mapped devices', text({ ...disk, devno: '253:0' }), 'disks[0].devno'],
    ['no image', text({ ...disk, image: '' }), 'disks[0].image'],
    ['a name twice', text(disk, { ...disk, devno: '8:1', image: 'b' }), 'two disks have the name'],
    [
      'a number twice',
      text(disk, { ...disk, name: 'sdb', image: 'b' }),
      'two disks have the devno',
    ],
    [
      'an image twice',
      text(disk, { ...disk, name: 'sdb', devno: '8:1' }),
      'two disks have the image',
    ],
  ])('%s is damage, and says where', async (_name, content, place) => {
    const said = await reading(content);
    expect(said).toMatch(/^lab\.json is damaged: /);
    expect(said).toContain(place);
  });

  test('of a later version is not called damaged', async () => {
    expect(await reading('{"version":2,"pools":[]}')).toBe(
      'lab.json has version 2; this LV Studio knows up to 1',
    );
  });

  test('an image that is gone or no file is a problem of that disk alone', async () => {
    const directory = await lab(1);
    await writeFile(
      join(directory, 'lab.json'),
      text(disk, { ...disk, name: 'sdb', devno: '8:16', image: 'gone.img' }),
    );
    expect(await describeLab(directory)).toMatchObject({
      ok: true,
      value: { disks: [{ size: mib(4) }, { problem: 'no such file or directory' }] },
    });
  });
});
