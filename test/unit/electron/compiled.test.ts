/** What V8 compiled is taken only for the source that it was made of, and whole. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCompiled, readCompiled } from '../../../electron/launch/compiled.ts';

const SOURCE = 'exports.answer = () => "größer";';
let folder: string;
let program: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstudio-compiled-'));
  program = join(folder, 'program.cjs');
  await writeFile(program, SOURCE);
});

afterEach(() => rm(folder, { recursive: true }));

const keep = (): void => {
  keepCompiled(program, new Script(SOURCE));
};

test('there is none at first', () => {
  expect(readCompiled(program)).toEqual({ source: SOURCE });
});

test('it is taken by the V8 that made it', () => {
  keep();
  const { source, compiled } = readCompiled(program);
  expect(source).toBe(SOURCE);
  const script = new Script(source, { ...(compiled && { cachedData: compiled }) });
  expect(script.cachedDataRejected).toBe(false);
});

test('of another source of the same length it is left alone', async () => {
  keep();
  const other = SOURCE.replace('answer', 'zzzzzz');
  await writeFile(program, other);
  expect(readCompiled(program)).toEqual({ source: other });
});

test('a byte that has changed, and a file cut short', async () => {
  keep();
  const file = `${program}.compiled`;
  const whole = await readFile(file);
  for (const at of [0, 5, 8, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await writeFile(file, damaged);
    expect(readCompiled(program)).toEqual({ source: SOURCE });
  }
  for (const length of [0, 7, 8, whole.length - 1]) {
    await writeFile(file, whole.subarray(0, length));
    expect(readCompiled(program)).toEqual({ source: SOURCE });
  }
});
