/** ext4 and XFS on exported volumes: written here, and read by Linux from the same images. */
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inLinux, part } from '../linux/guest.ts';
import { exportingLab, type ExportingLab } from '../programs/support/exporting-lab.ts';
import { ran, run } from '../programs/support/run.ts';
import { fileOf, Undone, type FileOfExport } from './support/mounted.ts';

const FILES = 10_000;
const PAUSE_EVERY_MILLIS = 20;
const WRITER = resolve('test/mounts/support/write-tree.mjs');

interface Kind {
  readonly volume: string;
  readonly make: readonly string[];
  readonly check: readonly string[];
  /** The option of a mount that does not write, not even what its log holds. */
  readonly unreplayed: string;
}

const KINDS: readonly Kind[] = [
  {
    volume: 'ext4',
    make: ['mkfs.ext4', '-q', '-F'],
    check: ['e2fsck', '-fn'],
    unreplayed: 'noload',
  },
  {
    volume: 'xfs',
    make: ['mkfs.xfs', '-q', '-f'],
    check: ['xfs_repair', '-n'],
    unreplayed: 'norecovery',
  },
];

/** Of all files and of what is known about each; links are followed, busybox does no more. */
const SUMS = `
listed() { find . "$@" | LC_ALL=C sort | tr '\\n' '\\0'; }
sums() {
  cd "$1"
  listed -type f -o -type l | xargs -0 md5sum | md5sum
  listed ! -type d | xargs -0 stat -c '%n %f %u %g %h %s %Y' | md5sum
  listed -type d | xargs -0 stat -c '%n %f %u %g %h %Y' | md5sum
  find . -type f | wc -l
  cd /
}
`;

const GUEST = `${SUMS}
vgchange -q -ay vg > /dev/null
${KINDS.map(
  ({ volume, unreplayed }) => `
mkdir -p /tmp/${volume}
mount -t ${volume} -o ro,${unreplayed} /dev/vg/${volume} /tmp/${volume}
echo "=== ${volume}"
sums /tmp/${volume}
`,
).join('')}
echo "=== end"
`;

const undone = new Undone();
let lab: ExportingLab;
const files = new Map<string, FileOfExport>();
const sums = new Map<string, string>();

beforeAll(async () => {
  lab = await exportingLab(2, '640m', [
    'vgcreate vg /dev/sda /dev/sdb',
    'lvcreate -n ext4 -i 2 -I 64k -L 192m vg',
    'lvcreate -n xfs -L 320m vg',
  ]);
  undone.add(() => lab.close());
});

afterAll(() => undone.all());

const words = ([program = '', ...args]: readonly string[], path: string) =>
  [program, [...args, path]] as const;

async function written({ volume, make }: Kind, seed: number): Promise<void> {
  const file = await fileOf(await lab.uri(`vg/${volume}`), undone);
  files.set(volume, file);
  await run(...words(make, file.path));
  const folder = await file.mount();
  const count = await run(process.execPath, [WRITER, folder, `${seed}`, `${FILES}`]);
  expect(Number(count)).toBe(FILES);
  sums.set(volume, await run('sh', ['-c', `${SUMS}\nsums "${folder}"`]));
  await file.unmount();
}

/** Everything below the file systems is suspended and resumed until the work is done. */
async function shaken(work: Promise<unknown>): Promise<void> {
  let over = false;
  const end = work.finally(() => {
    over = true;
  });
  const shake = async (): Promise<void> => {
    for (let turn = 0; !over; turn++) {
      const device = `vg-${KINDS[turn % KINDS.length]?.volume ?? ''}`;
      await lab.run(`dmsetup suspend ${turn % 3 === 0 ? '--noflush ' : ''}${device}`);
      await lab.run(`dmsetup resume ${device}`);
      await new Promise((later) => setTimeout(later, PAUSE_EVERY_MILLIS));
    }
  };
  await whole([end, shake()]);
}

/** All of them come to an end before a failure is told: nothing goes on behind the next test. */
async function whole(parts: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(parts);
  await Promise.all(parts);
}

test(`trees of ${FILES} files are written while their volumes pause now and then`, async () => {
  await shaken(whole(KINDS.map((kind, index) => written(kind, index + 1))));
});

test.each(KINDS)('$volume: the check of its own tools is clean', async ({ volume, check }) => {
  const path = files.get(volume)?.path ?? '';
  const { status, stdout, stderr } = await ran(...words(check, path));
  expect(status, stdout + stderr).toBe(0);
});

test('Linux mounts the same images and finds the same trees', async () => {
  await undone.all();
  const images = ['sda', 'sdb'].map((name) => join(lab.directory, `${name}.img`));
  const linux = await inLinux(images, GUEST);
  for (const { volume } of KINDS) {
    const [contents, facts, folders, count] = part(linux, volume).split('\n');
    expect([contents, facts, folders, count].join('\n')).toBe(sums.get(volume)?.trimEnd());
    expect(Number(count)).toBeGreaterThanOrEqual(FILES);
  }
});
