/**
 * The mailing list's post on how device-mapper moves extents (seeds/003): its eight stages by
 * dmsetup, its three pictures drawn from the tables that the engine's devices then have, and what
 * becomes of writes behind the front of the copy, at it and ahead of it.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { must } from '../../../core/base/assert.ts';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { MemoryBackups } from '../../../core/engine/backup-store.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { drawStage } from '../../../core/report/stage-drawing.ts';
import { eightStagesRun } from '../../sim/eight-stages/run.ts';
import {
  mirrorTable,
  newTable,
  OLD,
  oldTable,
  pvName,
  type Plan,
} from '../../sim/eight-stages/tables.ts';
import { BusyDisk } from '../../support/busy-disk.ts';
import { openDevices, say, type TestLab } from '../../support/device-lab.ts';
import { stamped, stampsOf } from '../../support/sectors.ts';
import { fateOf } from '../../support/sim.ts';

const POST = readFileSync(new URL('./003-device-mapper-pvmove.txt', import.meta.url), 'utf8');

/** The post's boxes are as wide as these. */
const EXTENTS = [10, 9, 8] as const;
/** In sectors. */
const EXTENT = 128;
const REGION = 64;
const REGIONS = 18;
const PLAN: Plan = {
  lengths: [10 * EXTENT, 9 * EXTENT, 8 * EXTENT],
  peStart: 2048,
  regionSize: REGION,
  major: 253,
};

/**
 * Of the post, with today's major number. The archive left one space of many, and a dash at the
 * corner of a box is a space.
 */
const pictures = (): readonly string[] => {
  const found: string[] = [];
  let before = false;
  for (const line of POST.split('\n').map((one) => one.trim())) {
    const isDrawn = /^([+|]|\\\/|destination)/.test(line);
    const text = line.replace('254:', '253:').replace('+ -', '+--');
    if (isDrawn && before) found.push(`${found.pop() ?? ''}\n${text}`);
    else if (isDrawn) found.push(text);
    before = isDrawn;
  }
  return found;
};

const squeezed = (drawing: string): string =>
  drawing
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .join('\n');

/** A volume on PV1 to PV3, as 253:3. */
async function open() {
  const stores = Array.from({ length: 4 }, () => new SectorStore());
  const names = ['sda', 'sdb', 'sdc', 'sdd'];
  const disks = names.map(
    (name, index) => new BusyDisk(new RamDisk(name, mib(4), must(stores[index], name))),
  );
  const backups = new MemoryBackups();
  const lab = await openDevices(disks, 1, backups);
  await say(lab, `vgcreate -s 64k vg ${names.map((name) => `/dev/${name}`).join(' ')}`);
  for (const name of ['a', 'b', 'c']) await say(lab, `dmsetup create ${name} --table "0 8 zero"`);
  await say(lab, `lvcreate -Wn -Zn -l ${EXTENTS[0]} -n lv vg /dev/sda`);
  await say(lab, `lvextend -l +${EXTENTS[1]} vg/lv /dev/sdb`);
  await say(lab, `lvextend -l +${EXTENTS[2]} vg/lv /dev/sdc`);
  const store = { PV2: must(stores[1], 'sdb'), PV4: must(stores[3], 'sdd') };
  return { ...stagesOf(lab, backups), ...looksAt(lab, store), lab, pv4: must(disks[3], 'sdd') };
}

/**
 * The stages by hand. A device that a live table uses cannot be taken down: 253:4 goes when the
 * last table lets go of it, which is when the new one is live.
 */
function stagesOf(lab: TestLab, backups: MemoryBackups) {
  const load = (name: string, table: readonly string[]) =>
    answered(lab, `dmsetup load ${name}`, table.join('\n'));
  return {
    suspend: () => say(lab, 'dmsetup suspend vg-lv'),
    resume: () => say(lab, 'dmsetup resume vg-lv'),
    secondDevice: () =>
      answered(lab, `dmsetup create old -j 253 -m ${OLD}`, oldTable(PLAN).join('\n')),
    loadMirror: () => load('vg-lv', mirrorTable(PLAN)),
    takeDown: () => say(lab, 'dmsetup remove --deferred old'),
    /** What LVM would write: PV4 in place of PV2. */
    writeMetadata: async () => {
      await say(lab, 'vgcfgbackup -f before vg');
      const text = await backups.read('before');
      if (!text.ok) throw new Error('no backup');
      await backups.write('after', text.value.replace('"pv1", 0\n', '"pv3", 0\n'));
      await say(lab, 'vgcfgrestore -y -f after vg');
    },
    loadNew: () => load('vg-lv', newTable(PLAN)),
  };
}

async function answered(lab: TestLab, line: string, input: string): Promise<void> {
  const { status, output } = await lab.scheduler.until(lab.run(line, { input }));
  expect(status, [line, input, ...output.map(({ text }) => text)].join('\n')).toBe(0);
}

function looksAt(lab: TestLab, stores: Readonly<Record<'PV2' | 'PV4', SectorStore>>) {
  /** The stamp of the first sector of a region of the moving part. */
  const on = (pv: 'PV2' | 'PV4', region: number): number | undefined => {
    const data = new Uint8Array(512);
    stores[pv].read(PLAN.peStart + region * REGION, data);
    return stampsOf(data)[0];
  };
  return {
    /** On PV2 and on PV4. */
    both: (region: number) => [on('PV2', region), on('PV4', region)],
    /** To a region of the moving part; one after the other, as they are asked for. */
    write: (region: number, stamp: number) => {
      const sector = PLAN.lengths[0] + region * REGION;
      return lab.api.write('vg/lv', sector * 512, stamped(stamp, REGION));
    },
    cells: async () => (await lab.api.state()).mirrors[0]?.cells,
    /** 253:3 with what it lies on, then 253:4 where that is apart. */
    drawing: async () => {
      const { devices } = await lab.api.state();
      const tops = ['vg-lv', 'old'].flatMap((name) => devices.filter((one) => one.name === name));
      return drawStage(tops, devices, pvName).join('\n');
    },
  };
}

test('the pictures of the post', async () => {
  const { lab, ...stages } = await open();
  const drawn = [await stages.drawing()];
  await stages.suspend();
  await stages.secondDevice();
  await say(lab, 'throttle 0');
  await stages.loadMirror();
  await stages.resume();
  drawn.push(await stages.drawing());
  await say(lab, 'throttle off');
  await lab.scheduler.drain();
  await stages.suspend();
  await stages.takeDown();
  await stages.writeMetadata();
  await stages.loadNew();
  await stages.resume();
  drawn.push(await stages.drawing());
  expect(drawn.map(squeezed)).toEqual(pictures());
  expect(drawn[1]).toMatchInlineSnapshot(`
    "                 destination of copy
                  +--------------------->--------------+
                  |                                    |
    +-----------------------------+       +------------+
    | Identity | mirror  | Ident. | 253:3 |    PV4     |
    +----------+---------+--------+       +------------+
         |          |        |
         \\/         \\/       \\/
    +-----------------------------+
    |   PV1    |   PV2   |  PV3   | 253:4
    +----------+---------+--------+"
  `);
  await lab.close();
});

test('the eight stages', async () => {
  const { lab, ...stages } = await open();
  const seen: string[] = [];
  const see = async (stage: string): Promise<void> => {
    const drawing = await stages.drawing();
    seen.push(stage, ...drawing.split('\n').filter((line) => line.includes('253:')));
  };
  await stages.suspend();
  await see('1');
  await stages.secondDevice();
  await see('2');
  await say(lab, 'throttle 0');
  await stages.loadMirror();
  await see('3');
  await stages.resume();
  await see('4');
  await say(lab, 'throttle off');
  await lab.scheduler.drain();
  await stages.suspend();
  await see('5');
  await stages.takeDown();
  await see('6');
  await stages.writeMetadata();
  await see('7');
  await stages.loadNew();
  await see('8');
  await stages.resume();
  await see('and it goes on');
  expect(seen.join('\n')).toMatchInlineSnapshot(`
    "1
    |   PV1    |   PV2   |  PV3   | 253:3 (suspended)
    2
    |   PV1    |   PV2   |  PV3   | 253:3 (suspended)
    |   PV1    |   PV2   |  PV3   | 253:4
    3
    |   PV1    |   PV2   |  PV3   | 253:3 (suspended, new table loaded)
    |   PV1    |   PV2   |  PV3   | 253:4
    4
    | Identity | mirror  | Ident. | 253:3 |    PV4     |
    |   PV1    |   PV2   |  PV3   | 253:4
    5
    | Identity | mirror  | Ident. | 253:3 (suspended) |    PV4     |
    |   PV1    |   PV2   |  PV3   | 253:4
    6
    | Identity | mirror  | Ident. | 253:3 (suspended) |    PV4     |
    |   PV1    |   PV2   |  PV3   | 253:4 (to be removed)
    7
    | Identity | mirror  | Ident. | 253:3 (suspended) |    PV4     |
    |   PV1    |   PV2   |  PV3   | 253:4 (to be removed)
    8
    | Identity | mirror  | Ident. | 253:3 (suspended, new table loaded) |    PV4     |
    |   PV1    |   PV2   |  PV3   | 253:4 (to be removed)
    and it goes on
    |   PV1    |   PV4   |  PV3   | 253:3"
  `);
  // What LVM makes of the metadata is what stands in the table.
  const table = await say(lab, 'dmsetup table vg-lv');
  expect(table.split('\n')).toEqual(newTable(PLAN));
  await say(lab, 'lvchange --refresh vg/lv');
  expect(await say(lab, 'dmsetup table vg-lv')).toBe(table);
  expect(await say(lab, 'dmsetup ls --noheadings')).not.toContain('old');
  await lab.close();
});

test('writes behind the front, at it and ahead of it', async () => {
  const { lab, write, both, pv4, ...stages } = await open();
  const { scheduler } = lab;
  const put = (region: number, stamp: number) => scheduler.until(write(region, stamp));
  for (let region = 0; region < REGIONS; region++) await put(region, 100 + region);
  await stages.suspend();
  const queued = write(REGIONS - 1, 1);
  expect(await fateOf(queued)).toBe('pending');
  await stages.secondDevice();
  await stages.loadMirror();
  await say(lab, 'throttle 1');
  await stages.resume();
  expect(await scheduler.until(queued)).toEqual({ ok: true, value: undefined });

  // Three regions later the front is at the fourth, which PV4 does not finish.
  await scheduler.until(sleep(scheduler, 2.5e6, 'three copies'));
  pv4.hold('write');
  await scheduler.until(sleep(scheduler, 1e6, 'the fourth'));
  expect(await stages.cells()).toBe('cccrnnnnnnnnnnnnnn');
  // Ahead of it the old place alone is written; it is copied with the rest.
  expect(await fateOf(write(10, 5))).toMatchObject({ ok: true });
  expect(both(10)).toEqual([5, 0]);
  const at = write(3, 4);
  expect(await fateOf(at)).toBe('pending');
  expect(both(3)).toEqual([103, 0]);
  expect(both(REGIONS - 1)).toEqual([1, 0]);
  await pv4.letGo();
  expect(await scheduler.until(at)).toMatchObject({ ok: true });
  expect(both(3)).toEqual([4, 4]);
  await put(0, 6);
  expect(both(0)).toEqual([6, 6]);

  await say(lab, 'throttle off');
  await scheduler.drain();
  for (let region = 0; region < REGIONS; region++) {
    const [old, copy] = both(region);
    expect(copy, `region ${region}`).toBe(old);
  }
  expect(both(10)).toEqual([5, 5]);

  await stages.suspend();
  const last = write(10, 7);
  await stages.takeDown();
  await stages.writeMetadata();
  await stages.loadNew();
  expect(await fateOf(last)).toBe('pending');
  await stages.resume();
  expect(await scheduler.until(last)).toMatchObject({ ok: true });
  expect(both(10)).toEqual([5, 7]);
  await lab.close();
});

/**
 * What became of the eight stages in LVM2, by their numbers in the post. The second device has the
 * mirror instead of the old table (2, 3), so that the volume's own table changes but twice, however
 * many pieces are moved; all tables are loaded before anything is suspended, so that what can be
 * refused is refused while I/O flows (3 before 1, 8 before 5); metadata says so before it happens,
 * at the beginning too (7 between 1 and 4); and what a live table uses is not taken down (6).
 */
const OF_LVM2: readonly (readonly [stage: string, step: string])[] = [
  ['2', 'create device vg-pvmove0'],
  ['2', 'load the new table of vg-pvmove0'],
  ['3', 'load the new table of vg-lv'],
  ['1', 'suspend vg-lv'],
  ['7', 'commit seqno 5'],
  ['2', 'resume vg-pvmove0'],
  ['4', 'resume vg-lv'],
  ['8', 'load the new table of vg-lv'],
  ['8', 'load the new table of vg-pvmove0'],
  ['5', 'suspend vg-lv'],
  ['5', 'suspend vg-pvmove0'],
  ['7', 'commit seqno 6'],
  ['8', 'resume vg-pvmove0'],
  ['8', 'resume vg-lv'],
  ['6', 'remove device vg-pvmove0'],
  ['6', 'commit seqno 7'],
];

test('the same move by pvmove', async () => {
  const { lab, write, both, drawing, pv4 } = await open();
  const steps: string[] = [];
  const end = lab.api.subscribe(({ body }) => {
    const isOne = body.kind === 'step' && body.phase === 'done';
    if (isOne && /device|table|suspend|resume|^commit/.test(body.step.what)) {
      steps.push(body.step.what);
    }
  });
  const before = await drawing();
  await say(lab, 'throttle 0');
  await say(lab, 'pvmove -b /dev/sdb /dev/sdd');
  expect(await drawing()).toMatchInlineSnapshot(`
    "+-----------------------------+
    |   PV1    | linear  |  PV3   | 253:3
    +----------+---------+--------+
                    |
                    |     destination of copy
                    |  +------------->--------+
                    \\/ |                      |
               +---------+       +------------+
               | mirror  | 253:4 |    PV4     |
               +---------+       +------------+
                    |
                    \\/
               +---------+
               |   PV2   |
               +---------+"
  `);
  // Regions are larger here: 1024 sectors, the second one shorter.
  await lab.scheduler.until(write(0, 1));
  expect(both(0)).toEqual([1, 0]);
  pv4.hold('write');
  await say(lab, 'throttle off');
  const at = write(1, 2);
  expect(await fateOf(at)).toBe('pending');
  await pv4.letGo();
  expect(await lab.scheduler.until(at)).toMatchObject({ ok: true });
  await lab.scheduler.drain();
  expect([0, 1].map(both)).toEqual([
    [1, 1],
    [2, 2],
  ]);
  end();
  expect(steps).toEqual(OF_LVM2.map(([, step]) => step));
  expect(await drawing()).toBe(before.replace('PV2', 'PV4'));
  const table = await say(lab, 'dmsetup table vg-lv');
  expect(table.split('\n')).toEqual(newTable(PLAN));
  await lab.close();
});

test('at random', async () => {
  for (let seed = 1; seed <= 80; seed++) await eightStagesRun(seed);
});
