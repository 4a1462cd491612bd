/** Mirrors of a lab whose disks break: repaired by policy, unless nobody is to watch them. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import type { TestLab } from '../../support/device-lab.ts';
import { blank, openLab } from '../../support/lab.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { fateOf } from '../../support/sim.ts';
import { stamped } from '../../support/sectors.ts';

const MIRROR = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd',
  'lvcreate --type mirror -m1 -n mir -l 4 vg /dev/sda /dev/sdb /dev/sdc',
];

/** Everything runs in simulated time. */
async function inLab(body: (lab: TestLab, run: Run) => Promise<void>): Promise<void> {
  const lab = await openLab(blank());
  const run = async (line: string): Promise<string> => {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
  };
  for (const line of MIRROR) expect(await run(line), line).toMatch(/^0/);
  await body(lab, run);
  await lab.scheduler.until(lab.letGo());
  await lab.scheduler.until(lab.close());
}

type Run = (line: string) => Promise<string>;

const write = (lab: TestLab): Promise<{ readonly ok: boolean }> =>
  lab.scheduler.until(lab.api.write('vg/mir', 0, stamped(5, 8)));

const ended = async (lab: TestLab): Promise<readonly string[]> => {
  const jobs = (await lab.api.state()).jobs.filter(({ kind }) => kind === 'repair');
  return jobs.map(({ title, phase }) => `${title}: ${phase}`);
};

test('a leg is gone: the write that meets it is done, and the leg is dropped as policy says', () =>
  inLab(async (lab, run) => {
    const events: EngineEvent[] = [];
    lab.api.subscribe((event) => events.push(event));
    await run('lab break sdb --gone');
    expect((await write(lab)).ok).toBe(true);
    await run('pvs');
    expect(await ended(lab)).toEqual(['Repair vg/mir: done']);
    expect(await run('lvs --noheadings -o lv_layout,devices vg')).toMatch(
      /linear +\/dev\/sda\(0\)/,
    );
    const bodies = events.map(({ body }) => body);
    expect(bodies.flatMap((body) => (body.kind === 'monitor' ? body.message : []))).toEqual([
      expect.stringMatching(/^Secondary mirror device 253:\d+ has failed \(D\)\.$/),
      'Device failure in vg-mir.',
      'Repair of mirrored device vg-mir finished successfully.',
    ]);
    expect(
      bodies.flatMap((body) =>
        body.kind === 'command' && /repair/.test(body.line) ? body.line : [],
      ),
    ).toEqual(['lvconvert --repair --use-policies vg/mir']);
  }));

test('a policy of the lab: what was lost is put back where there is room', () =>
  inLab(async (lab, run) => {
    const policy = 'activation/mirror_image_fault_policy';
    expect(await run(`lab set ${policy} allocate`)).toBe(`0\n${policy}="allocate"`);
    expect(await run(`lvmconfig ${policy}`)).toBe('0\nmirror_image_fault_policy="allocate"');
    await run('lab break sdb --gone');
    expect((await write(lab)).ok).toBe(true);
    await run('pvs');
    expect(await ended(lab)).toEqual(['Repair vg/mir: done']);
    expect(await run('lvs -a --noheadings -o lv_name,devices vg')).toContain('/dev/sdd(0)');
    expect(await run(`lab unset ${policy}`)).toBe(`0\n${policy} is what LVM has`);
    expect((await run(`lvmconfig ${policy}`)).startsWith('0\nmirror')).toBe(false);
  }));

describe('who is watched', () => {
  const word = async (run: Run): Promise<string> =>
    (await run('lvs --noheadings -o seg_monitor vg/mir')).slice(2);

  test('every mirror, until somebody says otherwise, and after it comes up again', () =>
    inLab(async (_, run) => {
      expect(await word(run)).toBe('monitored');
      expect(await run('lvchange --monitor n vg/mir')).toMatch(/^0/);
      expect(await word(run)).toBe('not monitored');
      expect(await run('vgchange --monitor y vg')).toContain('monitored');
      expect(await word(run)).toBe('monitored');
      await run('lvchange --monitor n vg/mir');
      await run('lvchange -an vg/mir');
      await run('lvchange -ay vg/mir');
      expect(await word(run)).toBe('monitored');
    }));

  test.each(['--ignoremonitoring', '--monitor n', '--config activation/monitoring=0'])(
    'not what comes up with %s',
    (options) =>
      inLab(async (_, run) => {
        await run('lvchange -an vg/mir');
        expect(await run(`lvchange -ay ${options} vg/mir`)).toBe('0');
        expect(await word(run)).toBe('not monitored');
      }),
  );

  test('nothing in a lab that says so; nobody repairs it then, and a write fails in the end', () =>
    inLab(async (lab, run) => {
      await run('lab set activation/monitoring 0');
      // As Linux has it: who does not monitor does not ask.
      expect(await word(run)).toBe('');
      await run('lab break sdb --gone');
      const written = lab.api.write('vg/mir', 0, stamped(5, 8));
      await lab.scheduler.until(sleep(lab.scheduler, 1e6, 'the write is held'));
      expect(await fateOf(written)).toBe('pending');
      await lab.scheduler.until(lab.letGo());
      expect((await lab.scheduler.until(written)).ok).toBe(false);
      // Whoever was still at it does not keep the engine from closing either.
      expect((await lab.scheduler.until(lab.api.write('vg/mir', 0, stamped(6, 8)))).ok).toBe(false);
      expect(await ended(lab)).toEqual([]);
    }));
});

test.each([
  ['lab set activation/mirror_fault remove', 'LVM has no setting activation/mirror_fault'],
  ['lab set activation/monitoring off', 'activation/monitoring is a number (LVM has 1)'],
  ['lab set activation/monitoring', 'lab set SECTION/SETTING VALUE'],
  ['lab unset activation/monitoring 1', 'lab unset SECTION/SETTING'],
  ['lab set devices/scan /dev', 'is a list'],
])('%s', async (line, words) => {
  const lab = await openLab(blank());
  const { status, output } = await lab.run(line);
  expect([status, output[0]?.text]).toEqual([3, expect.stringContaining(words)]);
  await lab.close();
});

// As a Linux with lvm 2.03.16 says it, whose leg is on dm-error and not looked for elsewhere.
test('of a mirror that misses a leg it is said once that it is watched, or not', () =>
  inLab(async (_, run) => {
    await run('lvcreate -l 1 -n lin vg /dev/sdd');
    const unwatched = 'WARNING: Mirror vg/mir without monitoring will not react on failures.';
    const count = (much: number, what: string): string =>
      `${much} logical volume(s) in volume group "vg" ${what}`;
    expect(await run('vgchange --monitor y vg')).toBe(`0\n${count(5, 'monitored')}`);
    expect(await run('vgchange --monitor n vg')).toBe(
      `0\n${unwatched}\n${count(5, 'unmonitored')}`,
    );
    expect(await run('lvchange --monitor y vg/mir')).toBe('0');
    expect(await run('lvchange --monitor n vg/mir')).toBe(`0\n${unwatched}`);
    const uuid = (await run('pvs --noheadings -o uuid /dev/sdb')).slice(2);
    await run('lab break sdb --gone');
    const missing =
      `WARNING: Couldn't find device with uuid ${uuid}.\n` +
      `WARNING: VG vg is missing PV ${uuid} (last written to /dev/sdb).`;
    const aborting =
      'Aborting.  LV vg/mir_mimage_1 is now incomplete and ' +
      "'--activationmode partial' was not specified.";
    const steps = [
      ['lvchange --monitor y vg/mir', 5, aborting],
      ['lvchange --monitor y vg/mir', 0],
      ['lvchange --monitor y vg/lin', 0],
      ['lvchange --monitor n vg/mir', 5, aborting],
      ['lvchange --monitor n vg/mir', 0],
      ['vgchange --monitor y vg', 5, aborting, count(4, 'monitored')],
      ['vgchange --monitor y vg', 0, count(5, 'monitored')],
      ['vgchange --monitor n vg', 5, aborting, count(4, 'unmonitored')],
      ['vgchange --monitor n vg', 0, count(5, 'unmonitored')],
      ['lvchange --poll n vg/mir', 0],
      ['vgchange --poll y vg', 0],
    ] as const;
    for (const [line, status, ...said] of steps) {
      expect(await run(line), line).toBe([status, missing, ...said].join('\n'));
    }
  }));
