/** Programs that speak NBD use volumes of every shape, and find no error. */
import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { fioVerify } from './support/fio.ts';
import { newFolder } from './support/folder.ts';
import { exportingLab, type ExportingLab } from './support/exporting-lab.ts';
import { ran, run } from './support/run.ts';

const MIB = 2 ** 20;
const BYTES = 24 * MIB;
const SECTORS = BYTES / 512;
const HALF = SECTORS / 2;

const STRIPES = '/dev/mapper/vg-left 0 /dev/mapper/vg-right 0';
const SWAPPED = [
  `0 ${HALF} linear /dev/mapper/middle ${HALF}`,
  `${HALF} ${HALF} linear /dev/mapper/middle 0`,
].join('\n');

/** The stack: two linear pieces of a striped device, in the wrong order, over two volumes. */
const LINES = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate -n linear -L 24m vg',
  'lvcreate -n striped -i 3 -I 16k -L 24m vg',
  'lvcreate -n left -L 12m vg /dev/sdb',
  'lvcreate -n right -L 12m vg /dev/sdc',
  `dmsetup create middle --table "0 ${SECTORS} striped 2 64 ${STRIPES}"`,
  `dmsetup create top --table "${SWAPPED}"`,
];

let lab: ExportingLab;
/** Of the size of the volumes, of bytes by chance. */
let data = '';
/** Whether this machine makes holes in files where it keeps the lab. */
let canPunch = false;

beforeAll(async () => {
  lab = await exportingLab(3, '48m', LINES);
  data = join(await newFolder(), 'data.img');
  await writeFile(data, randomBytes(1));
  const image = join(lab.directory, 'punched');
  await writeFile(image, new Uint8Array(MIB).fill(1));
  const punched = await ran('fallocate', ['-p', '-o', '0', '-l', '4096', image]).catch(() => null);
  canPunch = punched?.status === 0;
});

afterAll(() => lab.close());

function randomBytes(seed: number): Uint8Array {
  const random = new Prng(seed);
  return new Uint8Array(Uint32Array.from({ length: BYTES / 4 }, () => random.next()).buffer);
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

describe.each([
  { shape: 'a linear volume', volume: 'vg/linear' },
  { shape: 'a striped volume', volume: 'vg/striped' },
  { shape: 'a stack three deep', volume: '/dev/mapper/top' },
])('$shape', ({ volume }) => {
  let uri = '';
  beforeAll(async () => {
    uri = await lab.uri(volume);
  });

  /** qemu-io ends with 1 as soon as one command fails or a pattern is not the one. */
  const qemuIo = (...commands: readonly string[]) =>
    ran('qemu-io', ['-f', 'raw', ...commands.flatMap((one) => ['-c', one]), uri]);

  test('nbdinfo finds what the server can do', async () => {
    const { exports } = JSON.parse(await run('nbdinfo', ['--json', uri])) as { exports: unknown[] };
    expect(exports).toMatchObject([
      {
        'export-size': BYTES,
        contexts: ['base:allocation'],
        is_read_only: false,
        can_flush: true,
        can_fua: true,
        can_multi_conn: true,
        can_trim: true,
        can_zero: true,
      },
    ]);
  });

  test('nbdcopy brings an image in and out again over four connections', async () => {
    await run('nbdcopy', ['--connections=4', data, uri]);
    await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', data, uri]);
    const copy = join(await newFolder(), 'copy.img');
    await run('nbdcopy', ['--connections=4', uri, copy]);
    expect(await sumOf(copy)).toBe(await sumOf(data));
  });

  test('qemu-img compare finds the one byte that is different', async () => {
    const other = join(await newFolder(), 'other.img');
    await run('nbdcopy', [data, other]);
    const file = await open(other, 'r+');
    const at = 13 * MIB + 4567;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Uint8Array.of((buffer[0] ?? 0) ^ 1), 0, 1, at);
    await file.close();
    const { status, stdout } = await ran('qemu-img', [
      ...['compare', '-f', 'raw', '-F', 'raw', other, uri],
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain(`Content mismatch at offset ${at - (at % 512)}`);
  });

  test('qemu-io writes, zeroes, discards and reads again', async () => {
    const good = await qemuIo(
      'write -P 0xa5 64k 1M',
      'write -f -P 0x5a 5000k 100k',
      'write -P 0x77 12200k 300k',
      'flush',
      'read -P 0xa5 64k 1M',
      'read -P 0x5a 5000k 100k',
      'write -z 128k 64k',
      'write -z -u 5010k 20k',
      'read -P 0xa5 64k 64k',
      'read -P 0 128k 64k',
      'read -P 0xa5 192k 896k',
      'read -P 0 5010k 20k',
      'read -P 0x77 12200k 300k',
      'discard 12200k 300k',
      'aio_write -P 0x11 20M 512k',
      'aio_write -P 0x22 21M 512k',
      'aio_flush',
      'read -P 0x11 20M 512k',
      'read -P 0x22 21M 512k',
    );
    expect(good, good.stdout).toMatchObject({ status: 0, stderr: '' });
    const wrong = await qemuIo('read -P 0xa6 64k 64k');
    expect(wrong.stdout).toContain('Pattern verification failed');
    const outside = await qemuIo(`write ${BYTES - 512} 1k`);
    expect(outside.status).toBe(1);
  });

  test('the map tells what is a hole since it was discarded or zeroed', async () => {
    await run('nbdcopy', [data, uri]);
    expect(await mapOf(uri)).toEqual([{ offset: 0, length: BYTES, type: 0 }]);
    const done = await qemuIo('discard 3M 6M', 'read -P 0 3M 6M', 'write -z -u 12M 12M');
    expect(done.status, done.stdout).toBe(canPunch ? 0 : 1);
    const [used, hole] = [0, canPunch ? 3 : 0];
    const told = [
      { offset: 0, length: 3 * MIB, type: used },
      { offset: 3 * MIB, length: 6 * MIB, type: hole },
      { offset: 9 * MIB, length: 3 * MIB, type: used },
      { offset: 12 * MIB, length: 12 * MIB, type: hole },
    ];
    expect(await mapOf(uri)).toEqual(joined(told));
    expect((await qemuIo('read -P 0 12M 12M')).status).toBe(0);
  });

  test('fio verifies what it has written at random, 16 requests deep', async () => {
    const small = await fioVerify(uri);
    expect(small).toMatchObject({ writes: BYTES / 4096, reads: BYTES / 4096 });
    await fioVerify(uri, { size: '8m', bsrange: '512-128k', blockalign: 512, randseed: 7 });
  });
});

test('what the stack knows to be zeros is a hole in the map, and in a copy', async () => {
  const third = SECTORS / 3;
  const pieces = [
    `0 ${third} linear /dev/mapper/vg-striped 0`,
    `${third} ${third} zero`,
    `${2 * third} ${third} linear /dev/mapper/vg-linear 0`,
  ];
  await lab.run(`dmsetup create holed --table "${pieces.join('\n')}"`);
  const uri = await lab.uri('/dev/mapper/holed', '--read-only');
  const length = third * 512;
  expect(await mapOf(uri)).toEqual([
    { offset: 0, length, type: 0 },
    { offset: length, length, type: 3 },
    { offset: 2 * length, length, type: 0 },
  ]);
  const copy = join(await newFolder(), 'holed.img');
  await run('nbdcopy', [uri, copy]);
  // What the file system itself needs for the file is counted, too.
  expect((await stat(copy)).blocks).toBeLessThan(2.5 * third);
  await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', copy, uri]);
  const refused = await ran('qemu-io', ['-f', 'raw', '-c', 'write 0 4k', uri]);
  expect(refused.status).toBe(1);
});

interface MapEntry {
  readonly offset: number;
  readonly length: number;
  readonly type: number;
}

/** Neighbours of one kind are one. */
async function mapOf(uri: string): Promise<readonly MapEntry[]> {
  return joined(JSON.parse(await run('nbdinfo', ['--map', '--json', uri])) as MapEntry[]);
}

function joined(entries: readonly MapEntry[]): readonly MapEntry[] {
  const runs: MapEntry[] = [];
  for (const { offset, length, type } of entries) {
    const last = runs.at(-1);
    if (last?.type === type) runs[runs.length - 1] = { ...last, length: last.length + length };
    else runs.push({ offset, length, type });
  }
  return runs;
}
