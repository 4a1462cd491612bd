/** Questions on a terminal. */
import { createInterface } from 'node:readline/promises';
import type { AskedQuestion } from '../contract/api.ts';
import { write, type CliIo } from './cli-context.ts';

/**
 * Asks one after the other. A no ends what is asked about its object; Ctrl-C is a no to everything.
 * @returns the texts of those answered with yes
 */
export async function agreedTo(
  questions: readonly AskedQuestion[],
  io: CliIo,
): Promise<readonly string[]> {
  const { stdin: input, interrupt: signal } = io;
  // One reader for all of them: what it has read ahead answers the next.
  const reader = createInterface({ input, signal, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  const agreed: string[] = [];
  const refused = new Set<number>();
  try {
    for (const { text, object } of questions) {
      if (refused.has(object)) continue;
      const yes = await askYesNo(text, lines, io);
      if (signal.aborted) return [];
      if (yes) agreed.push(text);
      else refused.add(object);
    }
    return agreed;
  } finally {
    reader.close();
  }
}

/**
 * As LVM: anything but y or n is asked again, and the end of the input means no.
 * @param prompt ends with `[y/n]: `
 */
async function askYesNo(prompt: string, lines: AsyncIterator<string>, io: CliIo): Promise<boolean> {
  for (;;) {
    await write(io.stderr, prompt);
    const line = await lines.next();
    if (line.done === true) {
      await write(io.stderr, '[n]\n');
      return false;
    }
    const word = line.value.trim().toLowerCase();
    if (word === 'y' || word === 'yes') return true;
    if (word === 'n' || word === 'no') return false;
    await write(io.stderr, `  WARNING: Invalid input '${line.value.trim()}'.\n`);
  }
}
