/**
 * Snapshots in every state - with no exception, one, exactly an area of them and several areas, two
 * of one origin, full to the brim, overflowed, of nothing at all, a merge that waits and one half
 * way - made here or by Linux until power fails, and what then must be read.
 */
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { DISK_SIZE, type Platters } from '../support/lab.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';
import { CUT } from './guest.ts';
import { dataOf, sumOf } from './mirror-images.ts';
import { guestLooking, slowDisks } from './mirror-looks.ts';

const CHUNK = 4096;
const MIB = 2 ** 20;
export const VG = 'snaps';

/** Chunks of a volume that are written anew. */
interface Write {
  readonly volume: string;
  readonly from: number;
  readonly count: number;
}
interface Take {
  readonly snapshot: string;
  /** What its line says beyond its name. */
  readonly options: string;
}
type Step = Write | Take;

interface Family {
  readonly origin: string;
  /** In chunks; none: of zeros. */
  readonly size: number;
  readonly options?: string;
  readonly steps: readonly Step[];
}

const take = (snapshot: string, options: string): Take => ({ snapshot, options });
const put = (volume: string, from: number, count: number): Write => ({ volume, from, count });

const HALF_RUNS = Array.from({ length: 12 }, (_, run) => put('half-s', run * 60, 25));

const FAMILIES: readonly Family[] = [
  { origin: 'none', size: 256, steps: [take('none-s', '-L 512k')] },
  { origin: 'one', size: 256, steps: [take('one-s', '-L 512k'), put('one', 5, 1)] },
  {
    origin: 'area',
    size: 512,
    steps: [take('area-s', '-L 1280k'), put('area', 100, 200), put('area-s', 400, 56)],
  },
  {
    origin: 'areas',
    size: 768,
    steps: [
      ...[take('areas-s', '-L 3m'), put('areas', 0, 300)],
      ...[put('areas-s', 500, 200), put('areas', 350, 100)],
    ],
  },
  {
    origin: 'two',
    size: 256,
    steps: [
      ...[take('two-a', '-L 512k'), put('two', 3, 10), take('two-b', '-c 16k -L 512k')],
      ...[put('two', 8, 20), put('two-a', 40, 4), put('two-b', 50, 3)],
    ],
  },
  { origin: 'brim', size: 256, steps: [take('brim-s', '-L 256k'), put('brim', 0, 62)] },
  { origin: 'full', size: 256, steps: [take('full-s', '-L 256k'), put('full', 0, 80)] },
  {
    origin: 'str',
    size: 256,
    options: '-i 2',
    steps: [take('str-s', '-L 512k'), put('str', 10, 40)],
  },
  {
    origin: 'wait',
    size: 256,
    steps: [
      ...[take('wait-s', '-L 512k'), put('wait-s', 10, 20), take('wait-t', '-L 512k')],
      ...[put('wait', 100, 7), put('wait-t', 15, 2)],
    ],
  },
  {
    origin: 'half',
    size: 768,
    steps: [take('half-s', '-L 3m'), ...HALF_RUNS, put('half', 30, 20)],
  },
];
/** Of an origin that is all zeros. */
const VIRTUAL = 'virt';
const VIRTUAL_MIB = 8;
const VIRTUAL_SIZE = (VIRTUAL_MIB * MIB) / CHUNK;
const OF_NOTHING = [put(VIRTUAL, 1000, 12)];

/** Once more, when all has been looked at: stores go on where the other side left them. */
const LATER: readonly Write[] = [
  ...[put('none-s', 7, 1), put('one', 6, 3), put('area', 0, 2), put('areas', 700, 30)],
  ...[put('two', 30, 8), put('str-s', 0, 5), put(VIRTUAL, 1010, 9), put('full', 90, 4)],
];

/** Each chunk says one thing throughout. */
function chunks(name: string, count: number): Uint8Array {
  const words = dataOf(name, count * 512);
  const data = new Uint8Array(count * CHUNK);
  for (let at = 0; at < data.length; at++) data[at] = words[(at >> 12) * 512 + (at & 3)] ?? 0;
  return data;
}
/** Chunks by which the first data of an origin is ahead of the one before. */
const AHEAD = 16;
const FIRST = chunks('first', 768 + AHEAD * FAMILIES.length);
const firstOf = (index: number): number => index * AHEAD;

const isWrite = (step: Step): step is Write => 'volume' in step;
const WRITES = [...FAMILIES.flatMap(({ steps }) => steps), ...OF_NOTHING, ...LATER].filter(isWrite);
const LATER_ONES = chunks(
  'later',
  WRITES.reduce((sum, { count }) => sum + count, 0),
);
/** Where the data of a write begins among those. */
function laterOf(write: Write): number {
  const before = WRITES.slice(0, WRITES.indexOf(write));
  return before.reduce((sum, { count }) => sum + count, 0);
}
const dataFor = (write: Write): Uint8Array =>
  LATER_ONES.subarray(laterOf(write) * CHUNK, (laterOf(write) + write.count) * CHUNK);

/** For the guest: all data, one behind the other. */
export const ALL_DATA = Buffer.concat([FIRST, LATER_ONES]);
const LATER_AT = FIRST.length / CHUNK;

/** What is read of each volume: as it is left, and when merges have ended and more was written. */
function contents(): readonly (readonly [string, string])[][] {
  const now = new Map<string, Uint8Array>();
  const write = (one: Write): void => now.get(one.volume)?.set(dataFor(one), one.from * CHUNK);
  for (const [index, { origin, size, steps }] of FAMILIES.entries()) {
    now.set(origin, FIRST.slice(firstOf(index) * CHUNK, (firstOf(index) + size) * CHUNK));
    for (const step of steps) {
      if (isWrite(step)) write(step);
      else now.set(step.snapshot, (now.get(origin) ?? new Uint8Array()).slice());
    }
  }
  now.set(VIRTUAL, new Uint8Array(VIRTUAL_SIZE * CHUNK));
  OF_NOTHING.forEach(write);
  // A merge shows at once what its end will be.
  for (const merged of ['half', 'wait']) {
    now.set(merged, now.get(`${merged}-s`) ?? new Uint8Array());
    now.delete(`${merged}-s`);
  }
  now.delete('full-s');
  const sums = (): (readonly [string, string])[] =>
    [...now].map(([name, data]) => [name, sumOf(data)] as const);
  const begun = sums();
  LATER.forEach(write);
  return [begun, sums()];
}
const [BEGUN = [], DONE = []] = contents();
/** Readable ones, in the order of their sums. */
export const VOLUMES = BEGUN.map(([name]) => name);
export const SUMS = { begun: BEGUN.map(([, sum]) => sum), done: DONE.map(([, sum]) => sum) };

const lines = (origins: string, stores: string): readonly string[] => [
  `vgcreate -s 256k --setautoactivation n ${VG} ${origins} ${stores}`,
  ...FAMILIES.map(({ origin, size, options = '' }) => {
    const places = options === '' ? origins : '';
    return `lvcreate ${options} -L ${(size * CHUNK) / 1024}k -Zn -Wn -n ${origin} ${VG} ${places}`;
  }),
  `lvcreate --type snapshot -L 512k -V ${VIRTUAL_MIB}m -n ${VIRTUAL} ${VG} ${stores}`,
];
const takes = ({ snapshot, options }: Take, origin: string, stores: string): string =>
  `lvcreate -s ${options} -n ${snapshot} ${VG}/${origin} ${stores}`;

/** The origin is in use. */
const WAITS = [
  `dmsetup create hold --table '0 8 linear /dev/mapper/${VG}-wait 0'`,
  `lvconvert --merge ${VG}/wait-s`,
  'dmsetup remove hold',
];
const HALF = `lvconvert -b --merge ${VG}/half-s`;
/** Sectors that are left to merge, of 600 at first. */
const HALF_LEFT = 1800;

const MICROS = 1_000_000;
const STEP = 5000;

/** Both disks when power fails. */
export async function halvesHere(): Promise<Platters> {
  const stores = ['sda', 'sdb'].map(() => new SectorStore());
  const disks = stores.map(
    (store, index) => new RamDisk(`sd${'ab'[index] ?? ''}`, DISK_SIZE, store),
  );
  const lab = await openDevices(disks, 6);
  for (const line of lines('/dev/sda', '/dev/sdb')) await say(lab, line);
  for (const [index, { origin, size, steps }] of FAMILIES.entries()) {
    const data = FIRST.subarray(firstOf(index) * CHUNK, (firstOf(index) + size) * CHUNK);
    await lab.scheduler.until(lab.api.write(`${VG}/${origin}`, 0, data));
    for (const step of steps) {
      if (isWrite(step)) await lab.scheduler.until(written(lab, step));
      else await say(lab, takes(step, origin, '/dev/sdb'));
    }
  }
  for (const one of OF_NOTHING) await lab.scheduler.until(written(lab, one));
  for (const line of WAITS) await say(lab, line);
  await say(lab, 'throttle 1');
  await say(lab, HALF);
  while (leftIn(await say(lab, `dmsetup status ${VG}-half`)) > HALF_LEFT) await passed(lab, STEP);
  await say(lab, 'throttle 0');
  await passed(lab, MICROS);
  const crash = stores.map((store) => store.copy());
  await lab.letGo();
  return crash;
}

const leftIn = (status: string): number => Number(/ (\d+)\/\d+ \d+/.exec(status)?.[1]);

const written = ({ api }: Pick<TestLab, 'api'>, one: Write) =>
  api.write(`${VG}/${one.volume}`, one.from * CHUNK, dataFor(one));

/** Written here to what the other side left. */
export async function writeLater(lab: Pick<TestLab, 'api'>): Promise<void> {
  for (const one of LATER) {
    const done = await written(lab, one);
    if (!done.ok) throw new Error(`${one.volume}: ${done.error.messages.join(' ')}`);
  }
}

const passed = (lab: TestLab, micros: number): Promise<void> =>
  lab.scheduler.until(new Promise((done) => lab.scheduler.after(micros, 'a while', done)));

export const REPORT =
  'lvs -a -o +devices,snap_percent,chunk_size,origin_size,lv_role,lv_merging,' +
  'lv_snapshot_invalid,lv_merge_failed,vg_seqno';

const THERE = `${guestLooking(REPORT)}${slowDisks('b')}
data=$(ls /dev/vd? | tail -1)
copy() { # VOLUME CHUNK COUNT FROM: of the data
  dd if=$data of=/dev/${VG}/$1 bs=4k seek=$2 count=$3 skip=$4 oflag=direct conv=notrunc 2> /dev/null
}
left() { dmsetup status ${VG}-$1 | sed -E 's#.* ([0-9]+)/.*#\\1#'; }
`;
const copies = (one: Write): string =>
  `copy ${one.volume} ${one.from} ${one.count} ${LATER_AT + laterOf(one)}`;

/** The same in the guest, until it is cut off. */
export const HALVES_THERE = `${THERE}
(
${lines('/dev/vda', '/dev/mapper/slowb')
  .map((line) => `echo ${line}`)
  .join('\n')}
) | lvm > /dev/null 2>&1
${FAMILIES.map(({ origin, size, steps }, index) =>
  [
    `copy ${origin} 0 ${size} ${firstOf(index)}`,
    ...steps.map((step) =>
      isWrite(step) ? copies(step) : `${takes(step, origin, '/dev/mapper/slowb')} > /dev/null`,
    ),
  ].join('\n'),
).join('\n')}
${OF_NOTHING.map(copies).join('\n')}
${WAITS.join('\n')}
slow b 150
${HALF}
until [ $(left half) -le ${HALF_LEFT} ]; do sleep 0.02; done
slow b 100000
${CUT}`;

/** All is looked at before a merge goes on, and when everything is done. */
export const ENDS_THERE = `${THERE}
slow b 100000
vgck ${VG}
vgchange -q -ay --poll n ${VG} > /dev/null
look begun ${VG}
echo "=== begun-sums"
sums ${VG} "${VOLUMES.join(' ')}"
echo "=== refused"
cat /dev/${VG}/full-s 2>&1 > /dev/null | head -1
slow b 0
for v in half wait; do
  until [ $(left $v) = 16 ]; do sleep 0.05; done
  lvm lvpoll --polloperation merge --interval 1 ${VG}/$v > /dev/null
done
${LATER.map(copies).join('\n')}
look done ${VG}
echo "=== done-sums"
sums ${VG} "${VOLUMES.join(' ')}"
vgck ${VG}
vgchange -q -an ${VG} > /dev/null 2>&1
echo "=== end"
`;
/** Bytes. */
export const IMAGE = Number(DISK_SIZE) * 512;
