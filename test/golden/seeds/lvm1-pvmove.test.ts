/**
 * The mailing list's post on LVM1's pvmove (seeds/000), step by step: its three bugs, and what the
 * locked PE copy does in their place. Then at random, as long as the checker needs.
 */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { BufferCache } from '../../../core/historic/lvm1/buffer-cache.ts';
import { LvmDriver } from '../../../core/historic/lvm1/driver.ts';
import { Pvmove } from '../../../core/historic/lvm1/pvmove.ts';
import { wordsOf } from '../../../core/historic/lvm1/words.ts';
import { BusyDisk } from '../../support/busy-disk.ts';
import { read, stamped, write } from '../../support/sectors.ts';
import { fateOf, turn } from '../../support/sim.ts';
import { FAULTS, lvm1Run, type Fault } from '../../sim/lvm1/run.ts';

const PE_SIZE = sectors(4);
const OLD = 1;
const NEW = 2;

/** One volume of one extent on sda, and free room on sdb. */
async function open(patched: boolean, buffers = Infinity) {
  const [sda, sdb] = ['sda', 'sdb'].map((name) => new BusyDisk(new RamDisk(name, sectors(16))));
  if (!sda || !sdb) throw new Error('two disks');
  const story: string[] = [];
  const tell = (line: string): void => {
    story.push(line);
  };
  const cache = new BufferCache(buffers);
  const driver = new LvmDriver(cache, {
    peSize: PE_SIZE,
    patched,
    tell: (event) => {
      tell(wordsOf(event));
    },
  });
  const [from, to] = [
    { device: sda, start: sectors(8) },
    { device: sdb, start: sectors(4) },
  ];
  const vol = driver.create('vol', [from]);
  await write(vol, 0, OLD, PE_SIZE);
  const pvmove = new Pvmove(driver);
  return { sda, vol, cache, story, tell, move: () => pvmove.move(from, to) };
}

describe('a write that bypasses the buffer cache is under way when the PE is locked', () => {
  /** As the journal of ext3 writes, raw I/O, O_DIRECT and swap. */
  async function whileWriting(patched: boolean) {
    const lab = await open(patched);
    lab.sda.hold('write');
    const written = write(lab.vol, 1, NEW).then((done) => {
      lab.tell(`the write is acknowledged: ${done.ok}`);
    });
    const moved = lab.move();
    lab.tell(`pvmove: ${(await fateOf(moved)) === 'pending' ? 'waits' : 'is done'}`);
    await lab.sda.letGo();
    await Promise.all([written, moved]);
    return { story: lab.story, found: await read(lab.vol, 0, PE_SIZE) };
  }

  test('as it was: the lock does not wait for it, and the write is lost', async () => {
    expect(await whileWriting(false)).toEqual({
      story: [
        'fsync_dev of all devices: nothing is dirty',
        'PE sda+8 is locked',
        'fsync_dev of sda: nothing is dirty',
        'PE sda+8 was read, all of it from the disk',
        'PE sdb+4 was written',
        'the map changes from PE sda+8 to PE sdb+4',
        'PE sda+8 is unlocked, 0 requests go on',
        'pvmove: is done',
        'the write is acknowledged: true',
      ],
      found: [OLD, OLD, OLD, OLD],
    });
  });

  test('with the locked PE copy: it is waited for, and copied', async () => {
    expect(await whileWriting(true)).toEqual({
      story: [
        'PE sda+8 is locked',
        'PE sda+8: waiting for 1 request under way',
        'pvmove: waits',
        'the write is acknowledged: true',
        'PE sda+8 was read, all of it from the disk',
        'PE sdb+4 was written',
        'the map changes from PE sda+8 to PE sdb+4',
        'PE sda+8 is unlocked, 0 requests go on',
      ],
      found: [OLD, NEW, OLD, OLD],
    });
  });
});

describe('somebody has read the disk, and then the volume was written', () => {
  async function afterReading(patched: boolean) {
    const lab = await open(patched);
    await lab.cache.read(lab.sda, sectors(0), new Uint8Array(16 * 512));
    await write(lab.vol, 0, NEW, PE_SIZE);
    expect(await lab.move()).toEqual({ ok: true });
    return { story: lab.story, found: await read(lab.vol, 0, PE_SIZE) };
  }

  test('as it was: what is cached of the disk is copied, all of it stale', async () => {
    const { story, found } = await afterReading(false);
    expect(story).toContain('PE sda+8 was read, 4 sectors of it from the cache of the disk');
    expect(found).toEqual([OLD, OLD, OLD, OLD]);
  });

  test('with the locked PE copy: the disk is copied', async () => {
    const { story, found } = await afterReading(true);
    expect(story).toContain('PE sda+8 was read, all of it from the disk');
    expect(found).toEqual([NEW, NEW, NEW, NEW]);
  });
});

describe('memory is short: there are four buffers, and a program writes to the locked PE', () => {
  async function shortOfMemory(patched: boolean) {
    const lab = await open(patched, 4);
    lab.sda.hold('read');
    const moved = lab.move();
    await turn();
    const written = lab.cache.write(lab.vol, sectors(0), stamped(NEW, PE_SIZE)).then(() => {
      lab.tell('the program has written');
    });
    await turn();
    await lab.sda.letGo();
    await written;
    const { dirty, written: underWay } = lab.cache.counts(lab.vol);
    const fate = await fateOf(moved);
    return { ...lab, moved: fate === 'pending' ? fate : fate.ok, waits: dirty + underWay };
  }

  test('as it was: pvmove waits for memory, which waits for its lock', async () => {
    const { story, moved, waits } = await shortOfMemory(false);
    expect(story).toEqual([
      'fsync_dev of all devices: nothing is dirty',
      'PE sda+8 is locked',
      'fsync_dev of sda: nothing is dirty',
      'a write at sector 0 of vol is deferred',
      'a write at sector 1 of vol is deferred',
      'a write at sector 2 of vol is deferred',
      'a write at sector 3 of vol is deferred',
      'the program has written',
    ]);
    expect({ moved, waits }).toEqual({ moved: 'pending', waits: 4 });
  });

  test('with the locked PE copy: the ioctl needs no memory, and the writes follow', async () => {
    const { moved, cache, vol } = await shortOfMemory(true);
    expect(moved).toBe(true);
    expect(await cache.sync()).toEqual({ ok: true });
    expect(await read(vol, 0, PE_SIZE)).toEqual([NEW, NEW, NEW, NEW]);
  });
});

describe('at random', () => {
  test('as it was: the checker finds all three within a thousand seeds', async () => {
    const missing = new Set<Fault>(FAULTS);
    let seed = 0;
    while (missing.size > 0 && seed < 1000) {
      for (const { fault } of (await lvm1Run(++seed, false)).findings) missing.delete(fault);
    }
    expect([...missing]).toEqual([]);
  });

  test('with the locked PE copy: nothing', async () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { findings, story } = await lvm1Run(seed, true);
      expect(findings, story.join('\n')).toEqual([]);
    }
  });

  test('a seed fixes a run', async () => {
    expect(await lvm1Run(26, false)).toEqual(await lvm1Run(26, false));
  });
});
