/**
 * Mirrors under fio, which writes, reads and verifies all the time: while they are converted, while
 * their disks fail, and while these come back. It may see no error that the policy hides, nothing
 * that was written may be lost, and whatever is read is what was written last.
 *
 * `LVSTUDIO_ROUNDS=100 npm test -- test/programs/mirrors.test.ts` does so by chance, longer;
 * `LVSTUDIO_SEED` is where it begins.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { BusyMirror } from './support/busy-mirror.ts';
import { RoughLife } from './support/rough-life.ts';

const GROUP = 'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde';
const MIRROR = 'lvcreate --type mirror -R 64k -n busy -L 8m vg';
const LINEAR = [GROUP, 'lvcreate -n busy -L 8m vg /dev/sda'];
const TWO = [GROUP, `${MIRROR} -m1 /dev/sda /dev/sdb /dev/sde`];
const THREE = [GROUP, `${MIRROR} -m2 /dev/sda /dev/sdb /dev/sdc /dev/sde`];
const IMAGE_POLICY = 'activation/mirror_image_fault_policy';
const LOG_POLICY = 'activation/mirror_log_fault_policy';
const ROUNDS = Number(process.env['LVSTUDIO_ROUNDS'] ?? 1);
const SEED = Number(process.env['LVSTUDIO_SEED'] ?? 1);
/** A mirror lives through so many rounds until the next one begins. */
const LIFE = 12;
const ROUND_MILLIS = 60_000;

let open: BusyMirror[] = [];
beforeEach(() => {
  open = [];
});
afterEach(() => Promise.all(open.map((one) => one.close())));

async function on(lines: readonly string[]): Promise<BusyMirror> {
  const busy = await BusyMirror.on(5, lines);
  open.push(busy);
  return busy;
}

const all = async (busy: BusyMirror, lines: readonly string[]): Promise<void> => {
  for (const line of lines) await busy.run(line);
};

test('up to two legs and to three, with every kind of log, and down again', async () => {
  const busy = await on(LINEAR);
  await busy.during(() =>
    all(busy, [
      'lvconvert --type mirror -m1 -R 64k vg/busy',
      'lvconvert -m2 vg/busy',
      'lvconvert --mirrorlog core vg/busy',
      'lvconvert --mirrorlog mirrored --config global/support_mirrored_mirror_log=1 vg/busy',
      'lvconvert --mirrorlog disk vg/busy',
    ]),
  );
  await busy.check();
  expect((await busy.places()).legs).toHaveLength(3);
  await busy.during(() => all(busy, ['lvconvert -m1 vg/busy', 'lvconvert -m0 vg/busy']));
  await busy.check();
  expect((await busy.places()).legs).toHaveLength(1);
});

test('the log is lost: it is replaced, or done without', async () => {
  const busy = await on(TWO);
  await busy.during((stop) => busy.breaks('sde --gone', stop));
  expect(await busy.places()).toEqual({ legs: ['/dev/sda', '/dev/sdb'], log: ['/dev/sdd'] });
  await busy.check();
  await busy.run(`lab set ${LOG_POLICY} remove`);
  await busy.during((stop) => busy.breaks('sdd --error-writes all', stop));
  expect(await busy.places()).toEqual({ legs: ['/dev/sda', '/dev/sdb'], log: [] });
  await busy.check();
});

test('legs are lost, and come back with what they held: what is used has the newest', async () => {
  const busy = await on([...THREE, 'lvcreate -l1 -n other vg /dev/sda']);
  await busy.run(`lab set ${IMAGE_POLICY} allocate`);
  await busy.during((stop) => busy.breaks('sdb --errors 10000:4', stop));
  expect((await busy.places()).legs).toEqual(['/dev/sda', '/dev/sdc', '/dev/sdd']);
  await busy.check();
  await busy.run(`lab unset ${IMAGE_POLICY}`);
  await busy.during((stop) => busy.breaks('sda --gone', stop));
  expect((await busy.places()).legs).toEqual(['/dev/sdc', '/dev/sdd']);
  await busy.check();
  await all(busy, ['lab mend sda sdb', 'vgextend --restoremissing vg /dev/sda']);
  await busy.during(() => all(busy, ['lvconvert -m+1 vg/busy /dev/sda']));
  const { legs } = await busy.places();
  expect(legs).toEqual(['/dev/sdc', '/dev/sdd', '/dev/sda']);
  await busy.check();
  for (const leg of legs) {
    const others = legs.filter((one) => one !== leg).join(' ');
    await busy.run(`lvconvert -m0 vg/busy ${others}`);
    expect((await busy.places()).legs).toEqual([leg]);
    await busy.verify();
    await busy.run(`lvconvert --type mirror -m2 --mirrorlog core vg/busy ${others}`);
  }
});

test('a disk is lost in the middle of a conversion', async () => {
  const busy = await on(TWO);
  await busy.run('throttle 100 vg/busy');
  await busy.during(async (stop) => {
    await busy.run('lvconvert -b -m+1 vg/busy /dev/sdc');
    await busy.copying(30, stop);
    await busy.breaks('sdc --gone', stop);
  });
  expect((await busy.places()).legs).toEqual(['/dev/sda', '/dev/sdb']);
  await busy.check();
  await busy.run('lab mend sdc');
  await busy.during(async (stop) => {
    await busy.run('lvconvert -b -m+1 vg/busy /dev/sdd');
    await busy.copying(30, stop);
    await busy.breaks('sda --errors all', stop);
  });
  expect((await busy.places()).legs).toEqual(['/dev/sdb']);
  await busy.check();
});

test('nobody watches: writes wait until the disk is mended and the mirror refreshed', async () => {
  const busy = await on(TWO);
  await busy.run('lab set activation/monitoring 0');
  const { longest } = await busy.during(async (stop) => {
    await busy.run('lab break sdb --error-writes all');
    await busy.until(({ mirrors }) => mirrors.some(({ held }) => held > 0), 'one waits', stop);
    await all(busy, ['lab mend sdb', 'lvchange --refresh vg/busy']);
  });
  expect(longest).toBeGreaterThan(20);
  await busy.check();
});

test('what is slow is waited for; a log that drops writes is not noticed', async () => {
  const busy = await on(TWO);
  await busy.during(() => all(busy, ['lab break sda --slow 5', 'lab break sde --drop-writes']));
  await all(busy, ['lab mend sda', 'lab mend sde']);
  await busy.check();
});

// Whoever reads that leg reads what is old, as with Linux: the disk has said that it wrote.
test('a leg that drops writes is not noticed either; put back anew it is copied', async () => {
  const busy = await on(TWO);
  await busy.during(() => Promise.resolve());
  await busy.check();
  await busy.run('lab break sdb --drop-writes');
  await busy.write();
  await busy.run('lab mend sdb');
  expect(await busy.difference()).toMatch(/^busy_mimage_1 differs from busy_mimage_0/);
  await busy.run('lvconvert -m-1 vg/busy /dev/sdb');
  await busy.verify();
  await busy.run('lvconvert --type mirror -m1 vg/busy /dev/sdb /dev/sde');
  await busy.check();
});

test(
  `${ROUNDS} rounds by chance, from seed ${SEED}`,
  async () => {
    for (let done = 0; done < ROUNDS; done += LIFE) {
      const seed = SEED + done / LIFE;
      const life = await RoughLife.begin(new Prng(seed));
      open.push(life.busy);
      for (let round = 0; round < Math.min(LIFE, ROUNDS - done); round++) {
        await life.round().catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}\n${life.story}`, { cause });
        });
      }
      if (ROUNDS > LIFE)
        console.log(seed, JSON.stringify({ ...life.happened, ...life.busy.total }));
      expect(life.busy.total.writes).toBeGreaterThan(0);
    }
  },
  ROUND_MILLIS * (1 + ROUNDS),
);
