/** What becomes of devices and metadata step by step, as Linux's own log tells it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mib } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { openDevices } from '../support/device-lab.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd'];

/** Lines of a log that are about devices and versions. */
const STEP = new RegExp(
  '^(Creating [A-Z_]+ tree|Creating vg-|Loading table|Adding target|Table size|Suppressed|' +
    'Suspending|Resuming vg-|Renaming vg-|Removing vg-|METADATA )',
);

test.each(['linear', 'virtual'])('snapshots of a %s origin', async (name) => {
  const file = new URL(`snapshots/${name}.txt`, import.meta.url);
  const recorded = readFileSync(file, 'utf8').trimEnd();
  const lab = await openDevices(
    DISKS.map((disk) => new RamDisk(disk, mib(100), new SectorStore())),
  );
  const session: string[] = [];
  for (const line of recorded.split('\n').filter((one) => /^[#$] /.test(one))) {
    session.push(line);
    const { status, output } = await lab.scheduler.until(lab.run(`${line.slice(2)} -vvvv`));
    expect([line, status]).toEqual([line, 0]);
    if (line.startsWith('$')) session.push(...stepsIn(output.map(({ text }) => text)));
  }
  await lab.close();
  expect(session.join('\n')).toBe(recorded);
});

/** A version is written to every disk, and told of once. */
function stepsIn(lines: readonly string[]): readonly string[] {
  const plain = lines.map((line) =>
    line
      .replace(/^.*\S+\.c:\d+\s+/, '')
      .replace(/^VG (\S+) metadata (precommit|commit) seq (\d+) .*/, 'METADATA $1 seqno $3 $2')
      .replace(/\b253:(\d+)/g, 'dm-$1')
      .replace(/\b8:(\d+)/g, (_, minor: string) => DISKS[Number(minor) / 16] ?? '')
      .trimEnd(),
  );
  const steps = plain.filter((line) => STEP.test(line));
  return steps.filter((line, at) => !line.startsWith('METADATA') || line !== steps[at - 1]);
}
