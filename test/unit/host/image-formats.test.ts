/** Images of other programs are refused with the command that serves them, and raw ones never. */
import { copyFile, open, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { view } from '../../../core/base/bytes.ts';
import { inspectImage } from '../../../core/host/image-file.ts';
import { lvstudio } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const MIB = 2 ** 20;

function bytesWith(text: string, at = 0): Buffer {
  const data = Buffer.alloc(MIB);
  data.write(text, at, 'latin1');
  return data;
}

function vdi(): Buffer {
  const data = bytesWith('<<< Oracle VM VirtualBox Disk Image >>>\n');
  data.writeUInt32LE(0xbeda107f, 0x40);
  return data;
}

/** A disk with the footer of a VHD of a fixed size behind it. */
function fixedVhd(spoilt = false): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  footer.writeUInt32BE(0x10000, 12);
  const sum = ~footer.reduce((before, byte) => before + byte, 0) >>> 0;
  footer.writeUInt32BE(sum + (spoilt ? 1 : 0), 64);
  return Buffer.concat([Buffer.alloc(MIB), footer]);
}

const FORMATS: readonly (readonly [file: string, name: string, qemu: string, data: Buffer])[] = [
  ['a.qcow2', 'qcow2', 'qcow2', bytesWith('QFI\xfb\0\0\0\x03')],
  ['a.qcow', 'qcow', 'qcow', bytesWith('QFI\xfb\0\0\0\x01')],
  ['a.vmdk', 'VMDK', 'vmdk', bytesWith('KDMV')],
  ['b.vmdk', 'VMDK', 'vmdk', Buffer.from('# Disk DescriptorFile\nversion=1\n')],
  ['a.vhdx', 'VHDX', 'vhdx', bytesWith('vhdxfile')],
  ['a.vhd', 'VHD', 'vpc', bytesWith('conectix')],
  ['b.vhd', 'VHD', 'vpc', fixedVhd()],
  ['a.vdi', 'VDI', 'vdi', vdi()],
  ['a.qed', 'QED', 'qed', bytesWith('QED\0')],
];

test.each(FORMATS)('%s', async (file, name, qemu, data) => {
  const path = join(await scratch(), file);
  await writeFile(path, data);
  const facts = await inspectImage(path);
  const socket = path.replace(/\.[a-z0-9]+$/, '.sock');
  expect(!facts.ok && facts.error.why).toBe(
    `is a ${name} image, not a raw disk: serve it with ` +
      `"qemu-nbd -t -f ${qemu} -k ${socket} ${path}" and attach "nbd+unix:///?socket=${socket}"`,
  );
});

test.each<[string, Buffer]>([
  ['no bytes', Buffer.alloc(0)],
  ['less than a sector', Buffer.from('KDM')],
  ['a magic in another place', bytesWith('QFI\xfb', 512)],
  ['a footer whose checksum is wrong', fixedVhd(true)],
  ['a footer that is not at the end', Buffer.concat([fixedVhd(), Buffer.alloc(512)])],
])('raw: %s', async (_, data) => {
  const path = join(await scratch(), 'disk.img');
  await writeFile(path, data);
  expect((await inspectImage(path)).ok).toBe(true);
});

test('a magic in front of a sound label is what was left of something else', async () => {
  const folder = await scratch();
  const lab = join(folder, 'lab');
  await lvstudio(`lab new ${lab} --disks 1 --size 16m`);
  await lvstudio(`--lab ${lab} pvcreate /dev/sda`);
  const path = join(folder, 'disk.img');
  await copyFile(join(lab, 'sda.img'), path);
  const file = await open(path, 'r+');
  await file.write(Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), 0, 8, 0);
  expect((await inspectImage(path)).ok).toBe(true);
  // Spoilt, it is no label.
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 512 + 40);
  await file.write(Buffer.from([view(byte).getUint8(0) ^ 1]), 0, 1, 512 + 40);
  await file.close();
  expect((await inspectImage(path)).ok).toBe(false);
});

test('a name with blanks is quoted, and a long path has its socket elsewhere', async () => {
  const folder = await scratch();
  const path = join(folder, 'my disk & co.qcow2');
  await writeFile(path, bytesWith('QFI\xfb\0\0\0\x03'));
  const facts = await inspectImage(path);
  expect(!facts.ok && facts.error.why).toContain(`'${path}'`);
  expect(!facts.ok && facts.error.why).toContain('my%20disk%20%26%20co.sock"');
  const long = join(folder, `${'x'.repeat(120)}.qcow2`);
  await writeFile(long, bytesWith('QFI\xfb\0\0\0\x03'));
  const refused = await inspectImage(long);
  expect(!refused.ok && refused.error.why).toContain(`-k /tmp/${'x'.repeat(40)}.sock `);
});

test('in every mode, and at the opening of a lab whose image became one', async () => {
  const folder = await scratch();
  const lab = join(folder, 'lab');
  await lvstudio(`lab new ${lab} --disks 1 --size 16m`);
  const image = join(folder, 'vm.qcow2');
  await writeFile(image, bytesWith('QFI\xfb\0\0\0\x03'));
  for (const mode of ['read-only', 'sandbox', 'live']) {
    const said = await lvstudio(`lab attach ${lab} ${image} --mode ${mode}`);
    expect(said.status).toBe(5);
    expect(said.err).toContain(
      `${image} is a qcow2 image, not a raw disk: serve it with "qemu-nbd`,
    );
  }
  await writeFile(join(lab, 'sda.img'), bytesWith('KDMV'));
  expect((await lvstudio(`lab show ${lab}`)).out).toContain('is a VMDK image, not a raw disk');
  const pvs = await lvstudio(`--lab ${lab} pvs -a`);
  expect(pvs.err + pvs.out).toContain('sda.img: is a VMDK image, not a raw disk: serve it with');
});

const qemuImg = spawnSync('qemu-img', ['--version']).status === 0;

test.skipIf(!qemuImg)('what qemu-img makes is known', async () => {
  const folder = await scratch();
  for (const format of ['qcow2', 'qcow', 'vmdk', 'vhdx', 'vpc', 'vdi', 'qed']) {
    const path = join(folder, `disk.${format}`);
    const made = spawnSync('qemu-img', ['create', '-q', '-f', format, path, '4M']);
    expect(made.status, format).toBe(0);
    const facts = await inspectImage(path);
    expect(!facts.ok && facts.error.why, format).toContain(`qemu-nbd -t -f ${format} -k `);
  }
  for (const options of ['subformat=fixed', 'subformat=dynamic']) {
    const path = join(folder, `${options}.vhd`);
    spawnSync('qemu-img', ['create', '-q', '-f', 'vpc', '-o', options, path, '4M']);
    expect((await inspectImage(path)).ok, options).toBe(false);
  }
});
