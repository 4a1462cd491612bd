/** Which thread of the program moves the data of an export. */
import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { busyLab, said } from './support/busy-lab.ts';
import { startExport } from './support/export-process.ts';
import { fioVerify } from './support/fio.ts';

const SIZE = '32m';

/** Ticks of processor time that each thread of a process has used. */
async function ticksOf(pid: number): Promise<ReadonlyMap<number, number>> {
  const threads = await readdir(`/proc/${pid}/task`);
  const used = threads.map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [Number(thread), Number(fields[11]) + Number(fields[12])] as const;
  });
  return new Map(await Promise.all(used));
}

/** What the engine's thread used of the whole, 0 to 1, while fio wrote and read the volume. */
async function shareOfEngine(lab: string): Promise<number> {
  const server = await startExport(lab, 'vg/busy');
  const pid = server.child.pid ?? 0;
  const before = await ticksOf(pid);
  await fioVerify(server.uri, { size: SIZE });
  const after = await ticksOf(pid);
  server.child.kill('SIGTERM');
  expect(await server.ended(), server.printed()).toBe(0);
  const spent = [...after].map(([thread, ticks]) => [thread, ticks - (before.get(thread) ?? 0)]);
  const all = spent.reduce((sum, [, ticks = 0]) => sum + ticks, 0);
  const own = spent.find(([thread]) => thread === pid)?.[1] ?? 0;
  return own / all;
}

test('a volume that lies in files is served past the engine, one in a sandbox by it', async () => {
  const lab = await busyLab();
  const live = await shareOfEngine(lab);
  await said(['lab', 'mode', lab, 'sda', 'sandbox']);
  const sandbox = await shareOfEngine(lab);
  expect(live).toBeLessThan(sandbox);
  expect(live).toBeLessThan(0.5);
});
