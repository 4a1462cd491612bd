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

/** What Linux did, too; all that lies on a volume that moves would find no table there earlier. */
const BEGUN = [
  'METADATA vg seqno 5 precommit',
  'Suspending vg-org (dm-0) with filesystem sync with device flush',
  'Suspending vg-sn (dm-3) with filesystem sync with device flush',
  'Suspending vg-org-real (dm-1) with filesystem sync with device flush',
  'Suspending vg-sn-cow (dm-2) with filesystem sync with device flush',
  'METADATA vg seqno 5 commit',
  'Resuming vg-pvmove0 (dm-4).',
  'Resuming vg-org-real (dm-1).',
  'Resuming vg-sn-cow (dm-2).',
  'Resuming vg-sn (dm-3).',
  'Resuming vg-org (dm-0).',
];

test('what moves below a snapshot goes on before all that lies on it', async () => {
  const lab = await openDevices(
    DISKS.map((disk) => new RamDisk(disk, mib(100), new SectorStore())),
  );
  const run = (line: string) => lab.scheduler.until(lab.run(line));
  for (const line of [
    'vgcreate vg /dev/sda /dev/sdb /dev/sdc',
    'lvcreate -Wn -l 2 -n org vg /dev/sda',
    'lvcreate -s -l 2 -n sn vg/org /dev/sda',
  ]) {
    expect([line, (await run(line)).status]).toEqual([line, 0]);
  }
  const { output } = await run('pvmove -i1 /dev/sda -vvvv');
  const steps = stepsIn(output.map(({ text }) => text));
  const begun = steps.slice(0, steps.indexOf('Creating CLEAN tree for vg/org.'));
  expect(begun.filter((line) => /^(Suspending|Resuming|METADATA)/.test(line))).toEqual(BEGUN);
  await lab.close();
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
