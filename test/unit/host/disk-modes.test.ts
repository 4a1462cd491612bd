/** Images open read-only, under a sandbox, or live: what each of them lets happen to the file. */
import { copyFile, readFile, readdir, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openFileDisk } from '../../../core/host/file-disk.ts';
import { openLab } from '../../../core/host/open-lab.ts';
import type { OpenLab } from '../../../core/host/open-lab.ts';
import { SandboxDisk } from '../../../core/host/sandbox-disk.ts';
import { lvstudio, realHost, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

interface Place {
  readonly directory: string;
  /** An image outside the lab's folder, with the group `vg` and the volume `home` on it. */
  readonly image: string;
}

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0 });
  return said.out;
};

/** A lab of no disks, and an image that some other lab left behind. */
async function place(): Promise<Place> {
  const folder = await scratch();
  const [maker, directory] = [join(folder, 'maker'), join(folder, 'lab')];
  ok(await lvstudio(`lab new ${maker} --disks 1 --size 16m`));
  ok(await lvstudio(`--lab ${maker} vgcreate -s 1m vg /dev/sda`));
  ok(await lvstudio(`--lab ${maker} lvcreate -n home -l 4 vg`));
  ok(await lvstudio(`--lab ${maker} write vg/home`, 'as it was'));
  const image = join(folder, 'disk.img');
  await copyFile(join(maker, 'sda.img'), image);
  ok(await lvstudio(`lab new ${directory} --disks 0`));
  return { directory, image };
}

const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const beside = async ({ image }: Place): Promise<readonly string[]> =>
  (await readdir(join(image, '..'))).filter((name) => name.includes('disk.img')).sort();

const attach = ({ directory, image }: Place, mode: string) =>
  lvstudio(`lab attach ${directory} ${image} --mode ${mode}`);

const content = async ({ directory }: Place): Promise<string> =>
  (await lvstudio(`--lab ${directory} read vg/home --length 9`)).out;

async function held(directory: string): Promise<OpenLab> {
  const opened = await openLab(directory, realHost);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  onTestFinished(() => opened.value.close());
  return opened.value;
}

describe('read-only', () => {
  test('is how an image is attached unless said otherwise, and nothing reaches it', async () => {
    const here = await place();
    const before = await digest(here.image);
    const { directory, image } = here;
    expect(ok(await lvstudio(`lab attach ${directory} ${image}`))).toBe(
      `/dev/sda is ${image} (read-only)\n`,
    );
    for (const line of [
      'lvcreate -n new -l 1 vg',
      'lvremove -y vg/home',
      'vgchange --addtag x vg',
      'pvchange --addtag x /dev/sda',
      'vgrename vg other',
      'pvresize /dev/sda',
    ]) {
      const said = await lvstudio(`--lab ${directory} ${line}`);
      expect(said.status, line).toBe(5);
      const [first, ...more] = said.err.trimEnd().split('\n');
      expect(first, line).toBe('  Error writing device /dev/sda: its image is attached read-only.');
      if (line.startsWith('pvresize')) continue;
      expect(more, line).toEqual([
        '  Failed to write metadata to /dev/sda.',
        '  Failed to write VG vg.',
      ]);
    }
    expect((await lvstudio(`--lab ${directory} write vg/home`, 'changed')).status).toBe(5);
    expect(await content(here)).toBe('as it was');
    expect(await digest(image)).toBe(before);
    expect(await beside(here)).toEqual(['disk.img']);
  });
});

describe('a sandbox', () => {
  test('takes every change, and discarding it brings back what was', async () => {
    const here = await place();
    const { directory, image } = here;
    const before = await digest(image);
    expect(ok(await attach(here, 'sandbox'))).toBe(`/dev/sda is ${image} (sandbox)\n`);
    ok(await lvstudio(`--lab ${directory} lvcreate -n new -l 2 vg`));
    ok(await lvstudio(`--lab ${directory} write vg/home`, 'rewritten'));
    expect(await content(here)).toBe('rewritten');
    expect(ok(await lvstudio(`--lab ${directory} lvs --noheadings -o lv_name`))).toContain('new');
    expect(await digest(image)).toBe(before);

    const asked = await lvstudio(`lab discard ${directory} sda`, 'n\n');
    expect(asked.status).toBe(5);
    expect(asked.err).toMatch(/^Really DISCARD [\d.]+ KiB of changes to \/dev\/sda\? \[y\/n\]: /);
    expect(await content(here)).toBe('rewritten');
    expect(ok(await lvstudio(`lab discard ${directory} sda`, 'y\n'))).toMatch(
      /^[\d.]+ KiB of changes discarded from the sandbox of disk\.img\n$/,
    );
    expect(await content(here)).toBe('as it was');
    expect(ok(await lvstudio(`--lab ${directory} lvs --noheadings -o lv_name`))).not.toContain(
      'new',
    );
    expect(await digest(image)).toBe(before);
  });

  test('is applied to the image when that is asked for, and is empty then', async () => {
    const here = await place();
    const { directory } = here;
    ok(await attach(here, 'sandbox'));
    ok(await lvstudio(`--lab ${directory} lvcreate -n new -l 2 vg`));
    ok(await lvstudio(`--lab ${directory} write vg/home`, 'rewritten'));
    expect(ok(await lvstudio(`lab apply -y ${directory} sda`))).toMatch(/written to disk\.img\n$/);
    expect(ok(await lvstudio(`lab apply ${directory} sda`))).toBe('Nothing written to disk.img\n');
    ok(await lvstudio(`lab mode ${directory} sda live`));
    expect(await beside(here)).toEqual(['.disk.img.lvstudio', 'disk.img']);
    expect(await content(here)).toBe('rewritten');
    expect(ok(await lvstudio(`--lab ${directory} lvs --noheadings -o lv_name`))).toContain('new');
  });

  test('with changes is not left for another mode', async () => {
    const here = await place();
    const { directory } = here;
    ok(await attach(here, 'sandbox'));
    ok(await lvstudio(`--lab ${directory} vgchange --addtag x vg`));
    for (const mode of ['live', 'read-only']) {
      const said = await lvstudio(`lab mode ${directory} sda ${mode}`);
      expect(said.status).toBe(5);
      expect(said.err).toMatch(/disk\.img: has [\d.]+ KiB of changes in its sandbox: apply or/);
    }
    ok(await lvstudio(`lab discard -y ${directory} sda`));
    ok(await lvstudio(`lab mode ${directory} sda read-only`));
    expect(await beside(here)).toEqual(['disk.img']);
  });

  test('is shown with what it holds', async () => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'sandbox'));
    ok(await lvstudio(`--lab ${directory} vgchange --addtag x vg`));
    const shown = ok(await lvstudio(`lab show ${directory}`));
    expect(shown).toContain(`/dev/sda  8:0     16.00m  sandbox +64.00k  ${image}`);
    const json = JSON.parse(ok(await lvstudio(`lab show ${directory} --json`))) as {
      disks: { mode: string; sandbox: number }[];
    };
    expect(json.disks[0]!.mode).toBe('sandbox');
    expect(json.disks[0]!.sandbox).toBe(65_536);
    expect(ok(await lvstudio(`lab detach ${directory} sda`))).toMatch(
      /KiB of changes stay in disk\.img\.sandbox\n$/,
    );
    expect(ok(await attach(here, 'sandbox'))).toMatch(/\(sandbox, [\d.]+ KiB changed\)\n$/);
  });

  test('whose apply was interrupted can only be applied to the end', async () => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'sandbox'));
    ok(await lvstudio(`--lab ${directory} lvcreate -n new -l 2 vg`));
    ok(await lvstudio(`--lab ${directory} write vg/home`, 'rewritten'));
    // All of it, but for the last step: the sandbox is still there.
    const opened = await SandboxDisk.open({
      path: image,
      name: 'sda',
      create: false,
      anyway: false,
    });
    const target = await openFileDisk({ path: image, name: 'sda', mode: 'live' });
    if (!opened.ok || !target.ok) throw new Error('not opened');
    expect(await opened.value.apply(target.value)).toEqual({ ok: true });
    await Promise.all([opened.value.close(), target.value.close()]);
    expect(ok(await lvstudio(`lab show ${directory}`))).toContain('(half applied)');
    expect(await content(here)).toBe('rewritten');
    const discarded = await lvstudio(`lab discard -y ${directory} sda`);
    expect(discarded.status).toBe(5);
    expect(discarded.err).toContain('has a part of its sandbox in it already: apply it to the end');
    expect((await lvstudio(`lab mode ${directory} sda live`)).status).toBe(5);
    ok(await lvstudio(`lab apply -y ${directory} sda`));
    ok(await lvstudio(`lab mode ${directory} sda live`));
    expect(await content(here)).toBe('rewritten');
  });

  test('over an image that somebody changed is not used unless told to', async () => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'sandbox'));
    ok(await lvstudio(`--lab ${directory} write vg/home`, 'rewritten'));
    const data = await readFile(image);
    await writeFile(image, data);
    const said = await lvstudio(`--lab ${directory} pvs`);
    expect(said.out).not.toContain('/dev/sda');
    expect(said.err).toMatch(/^lvstudio: disk\.img: was changed after its sandbox was made: .*\n$/);
    expect(ok(await lvstudio(`--lab ${directory} lab show`))).toContain(
      'was changed after its sandbox was made: discard the sandbox',
    );
    expect((await lvstudio(`lab mode ${directory} sda sandbox`)).status).toBe(5);
    expect((await lvstudio(`lab apply -y ${directory} sda`)).status).toBe(5);
    ok(await lvstudio(`lab mode ${directory} sda sandbox --force`));
    expect(await content(here)).toBe('rewritten');
  });

  test('whose file is gone or damaged says so, and discarding begins a new one', async () => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'sandbox'));
    for (const harm of [
      () => unlink(`${image}.sandbox`),
      () => truncate(`${image}.sandbox`, 100),
      () => writeFile(`${image}.sandbox`, 'rubbish'.repeat(200)),
    ]) {
      ok(await lvstudio(`--lab ${directory} write vg/home`, 'rewritten'));
      await harm();
      const said = await lvstudio(`--lab ${directory} lab show`);
      expect(said.out).toMatch(/disk\.img: its sandbox/);
      ok(await lvstudio(`lab discard -y ${directory} sda`));
      expect(await content(here)).toBe('as it was');
    }
  });
});

describe('while an engine has the lab', () => {
  test('volumes on the disk go down and come up again with what is there then', async () => {
    const here = await place();
    const { directory } = here;
    ok(await attach(here, 'sandbox'));
    const lab = await held(directory);
    const run = async (line: string) => {
      const { status, output } = await lab.api.command(line.split(' '), { yes: true });
      return { status, text: output.map(({ text }) => text).join('\n') };
    };
    const paths: string[] = [];
    lab.api.subscribe(({ body }) => {
      if (body.kind === 'disk') paths.push(`${body.disk.path} ${body.disk.mode}`);
    });
    expect(await run('lvcreate -n new -l 2 vg')).toMatchObject({ status: 0 });
    const before = await lab.api.state();
    expect(before.devices.map(({ name }) => name)).toEqual(['vg-home', 'vg-new']);
    expect(before.disks[0]!.sandbox!.changed).toBeGreaterThan(0);
    const asked = await lab.api.preview(['lab', 'discard', '/dev/sda']);
    expect(asked.ok && asked.value.questions).toEqual([
      expect.stringMatching(/^Really DISCARD .* to \/dev\/sda \(vg\/home, vg\/new\)\? \[y\/n\]: $/),
    ]);
    expect(await run('lab discard sda')).toMatchObject({ status: 0 });
    const after = await lab.api.state();
    expect(after.devices.map(({ name }) => name)).toEqual(['vg-home']);
    expect(after.disks[0]!.sandbox).toEqual({ changed: 0, applying: false });
    expect(await run('lab mode sda live')).toMatchObject({ status: 0 });
    expect((await lab.api.state()).disks[0]).toMatchObject({ mode: 'live' });
    expect(paths).toContain('/dev/sda live');
    expect(await run('lvcreate -n more -l 1 vg')).toMatchObject({ status: 0 });
    expect(await run('lab detach sda')).toMatchObject({ status: 0 });
    expect(await lab.api.state()).toMatchObject({ disks: [], vgs: [], devices: [] });
    expect(await run(`lab attach ${here.image}`)).toMatchObject({ status: 0 });
    const back = await lab.api.state();
    expect(back.vgs[0]!.lvs.map(({ name }) => name)).toEqual(['home', 'more']);
  });

  test('a disk with a device of somebody else on it stays as it is', async () => {
    const here = await place();
    const { directory } = here;
    ok(await attach(here, 'live'));
    const lab = await held(directory);
    const opened = await lab.api.read('vg/home', 0, 9);
    expect(opened.ok).toBe(true);
    expect((await lab.api.command(['lab', 'mode', 'sdz', 'live'])).output[0]!.text).toBe(
      '  There is no disk sdz.',
    );
  });

  test.each([
    ['deleted', (image: string) => unlink(image), 'no such file or directory'],
    [
      'replaced',
      async (image: string) => {
        const data = await readFile(image);
        await unlink(image);
        await writeFile(`${image}.new`, data);
        await copyFile(`${image}.new`, image);
      },
      'was replaced by another file',
    ],
    [
      'truncated',
      (image: string) => truncate(image, 2 * 2 ** 20),
      'was cut from 16777216 to 2097152 bytes',
    ],
  ])('an image that is %s is no disk any more', async (_how, harm, why) => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'live'));
    const lab = await held(directory);
    await lab.api.state();
    await harm(image);
    const said = await lab.api.command(['lvcreate', '-n', 'x', '-l', '1', 'vg']);
    const text = said.output.map((line) => line.text).join('\n');
    expect(text).toContain(`WARNING: Device /dev/sda: image disk.img ${why}.`);
    expect(said.status).toBe(5);
    expect((await lab.api.state()).disks[0]!.problem).toBe(`disk.img: ${why}`);
    const written = await lab.api.write('vg/home', 0, new Uint8Array(512));
    expect(written.ok).toBe(false);
  });

  test('an image that somebody else wrote to is read anew, and that is said once', async () => {
    const here = await place();
    const { directory, image } = here;
    ok(await attach(here, 'live'));
    const lab = await held(directory);
    await lab.api.command(['vgs']);
    // Another version of the group, as another host would write it.
    const other = join(image, '..', 'maker');
    ok(await lvstudio(`--lab ${other} lvcreate -n theirs -l 1 vg`));
    ok(await lvstudio(`--lab ${other} vgchange --addtag theirs vg`));
    await writeFile(image, await readFile(join(other, 'sda.img')), { flag: 'r+' });
    const first = await lab.api.command(['lvcreate', '-n', 'ours', '-l', '1', 'vg']);
    const text = first.output.map((line) => line.text).join('\n');
    expect(first.status, text).toBe(0);
    expect(text).toContain('image disk.img was changed by another program.');
    const { vgs, disks } = await lab.api.state();
    expect(vgs[0]!.lvs.map(({ name }) => name)).toEqual(['home', 'theirs', 'ours']);
    expect(disks[0]!.note).toBe('disk.img: was changed by another program');
    const second = await lab.api.command(['lvs']);
    expect(second.output.some((line) => line.stream === 'stderr')).toBe(false);
  });
});

test('an image is not longer, shorter or newer for having been read', async () => {
  const here = await place();
  const before = await stat(here.image, { bigint: true });
  ok(await attach(here, 'read-only'));
  ok(await lvstudio(`--lab ${here.directory} lvs`));
  ok(await lvstudio(`lab mode ${here.directory} sda sandbox`));
  ok(await lvstudio(`--lab ${here.directory} lvremove -y vg/home`));
  const after = await stat(here.image, { bigint: true });
  expect([after.size, after.mtimeNs, after.ino]).toEqual([before.size, before.mtimeNs, before.ino]);
});
