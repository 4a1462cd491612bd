/** Whole sessions, line by line: the same words on the same stream, and the same exit status. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { askedOnce } from './answers.ts';
import { answersOfOurs, linesOf, type Answer } from './transcript.ts';

const FOLDER = new URL('./transcripts/', import.meta.url);

/**
 * Sessions with a recorded answer are compared with that (test/golden/cli/linux.test.ts),
 * which takes no Linux; LVSTUDIO_LIVE=1 asks Linux again.
 */
const RECORDED = readdirSync(new URL('../golden/cli/linux/', import.meta.url));
const live = process.env['LVSTUDIO_LIVE'] === '1';
const sessions = readdirSync(FOLDER);
const asked = sessions.filter((name) => live || !RECORDED.includes(name));

test.skip.each(sessions.filter((name) => !asked.includes(name)))('%s, which is recorded', () => {
  expect.unreachable();
});

// A guest has one processor: as many at once as there are here (vitest.config.ts).
test.concurrent.each(asked)('%s', { timeout: 300_000 }, async (name) => {
  const lines = await linesOf(new URL(name, FOLDER));
  const texts = lines.map(({ text }) => text);
  const [ours, linux] = [await answersOfOurs(texts), await askedOnce(name, texts)];
  const compared = (answers: readonly Answer[]): readonly string[] =>
    answers.map(({ line, status, stdout, stderr }, index) => {
      const head = `$ ${line}\nexit status ${status}`;
      return lines[index]?.differs === undefined ? `${head}\n${stdout}\n${stderr}` : head;
    });
  expect(compared(ours)).toEqual(compared(linux));
});
