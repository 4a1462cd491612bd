/**
 * Repairs of mirrors whose disks are there and fail: what Linux does with PVs on dm-error, and on
 * dm-flakey with error_writes (lvm 2.03.16).
 */
import { describe, expect, test } from 'vitest';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { blank, DISK_SIZE, openLab, prepared } from '../../support/lab.ts';
import { fateOf } from '../../support/sim.ts';
import { stamped } from '../../support/sectors.ts';

const MIRROR = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd',
  'lvcreate --type mirror -m1 -R 64k -n mir -l 4 vg /dev/sda /dev/sdb /dev/sdc',
];
const PARTS = [
  { disk: 'sda', part: 'the first leg', left: '/dev/sdb' },
  { disk: 'sdb', part: 'the second leg', left: '/dev/sda' },
  { disk: 'sdc', part: 'the log', left: '/dev/sda /dev/sdb /dev/sdd' },
];

class World {
  constructor(readonly lab: TestLab) {}

  async run(line: string): Promise<string> {
    const { status, output } = await this.lab.scheduler.until(this.lab.run(line));
    return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
  }

  async write(): Promise<unknown> {
    const { scheduler, api } = this.lab;
    const written = api.write('vg/mir', 0, stamped(5, 8));
    await scheduler.until(sleep(scheduler, 10e6, 'the monitor repairs'));
    return fateOf(written);
  }

  /** What it lies on. */
  async places(): Promise<string> {
    const said = await this.run('lvs -a --noheadings -o devices vg');
    return (said.match(/(\/dev\/\w+|\[unknown\])(?=\(\d)/g) ?? []).sort().join(' ');
  }

  async close(): Promise<void> {
    await this.lab.scheduler.until(this.lab.letGo());
    await this.lab.scheduler.until(this.lab.close());
  }
}

async function inWorld(body: (world: World) => Promise<void>): Promise<void> {
  const world = new World(await openLab(blank()));
  for (const line of MIRROR) expect(await world.run(line), line).toMatch(/^0/);
  await body(world);
  await world.close();
}

describe.each(PARTS)('the disk of $part', ({ disk, left }) => {
  test.each(['--errors all', '--error-writes all', '--errors 0:30000', '--gone'])(
    '%s: the mirror goes on without it, and nobody notices',
    (fault) =>
      inWorld(async (world) => {
        await world.run(`lab break ${disk} ${fault}`);
        expect(await world.write()).toMatchObject({ ok: true });
        expect(await world.places()).toBe(left);
        const jobs = (await world.lab.api.state()).jobs;
        expect(jobs.filter(({ kind }) => kind === 'repair')).toMatchObject([{ phase: 'done' }]);
        const read = await world.lab.scheduler.until(world.lab.api.read('vg/mir', 0, 4096));
        expect(read.ok && Buffer.compare(read.value, stamped(5, 8))).toBe(0);
      }),
  );
});

const REPAIR = 'lvconvert --repair --use-policies vg/mir';

test('a disk that takes no writes keeps its old metadata, and that is said once', () =>
  inWorld(async (world) => {
    await world.run('lab set activation/monitoring 0');
    await world.run('lab break sdb --error-writes all');
    expect(await world.write()).toBe('pending');
    expect(await world.run(REPAIR)).toBe(
      [
        '0',
        'Mirror status: 1 of 2 images failed.',
        'Failed to write metadata to /dev/sdb.\n  WARNING: Failed to write an MDA of VG vg.',
      ].join('\n'),
    );
    const older = /WARNING: ignoring metadata seqno 3 on \/dev\/sdb for seqno 8 on \/dev\/sda/;
    expect(await world.run('lvs vg')).toMatch(older);
    // Nothing but a repair does without it.
    expect(await world.run('lvcreate -l1 -n other vg /dev/sdd')).toMatch(/^5\n/);
    await world.run('lab mend sdb');
    expect(await world.run('lvcreate -l1 -n other vg /dev/sdd')).toMatch(
      /^0\n[^]*updating old metadata to 9 on \/dev\/sdb/,
    );
    expect(await world.run('lvs vg')).not.toMatch(older);
  }));

test('a disk that cannot be read is missing to the repair, and can be used again later', () =>
  inWorld(async (world) => {
    await world.run('lab break sdb --errors all');
    await world.write();
    expect(await world.run('pvs --noheadings -o pv_name,attr')).toMatch(/\[unknown\] +a-m/);
    await world.run('lab mend sdb');
    expect(await world.run('pvs')).toMatch(/VG vg has unused reappeared PV \/dev\/sdb/);
    expect(await world.run('lvconvert --type mirror -m1 vg/mir /dev/sdb /dev/sdc')).toMatch(/^0/);
    expect(await world.places()).toBe('/dev/sda /dev/sdb /dev/sdc');
  }));

test('a read that fails once is no reason to write a disk off', async () => {
  const platters = blank();
  let counting = false;
  const plan = new FaultPlan({ nth: 1, ops: ['read'], device: 'sda', when: () => counting });
  const lab = await openLab(platters, (disk) => new FaultyDevice(disk, plan));
  const world = new World(lab);
  for (const line of MIRROR) expect(await world.run(line), line).toMatch(/^0/);
  await world.run('lab set activation/monitoring 0');
  await world.run('lab break sdb --error-writes all');
  expect(await world.write()).toBe('pending');
  counting = true;
  expect(await world.run(REPAIR)).toMatch(/^0/);
  expect(plan.fired).toBe(true);
  expect(await world.places()).toBe('/dev/sda');
  await world.close();
});

test('an engine that never saw all disks repairs nothing around one', async () => {
  const platters = await prepared(MIRROR);
  let broken = true;
  const plan = new FaultPlan({ device: 'sdb', when: () => broken });
  const world = new World(await openLab(platters, (disk) => new FaultyDevice(disk, plan)));
  await world.run('vgchange -ay --activationmode partial vg');
  expect(await world.run(REPAIR)).toMatch(/^5\n[^]*\/dev\/sdb/);
  broken = false;
  expect(await world.run(REPAIR)).toMatch(/^0\n/);
  await world.close();
});

describe.each([
  { disk: 'sda', part: 'the first leg', left: '/dev/sdb' },
  { disk: 'sdb', part: 'the second leg', left: '/dev/sda' },
  { disk: 'sdc', part: 'the log', left: '/dev/sda /dev/sdb /dev/sdd' },
  { disk: 'sdd', part: 'the new leg', left: '/dev/sda /dev/sdb /dev/sdc' },
])('the disk of $part, while a third leg is made', ({ disk, left }) => {
  test.each(['--errors all', '--error-writes all', '--gone'])('%s: no write fails', (fault) =>
    inWorld(async (world) => {
      const { scheduler, api } = world.lab;
      await scheduler.drain();
      await world.run('throttle 10 vg/mir');
      expect(await world.run('lvconvert -b -m+1 vg/mir /dev/sdd')).toMatch(/^0/);
      await scheduler.until(sleep(scheduler, 2e6, 'a part is copied'));
      const copied = (await scheduler.until(api.state())).mirrors.map(({ inSync }) => inSync);
      // Ten a second of one, and the whole of the mirror below it.
      expect(copied).toEqual([expect.closeTo(20, -1), 64]);
      await world.run(`lab break ${disk} ${fault}`);
      const places = [0, 1, 2, 3, 4, 5, 6, 7];
      const at = (place: number): number => place * 512 * 1024;
      const written = places.map((place) => api.write('vg/mir', at(place), stamped(place + 1, 8)));
      await scheduler.until(sleep(scheduler, 20e6, 'the monitor repairs'));
      const fates = await Promise.all(written.map(fateOf));
      expect(fates).toMatchObject(places.map(() => ({ ok: true })));
      expect(await world.places()).toBe(left);
      for (const place of places) {
        const read = await scheduler.until(api.read('vg/mir', at(place), 4096));
        expect(read.ok && Buffer.compare(read.value, stamped(place + 1, 8))).toBe(0);
      }
    }),
  );
});

test.each(['--errors all', '--error-writes all'])(
  'another disk of the group fails (%s) before a conversion is over: it comes to its end',
  (fault) =>
    inWorld(async (world) => {
      const { scheduler, api } = world.lab;
      await scheduler.drain();
      for (const line of ['lvconvert -m0 vg/mir /dev/sda', 'lvconvert --type mirror -m1 vg/mir']) {
        expect(await world.run(`${line} /dev/sdc`), line).toMatch(/^0/);
      }
      await scheduler.drain();
      await world.run('throttle 1 vg/mir');
      expect(await world.run('lvconvert -b -m+1 vg/mir /dev/sdd')).toMatch(/^0/);
      await world.run(`lab break sda ${fault}`);
      await scheduler.until(sleep(scheduler, 10e6, 'all is copied'));
      const { jobs } = await scheduler.until(api.state());
      expect(jobs.at(-1)).toMatchObject({ kind: 'convert', phase: 'done' });
      expect(await world.run('lvs -a --noheadings -o lv_name vg')).not.toContain('mimagetmp');
    }),
);

const five = (): Promise<TestLab> =>
  openDevices(['a', 'b', 'c', 'd', 'e'].map((name) => new RamDisk(`sd${name}`, DISK_SIZE)));

test('a repair right after a copy, before its layer goes, adds no image, as in Linux', async () => {
  const world = new World(await five());
  const { scheduler, api } = world.lab;
  for (const line of [
    'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde',
    'lvcreate --type mirror -m1 -R 64k -n mir -l 4 vg /dev/sda /dev/sdb /dev/sde',
    'lab set activation/mirror_image_fault_policy allocate',
    'throttle 100',
    'lvconvert -b -m+1 vg/mir /dev/sdc',
  ]) {
    expect(await world.run(line), line).toMatch(/^0/);
  }
  const isLayered = async (): Promise<boolean> => {
    const { mirrors } = await scheduler.until(api.state());
    const [top, layer] = mirrors;
    return layer !== undefined && top?.inSync === top?.regions;
  };
  while (!(await isLayered())) await scheduler.until(sleep(scheduler, 5000, 'a look'));
  // The repair comes before the copy is looked at again.
  await world.run('lab break sda --slow 50');
  await world.run('lab break sdb --gone');
  expect(await world.write()).toMatchObject({ ok: true });
  await scheduler.until(sleep(scheduler, 60e6, 'all is copied'));
  expect(await world.run('lvs -a --noheadings -o lv_name vg')).not.toContain('mimagetmp');
  expect(await world.places()).toBe('/dev/sda /dev/sdc /dev/sde');
  await world.close();
});

describe('a leg that is put back holds nothing yet', () => {
  test.each([
    { lost: 'sdc', legs: 3, what: 'a leg and the log of three legs on one disk' },
    { lost: 'sdb', legs: 2, what: 'a leg and the log of two legs on one disk' },
  ])('$what: it is copied, and the log is put back', async ({ lost, legs }) => {
    const world = new World(await five());
    const { scheduler, api } = world.lab;
    const pvs = ['sda', 'sdb', 'sdc']
      .slice(0, legs)
      .map((name) => `/dev/${name}`)
      .join(' ');
    for (const line of [
      'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde',
      `lvcreate --type mirror -m${legs - 1} -R 64k --alloc anywhere -n mir -l 4 vg ${pvs}`,
      'lab set activation/mirror_image_fault_policy allocate',
      'throttle 10',
    ]) {
      expect(await world.run(line), line).toMatch(/^0/);
    }
    const log = (await world.run('lvs -a --noheadings -o devices vg/mir_mlog')).match(/sd./)?.[0];
    expect(log).toBe(lost);
    await scheduler.drain();
    await scheduler.until(api.write('vg/mir', 2 ** 20, stamped(7, 8)));
    await world.run(`lab break ${lost} --gone`);
    void world.write();
    await scheduler.until(sleep(scheduler, 1e6, 'a part is copied'));
    const { mirrors } = await scheduler.until(api.state());
    expect(mirrors[0]?.legs).toHaveLength(2);
    expect(mirrors[0]?.inSync).toBeLessThan(mirrors[0]?.regions ?? 0);
    for (let time = 0; time < legs * 2; time++) {
      const read = await scheduler.until(api.read('vg/mir', 2 ** 20, 4096));
      expect(read.ok && Buffer.compare(read.value, stamped(7, 8))).toBe(0);
    }
    await world.run('throttle off');
    await scheduler.until(sleep(scheduler, 30e6, 'all is copied'));
    expect(await world.run('lvs --noheadings -o copy_percent,mirror_log vg/mir')).toMatch(
      /100\.00 +\[mir_mlog\]/,
    );
    await world.close();
  });
});

// LVM 2.03.16 finds nothing to repair there, and the write waits for ever.
test.each(['--errors all', '--error-writes all', '--gone'])(
  'a leg of a mirrored log, %s: another log takes its place, and no write waits',
  async (fault) => {
    const world = new World(await five());
    for (const line of [
      'lab set global/support_mirrored_mirror_log 1',
      'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde',
      'lvcreate --type mirror -m1 --mirrorlog mirrored -R 64k -n mir -l 4 vg /dev/sda /dev/sdb ' +
        '/dev/sdc /dev/sdd',
    ]) {
      expect(await world.run(line), line).toMatch(/^0/);
    }
    await world.lab.scheduler.drain();
    expect(await world.places()).toBe('/dev/sda /dev/sdb /dev/sdc /dev/sdd');
    await world.run(`lab break sdc ${fault}`);
    expect(await world.write()).toMatchObject({ ok: true });
    expect(await world.places()).not.toContain('sdc');
    expect(await world.run('lvs --noheadings -o copy_percent vg/mir')).toMatch(/100\.00/);
    await world.close();
  },
);
