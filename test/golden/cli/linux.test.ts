/** Sessions as Linux answered them, word for word: stream, line and exit status. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices, written } from '../../support/device-lab.ts';

const FOLDER = new URL('./linux/', import.meta.url);
const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde'];
const SIZE = mib(64);
/** Microseconds. */
const WHILE = 2_000_000;

const sessions = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

test.each(sessions)('%s', async (name) => {
  const recorded = readFileSync(new URL(name, FOLDER), 'utf8').trimEnd();
  const lines = recorded.split('\n').filter((line) => line.startsWith('$ '));
  expect(lines.length).toBeGreaterThan(20);
  expect(await replay(lines.map((line) => line.slice(2)))).toBe(masked(recorded));
});

/** Five blank disks, then these lines, written as the sessions are. */
async function replay(lines: readonly string[]): Promise<string> {
  const { run, scheduler, close } = await openDevices(
    DISKS.map((name) => new RamDisk(name, SIZE, new SectorStore())),
  );
  const session: string[] = [];
  for (const line of lines) {
    const { command, input } = piped(line);
    const answer = await scheduler.until(run(command, { input }));
    // Copies come to their end before the next line, as they did in Linux; a move that nobody
    // looks at for ten minutes rests.
    await scheduler.until(new Promise<void>((passed) => scheduler.after(WHILE, 'a while', passed)));
    const said = written(line, answer).map(masked).filter((one) => !PROGRESS.test(one));
    // The usage is made of the verbs that there are.
    const usage = said.indexOf('2 Usage:');
    session.push(...(usage < 0 ? said : [...said.slice(0, usage), '2 <usage>']));
  }
  await close();
  return session.join('\n');
}

/** How far a copy was is no two times the same. */
const PROGRESS = /: (?:Converted|Moved|Merged): [0-9.]+%$/;

/** `printf 'TEXT' | COMMAND`: what the command finds on its standard input. */
function piped(line: string): { readonly command: string; readonly input: string } {
  const [, text = '', command = line] = /^printf '([^']*)' \| (.*)$/.exec(line) ?? [];
  return { command, input: text.replaceAll('\\n', '\n') };
}

/** Identifiers, times and the machine's name are written as what they are. */
const masked = (text: string): string =>
  text
    .replace(/\b[0-9a-zA-Z]{6}(?:-[0-9a-zA-Z]{4}){5}-[0-9a-zA-Z]{6}\b/g, '<uuid>')
    .replace(/(host, time) .*/, '$1 <host and time>')
    .replace(/LVM-[0-9A-Za-z]{64}/g, `LVM-${'x'.repeat(64)}`)
    .replace(/(?<=LVM-)[0-9A-Za-z]{20,63}(?=\.\.\.)/g, (id) => 'x'.repeat(id.length));
