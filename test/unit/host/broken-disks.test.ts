/** Broken disks from the command line: remembered in the lab, and never on an image. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLab } from '../../../core/host/open-lab.ts';
import { lvstudio, realHost, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0 });
  return said.out;
};

async function lab(): Promise<string> {
  const directory = join(await scratch(), 'lab');
  ok(await lvstudio(`lab new ${directory} --disks 2 --size 16m`));
  ok(await lvstudio(`--lab ${directory} vgcreate -s 1m vg /dev/sda /dev/sdb`));
  ok(await lvstudio(`--lab ${directory} lvcreate -n home -l 4 vg /dev/sdb`));
  return directory;
}

const labFile = async (directory: string) =>
  JSON.parse(await readFile(join(directory, 'lab.json'), 'utf8')) as {
    disks: Record<string, unknown>[];
  };

test('the next command sees what is broken, and nothing of it is on the image', async () => {
  const directory = await lab();
  const before = await readFile(join(directory, 'sdb.img'));
  expect(ok(await lvstudio(`lab break ${directory} sdb --gone --slow 1`))).toBe(
    '/dev/sdb is broken: gone, slow (1 ms a request)\n',
  );
  expect((await labFile(directory)).disks[1]).toMatchObject({
    name: 'sdb',
    faults: [{ kind: 'gone' }, { kind: 'slow', millis: 1 }],
  });
  expect(ok(await lvstudio(`lab show ${directory}`))).toContain(
    'sdb.img: broken: gone, slow (1 ms',
  );
  expect(JSON.parse(ok(await lvstudio(`lab show ${directory} --json`)))).toMatchObject({
    disks: [{}, { path: '/dev/sdb', faults: [{ kind: 'gone' }, { millis: 1 }] }],
  });
  expect(ok(await lvstudio(`--lab ${directory} pvs --noheadings -o pv_name,vg_name`))).toContain(
    '[unknown]',
  );
  expect((await lvstudio(`--lab ${directory} read vg/home --length 1`)).status).toBe(5);
  expect(ok(await lvstudio(`lab mend ${directory} sdb --gone`))).toContain('slow (1 ms a request)');
  expect(ok(await lvstudio(`lab mend ${directory} sdb`))).toBe('/dev/sdb is whole\n');
  expect((await labFile(directory)).disks[1]).not.toHaveProperty('faults');
  expect((await readFile(join(directory, 'sdb.img'))).equals(before)).toBe(true);
  expect(ok(await lvstudio(`--lab ${directory} pvs --noheadings -o pv_name,vg_name`))).toContain(
    '/dev/sdb',
  );
});

test('with an engine that has the lab open, the same; and through its own lines', async () => {
  const directory = await lab();
  const opened = await openLab(directory, realHost);
  if (!opened.ok) throw new Error('no lab');
  onTestFinished(() => opened.value.close());
  const { api } = opened.value;
  expect((await api.read('vg/home', 0, 512)).ok).toBe(true);
  ok(await lvstudio(`lab break ${directory} sdb --error-reads 1m:1m --error-writes all`));
  expect((await api.read('vg/home', 0, 512)).ok).toBe(false);
  expect(ok(await lvstudio(`lab show ${directory}`))).toContain(
    'broken: reads fail in sectors 2048:2048, writes fail',
  );
  const mended = await api.command(['lab', 'mend', 'sdb', '--error-reads', '2048:2048']);
  expect(mended.output).toEqual([{ stream: 'stdout', text: '/dev/sdb is broken: writes fail' }]);
  expect((await api.read('vg/home', 0, 512)).ok).toBe(true);
  expect((await labFile(directory)).disks[1]).toMatchObject({
    faults: [{ kind: 'errors', on: 'writes' }],
  });
});

test('opened in another way a disk keeps its faults; it loses them when it goes', async () => {
  const directory = await lab();
  ok(await lvstudio(`lab break ${directory} sdb --drop-writes`));
  ok(await lvstudio(`lab mode ${directory} sdb sandbox`));
  expect((await labFile(directory)).disks[1]).toMatchObject({ mode: 'sandbox', faults: [{}] });
  ok(await lvstudio(`lab detach ${directory} sdb`));
  ok(await lvstudio(`lab attach ${directory} ${join(directory, 'sdb.img')}`));
  expect((await labFile(directory)).disks[1]).not.toHaveProperty('faults');
});

test('settings of LVM are remembered, and every command and the monitor find them', async () => {
  const directory = await lab();
  const policy = 'activation/mirror_image_fault_policy';
  expect(ok(await lvstudio(`lab set ${directory} ${policy} allocate`))).toBe(
    `${policy}="allocate"\n`,
  );
  expect(await labFile(directory)).toMatchObject({ settings: { [policy]: 'allocate' } });
  expect(ok(await lvstudio(`lab show ${directory}`))).toContain(`${policy}="allocate"`);
  expect(ok(await lvstudio(`--lab ${directory} lvmconfig ${policy}`))).toBe(
    'mirror_image_fault_policy="allocate"\n',
  );
  ok(await lvstudio(`--lab ${directory} lab unset ${policy}`));
  expect(await labFile(directory)).not.toHaveProperty('settings');
  expect((await lvstudio(`lab set ${directory} activation/none 1`)).status).toBe(3);
});

test('throttles of copies are remembered, and told', async () => {
  const directory = await lab();
  ok(await lvstudio(`--lab ${directory} throttle 12`));
  expect(await labFile(directory)).toMatchObject({ throttle: { all: 12 } });
  expect(ok(await lvstudio(`lab show ${directory}`))).toContain(
    'mirrors are copied at 12 regions a second at most',
  );
  ok(await lvstudio(`--lab ${directory} throttle off`));
  expect(await labFile(directory)).not.toHaveProperty('throttle');
});

describe('what somebody wrote into lab.json by hand', () => {
  test.each([
    [[{ kind: 'lost' }], 'kind'],
    [[], 'faults'],
    [[{ kind: 'slow', millis: 0 }], 'millis'],
    [[{ kind: 'errors', on: 'flushes' }], 'on'],
    [[{ kind: 'errors', on: 'reads', range: { start: -1, count: 1 } }], 'start'],
    [[{ kind: 'gone', since: 1 }], 'since'],
  ])('is refused by its place: %j', async (faults, place) => {
    const directory = join(await scratch(), 'lab');
    ok(await lvstudio(`lab new ${directory} --disks 1 --size 4m`));
    const content = await labFile(directory);
    content.disks[0] = { ...content.disks[0], faults };
    await writeFile(join(directory, 'lab.json'), JSON.stringify(content));
    const said = await lvstudio(`lab show ${directory}`);
    expect(said.status).toBe(5);
    expect(said.err).toContain('lab.json is damaged');
    expect(said.err).toContain(place);
  });
});
