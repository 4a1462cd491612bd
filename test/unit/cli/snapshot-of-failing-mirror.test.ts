/** A mirror under snapshots that loses a leg: nothing waits for ever, and nothing is lost. */
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices } from '../../support/device-lab.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd'];
/** Microseconds. */
const WHILE = 2_000_000;
const [OLD, NEW] = [3, 4];
const block = (byte: number): Uint8Array => new Uint8Array(4096).fill(byte);

const SNAP = 'lvcreate -s -l 2 -n s vg/m /dev/sdd';

/** Snapshots that are taken before the leg is lost, and after. */
const CASES: readonly (readonly [
  what: string,
  before: readonly string[],
  after: readonly string[],
])[] = [
  ['repaired below a snapshot', [SNAP], []],
  ['a first snapshot of one that failed', [], [SNAP]],
  ['another snapshot of one that failed', [SNAP], ['lvcreate -s -l 2 -n t vg/m /dev/sdd']],
];

test.each(CASES)('%s', async (_what, before, after) => {
  const lab = await openDevices(DISKS.map((name) => new RamDisk(name, mib(16), new SectorStore())));
  const pass = () =>
    lab.scheduler.until(new Promise<void>((done) => lab.scheduler.after(WHILE, 'a while', done)));
  const run = async (line: string): Promise<void> => {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    expect([line, status, output]).toEqual([line, 0, expect.anything()]);
    await pass();
  };
  const read = async (volume: string): Promise<number | undefined> => {
    const found = await lab.scheduler.until(lab.api.read(volume, 0, 4096));
    return found.ok ? found.value[0] : undefined;
  };
  await run('vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd');
  await run('lvcreate --type mirror -m1 -l 4 -n m vg /dev/sda /dev/sdb /dev/sdc');
  await lab.scheduler.until(lab.api.write('vg/m', 0, block(OLD)));
  for (const line of [...before, 'lvchange --monitor n vg/m']) await run(line);
  // Where the leg lies; the metadata before it can be read and written.
  await run('lab break /dev/sda --error-writes 2048:8192');
  let written = 'waits';
  void lab.api.write('vg/m', 0, block(NEW)).then(({ ok }) => (written = ok ? 'done' : 'failed'));
  await pass();
  expect(written).toBe('waits');
  for (const line of after) await run(line);
  // The monitor is told of a device anew where it gets a new one below.
  if (written === 'waits') await run('lvconvert -y --repair vg/m');
  expect(written).toBe('done');
  expect([await read('vg/m'), await read('vg/s')]).toEqual([NEW, OLD]);
  await lab.close();
});
