import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitCommandLine } from '../../../core/base/words.ts';
import { describeLab } from '../../../core/host/lab-folder.ts';
import type { LabHost } from '../../../core/host/open-lab.ts';
import { SAMPLE_COMMANDS, ensureSampleLab } from '../../../core/host/sample-lab.ts';
import { FakeEngine } from './fake-engine.ts';
import { scratch } from './scratch.ts';

function host(engine = new FakeEngine()): LabHost & { engine: FakeEngine } {
  const made = { api: engine, letGo: () => Promise.resolve(), close: () => Promise.resolve() };
  return { engine, createEngine: () => Promise.resolve(made), defect: () => undefined };
}

const wanted = SAMPLE_COMMANDS.map((line) => {
  const words = splitCommandLine(line);
  return words.ok ? words.value : line;
});

test('the first start makes the sample lab, later ones find it', async () => {
  const data = join(await scratch(), 'data');
  const first = host();
  const made = await ensureSampleLab(data, first);
  expect(made).toEqual({ ok: true, value: join(data, 'sample') });
  expect(first.engine.calls.map(([, argv]) => argv)).toEqual(wanted);
  const facts = await describeLab(join(data, 'sample'));
  expect(facts.ok && facts.value.disks.map(({ name, mode }) => [name, mode])).toEqual(
    ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf'].map((name) => [name, 'live']),
  );
  const second = host();
  expect(await ensureSampleLab(data, second)).toEqual(made);
  expect(second.engine.calls).toEqual([]);
  expect(await readdir(data)).toEqual(['sample']);
});

test('a sample lab that cannot be finished is not left half made', async () => {
  const data = join(await scratch(), 'data');
  const failing = host();
  failing.engine.answers.set(wanted[3] instanceof Array ? wanted[3].join(' ') : '', () => ({
    status: 5,
    output: [{ stream: 'stderr', text: '  No room.' }],
  }));
  const refused = await ensureSampleLab(data, failing);
  expect(refused).toMatchObject({ ok: false, error: { code: 'lab' } });
  expect(JSON.stringify(refused)).toContain(`${SAMPLE_COMMANDS[3]}\\": No room.`);
  expect(await readdir(data)).toEqual([]);
  expect(await ensureSampleLab(data, host())).toMatchObject({ ok: true });
});

test('two first starts at once agree on one', async () => {
  const data = join(await scratch(), 'data');
  const both = await Promise.all([ensureSampleLab(data, host()), ensureSampleLab(data, host())]);
  expect(both.map(({ ok }) => ok)).toEqual([true, true]);
  expect(await readdir(data)).toEqual(['sample']);
});
