/** Sessions as Linux answered them, word for word: stream, line and exit status. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { createEngine } from '../../../core/cli/create-engine.ts';
import { splitCommandLine } from '../../../core/cli/words.ts';
import type { DevNo } from '../../../core/contract/units.ts';
import { Prng } from '../../../core/env/prng.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import { turn } from '../../support/sim.ts';

const FOLDER = new URL('./linux/', import.meta.url);
const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde'];
const SIZE = mib(64);

const sessions = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

test.each(sessions)('%s', async (name) => {
  const recorded = readFileSync(new URL(name, FOLDER), 'utf8').trimEnd();
  const lines = recorded.split('\n').filter((line) => line.startsWith('$ '));
  expect(lines.length).toBeGreaterThan(20);
  expect(await replay(lines.map((line) => line.slice(2)))).toBe(masked(recorded));
});

/** Five blank disks, then these lines, written as the sessions are. */
async function replay(lines: readonly string[]): Promise<string> {
  const disks = DISKS.map((name, index) => ({
    path: `/dev/${name}`,
    devno: `8:${index * 16}` as DevNo,
    device: new RamDisk(name, SIZE, new SectorStore()),
    mode: 'live' as const,
    image: `${name}.img`,
  }));
  const env = {
    scheduler: new SimScheduler(turn),
    random: new Prng(1),
    wallClock: () => 1_795_216_703,
    hostName: 'lvmhost',
    hostDescription: 'Linux lvmhost',
  };
  const { api, close } = await createEngine({ env, lab: { name: 'test', directory: '/' }, disks });
  const written: string[] = [];
  for (const line of lines) {
    const { command, input } = piped(line);
    const words = splitCommandLine(command);
    if (!words.ok) throw new Error(`${line}: ${words.error.why}`);
    const { status, output } = await api.command(words.value, { input });
    const on = (stream: string, mark: string): readonly string[] =>
      output
        .filter((one) => one.stream === stream)
        .flatMap(({ text }) => text.split('\n'))
        .map((text) => `${mark} ${masked(text)}`.trimEnd());
    const lines = [...on('stdout', '1'), ...on('stderr', '2')];
    const usage = lines.indexOf('2 Usage:');
    // The usage is made of the verbs that there are.
    if (usage >= 0) lines.splice(usage, lines.length, '2 <usage>');
    written.push(`$ ${line}`, `= ${status}`, ...lines);
  }
  await close();
  return written.map(masked).join('\n');
}

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
