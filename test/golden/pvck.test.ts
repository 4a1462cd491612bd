/** Disks that Linux made, and what its pvck printed of them: every field, text and fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mib, SECTOR } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { createEngine } from '../../core/cli/create-engine.ts';
import { splitCommandLine } from '../../core/cli/words.ts';
import { sectors } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import { SimScheduler } from '../../core/env/sim-scheduler.ts';
import { turn } from '../support/sim.ts';

const FOLDER = new URL('./pvck/', import.meta.url);
/** The disks were of this size. */
const SIZE = mib(8);

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.replace('.txt', ''));

test.each(names)('%s', async (name) => {
  const recorded = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8').trimEnd();
  const device = await diskOf(name);
  const { api, close } = await createEngine({
    env: {
      scheduler: new SimScheduler(turn),
      random: new Prng(1),
      wallClock: () => 1_795_216_703,
      hostName: 'lvmhost',
      hostDescription: 'Linux lvmhost',
    },
    lab: { name: 'test', directory: '/' },
    disks: [{ path: '/dev/sda', devno: '8:0', device, mode: 'live', image: 'sda.img' }],
  });
  const printed: string[] = [];
  for (const line of recorded.split('\n').filter((one) => one.startsWith('$ '))) {
    const words = splitCommandLine(line.slice(2));
    if (!words.ok) throw new Error(`${line}: ${words.error.why}`);
    const { status, output } = await api.command(words.value);
    const on = (stream: string, mark: string): readonly string[] =>
      output
        .filter((one) => one.stream === stream)
        .flatMap(({ text }) => text.split('\n'))
        .map((text) => `${mark} ${text}`.trimEnd());
    printed.push(line, `= ${status}`, ...on('stdout', '1'), ...on('stderr', '2'));
  }
  await close();
  expect(printed.join('\n')).toBe(recorded);
});

/** Each line is the number of a sector and its bytes; what is not there is zero. */
async function diskOf(name: string): Promise<RamDisk> {
  const disk = new RamDisk('sda', SIZE, new SectorStore());
  const text = gunzipSync(readFileSync(new URL(`${name}.disk.gz`, FOLDER))).toString('latin1');
  for (const line of text.trimEnd().split('\n')) {
    const [number = '', hex = ''] = line.split(' ');
    const data = new Uint8Array(SECTOR);
    data.set(Buffer.from(hex, 'hex'));
    await disk.submit({ op: 'write', start: sectors(Number(number)), data });
  }
  return disk;
}
