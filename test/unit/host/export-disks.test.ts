/** Disks behind servers of other projects: attached by address, missing while the server is. */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLab } from '../../../core/host/open-lab.ts';
import { hasProgram, startServer, type Server } from '../../support/nbd-programs.ts';
import { lvstudio, realHost, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const SIZE = 16 * 2 ** 20;

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0, err: '' });
  return said.out;
};

const addressOf = (socket: string, name = 'disk'): string => `nbd+unix:///${name}?socket=${socket}`;

interface Place {
  readonly folder: string;
  readonly lab: string;
  readonly image: string;
  readonly socket: string;
  readonly address: string;
  start(): Promise<Server>;
}

async function place(): Promise<Place> {
  const folder = await scratch();
  const [lab, image, socket] = ['lab', 'a.img', 'a.sock'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(image, '');
  await truncate(image, SIZE);
  ok(await lvstudio(`lab new ${lab} --disks 1 --size 16m`));
  const start = () => startServer(['nbdkit', '-f', '-U', socket, 'file', image], socket);
  return { folder, lab, image, socket, address: addressOf(socket), start };
}

describe.skipIf(!hasProgram('nbdkit'))('behind nbdkit, where it is installed', () => {
  test('a group lives on an image and an export; a dead server is a missing PV', async () => {
    const { lab, address, image, start } = await place();
    const first = await start();
    expect(ok(await lvstudio(`lab attach ${lab} ${address} --mode live --on-loss fail`))).toBe(
      `/dev/sdb is ${address} (live, I/O fails while it is away)\n`,
    );
    ok(await lvstudio(`--lab ${lab} vgcreate -s 1m vg /dev/sda /dev/sdb`));
    ok(await lvstudio(`--lab ${lab} lvcreate -i 2 -l 8 -n home vg`));
    ok(await lvstudio(`--lab ${lab} write vg/home`, 'x'.repeat(200_000)));
    expect((await readFile(image)).includes(Buffer.from('x'.repeat(60_000)))).toBe(true);

    const opened = await openLab(lab, realHost);
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    onTestFinished(() => opened.value.close());
    const pvs = async () => {
      const line = ['pvs', '--noheadings', '-o', 'pv_name,vg_name'];
      const { output } = await opened.value.api.command(line);
      return output.map(({ text }) => text.trim().replace(/ +/, ' '));
    };
    const both = ['/dev/sda vg', '/dev/sdb vg'];
    expect(await pvs()).toEqual(both);
    await first.kill();
    // Its end may still be on the way.
    const said: string[] = [];
    for (let look = 0; look < 9 && !said.join().includes('WARNING: Device'); look++) {
      said.push(...(await pvs()));
    }
    expect(said).toContain('[unknown] vg');
    const text = said.join('\n');
    expect(text).toMatch(/WARNING: Device \/dev\/sdb: export nbd\+unix:.*: .*\./);
    expect(text).toMatch(/WARNING: VG vg is missing PV .* \(last written to \/dev\/sdb/);
    const { disks } = await opened.value.api.state();
    expect(disks[1]?.problem).toMatch(/cannot be reached: (connection refused|no such file)/);

    await start();
    expect(await pvs()).toContain('/dev/sdb vg');
    expect(await pvs()).toEqual(both);
    const data = await opened.value.api.read('vg/home', 0, 4);
    expect(data.ok && Buffer.from(data.value).toString()).toBe('xxxx');
  });

  test('a lab with a dead server opens soon, and has the disk when it is there', async () => {
    const { lab, address, start } = await place();
    const first = await start();
    ok(await lvstudio(`lab attach ${lab} ${address} --mode live`));
    await first.kill();
    const began = performance.now();
    const opened = await openLab(lab, realHost);
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    onTestFinished(() => opened.value.close());
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(opened.value.unopened.join()).toMatch(/^nbd\+unix:.*: cannot be reached: /);
    const { disks } = await opened.value.api.state();
    expect(disks[1]).toMatchObject({ size: 0, onLoss: 'queue' });
    await start();
    const later = await opened.value.api.state();
    expect(later.disks[1]).toMatchObject({ size: SIZE / 512 });
    expect(later.disks[1]?.problem).toBeUndefined();
    const made = await opened.value.api.command(['pvcreate', '/dev/sdb']);
    expect(made).toMatchObject({ status: 0 });
  });

  test('a sandbox keeps what is written in the folder of the lab until it is applied', async () => {
    const { lab, address, image, start } = await place();
    await start();
    ok(await lvstudio(`lab attach ${lab} ${address} --mode sandbox`));
    const before = await readFile(image);
    ok(await lvstudio(`--lab ${lab} vgcreate -s 1m vg /dev/sdb`));
    expect(before.equals(await readFile(image))).toBe(true);
    expect(ok(await lvstudio(`--lab ${lab} vgs --noheadings -o vg_name`)).trim()).toBe('vg');
    expect(ok(await lvstudio(`lab show ${lab}`))).toMatch(/sandbox \+\d.*, queue  nbd\+unix:/);
    const left = await lvstudio(`lab mode ${lab} sdb live`);
    expect(left.err).toMatch(/of changes in its sandbox: apply or discard them first/);
    expect(await lvstudio(`lab attach ${lab} ${join(lab, 'sdb.nbd.sandbox')}`)).toMatchObject({
      status: 5,
      err: expect.stringContaining('is the sandbox of sdb, not an image') as string,
    });
    expect(ok(await lvstudio(`lab apply -y ${lab} sdb`))).toMatch(/written to nbd\+unix/);
    expect((await readFile(image)).includes(Buffer.from('LVM2 001'))).toBe(true);
    ok(await lvstudio(`--lab ${lab} vgremove vg`));
    ok(await lvstudio(`lab discard -y ${lab} sdb`));
    ok(await lvstudio(`lab mode ${lab} sdb live --on-loss fail`));
    expect(ok(await lvstudio(`--lab ${lab} vgs --noheadings -o vg_name`)).trim()).toBe('vg');
  });

  test('a sandbox does not lie over labels and metadata that somebody else changed', async () => {
    const { lab, address, image, start } = await place();
    await start();
    ok(await lvstudio(`lab attach ${lab} ${address} --mode sandbox`));
    ok(await lvstudio(`--lab ${lab} pvcreate /dev/sdb`));
    const content = await readFile(image);
    content.fill(1, 4096, 8192);
    await writeFile(image, content);
    expect(ok(await lvstudio(`lab show ${lab}`))).toContain('was changed after its sandbox');
    ok(await lvstudio(`lab mode --force ${lab} sdb sandbox`));
    expect((await lvstudio(`--lab ${lab} pvs`)).out).toContain('/dev/sdb');
  });

  test('a sandbox that was left is not laid over another export that begins alike', async () => {
    const { folder, lab, address, start } = await place();
    await start();
    ok(await lvstudio(`lab attach ${lab} ${address} --mode sandbox`));
    ok(await lvstudio(`--lab ${lab} pvcreate /dev/sdb`));
    expect((await lvstudio(`lab detach ${lab} sdb`)).out).toContain('stay in sdb.nbd.sandbox');
    const [copy, socket] = [join(folder, 'copy.img'), join(folder, 'copy.sock')];
    await writeFile(copy, '');
    await truncate(copy, SIZE);
    await startServer(['nbdkit', '-f', '-U', socket, 'file', copy], socket);
    const refused = await lvstudio(`lab attach ${lab} ${addressOf(socket)} --mode sandbox`);
    expect(refused).toMatchObject({ status: 5 });
    expect(refused.err).toContain('the sandbox was left by another export');
    // The disk that it was made over gets it back, and however its address is written.
    const again = `${folder}/../${folder.slice(folder.lastIndexOf('/') + 1)}/a.sock`;
    const back = ok(await lvstudio(`lab attach ${lab} ${addressOf(again)} --mode sandbox`));
    expect(back).toMatch(/\(sandbox, .* changed/);
    expect((await lvstudio(`--lab ${lab} pvs`)).out).toContain('/dev/sdb');
  });

  test('what does not go is said', async () => {
    const { lab, socket, address, start } = await place();
    await start();
    ok(await lvstudio(`lab attach ${lab} ${address}`));
    for (const [line, why] of [
      [`lab attach ${lab} ${address}`, 'is disk sdb already'],
      [`lab attach ${lab} nbd+unix:///disk?socket=${socket}/../a.sock`, 'is disk sdb already'],
      [`lab attach ${lab} nbds://h/x`, 'nbds://h/x asks for TLS, which is not spoken here'],
      [`lab attach ${lab} nbd+unix:///x?socket=${socket}.not`, 'cannot be reached: no such file'],
      [`lab attach ${lab} ${lab}/sda.img --on-loss fail`, '--on-loss is for exports'],
      [`lab attach ${lab} nbd://h/x --on-loss wait`, '--on-loss wait: queue or fail'],
      [`lab mode ${lab} sda live --on-loss fail`, 'is an image file: --on-loss is for exports'],
      [`--lab ${lab} pvcreate /dev/sdb`, '/dev/sdb'],
    ] as const) {
      const said = await lvstudio(line);
      expect(said.err, line).toContain(why);
      expect(said.status, line).toBeGreaterThan(0);
    }
    const shown = JSON.parse(ok(await lvstudio(`lab show ${lab} --json`))) as { disks: unknown[] };
    expect(shown.disks[1]).toEqual({
      path: '/dev/sdb',
      devno: '8:16',
      mode: 'read-only',
      address,
      onLoss: 'queue',
      size: SIZE,
    });
    ok(await lvstudio(`lab detach ${lab} sdb`));
    expect(ok(await lvstudio(`lab show ${lab}`))).not.toContain('nbd');
  });
});

describe.skipIf(!hasProgram('qemu-nbd'))('behind qemu-nbd, where it is installed', () => {
  test('a qcow2 image is a PV like any other', async () => {
    const { folder, lab, socket, address } = await place();
    const image = join(folder, 'q.qcow2');
    await (
      await startServer(['qemu-img', 'create', '-q', '-f', 'qcow2', image, '16M'])
    ).ended;
    const serve = () => startServer(['qemu-nbd', '-t', '-x', 'disk', '-k', socket, image], socket);
    const first = await serve();
    ok(await lvstudio(`lab attach ${lab} ${address} --mode live`));
    ok(await lvstudio(`--lab ${lab} vgcreate -s 1m vg /dev/sdb`));
    ok(await lvstudio(`--lab ${lab} lvcreate -l 4 -n home vg`));
    ok(await lvstudio(`--lab ${lab} write vg/home`, 'kept in a qcow2'));
    await first.kill();
    const gone = await lvstudio(`--lab ${lab} pvs`);
    expect(gone.err).toMatch(/^lvstudio: nbd\+unix:.*: cannot be reached: /);
    expect(gone.out).not.toContain('/dev/sdb');
    await serve();
    expect(ok(await lvstudio(`--lab ${lab} read vg/home --length 15`))).toBe('kept in a qcow2');
  });
});
