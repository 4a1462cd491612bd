/** Tables change below a program that writes: what it wrote is there, and no request fails. */
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportingLab, type ExportingLab } from './support/exporting-lab.ts';
import { fioVerify, type FioAnswer } from './support/fio.ts';
import { run } from './support/run.ts';

const PAUSES = 1000;
/** A resize takes the place of every so manieth pause. */
const EXTENDED_EVERY = 100;
/** Looking costs as much as a pause. */
const LOOKED_EVERY = 10;
const MIB = 2 ** 20;

let lab: ExportingLab;
beforeAll(async () => {
  lab = await exportingLab(2, '64m', [
    'vgcreate -s 1m vg /dev/sda /dev/sdb',
    'lvcreate -n busy -i 2 -I 64k -L 32m vg',
    `dmsetup create over --table "0 ${(32 * MIB) / 512} linear /dev/mapper/vg-busy 0"`,
  ]);
});

afterAll(() => lab.close());

/** The `percent` of them that are shorter than the rest. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

const inMillis = (times: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(times)
    .map(([name, time = NaN]) => `${name} ${time.toFixed(1)} ms`)
    .join(', ');

interface Paused {
  /** Milliseconds from suspend to resume. */
  readonly lasted: readonly number[];
  /** Of those that were looked at: in which requests waited. */
  readonly met: number;
}

async function waiting(): Promise<boolean> {
  const { devices } = await lab.api.state();
  return devices.some(({ queued }) => queued > 0);
}

/** Of the volume and of what lies over it by turns, with and without --noflush. */
async function pauses(stop: AbortSignal): Promise<Paused> {
  const lasted: number[] = [];
  let met = 0;
  for (let turn = 0; turn < PAUSES && !stop.aborted; turn++) {
    const device = turn % 2 === 0 ? 'vg-busy' : 'over';
    const how = turn % 4 < 2 ? '' : '--noflush ';
    const began = performance.now();
    await lab.run(`dmsetup suspend ${how}${device}`);
    if (turn % LOOKED_EVERY < 2 && (await waiting())) met++;
    await lab.run(`dmsetup resume ${device}`);
    lasted.push(performance.now() - began);
    if (turn % EXTENDED_EVERY === 0) await lab.run('lvextend -i 2 -l +2 vg/busy');
  }
  return { lasted, met };
}

/** fio again and again, until the work is done; the work stops when fio fails. */
async function under<T>(
  uri: string,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<{ readonly done: T; readonly answers: readonly FioAnswer[] }> {
  const stop = new AbortController();
  let over = false;
  const end = work(stop.signal).finally(() => {
    over = true;
  });
  const fio = async (): Promise<readonly FioAnswer[]> => {
    const answers: FioAnswer[] = [];
    while (!over) {
      answers.push(await fioVerify(uri, { size: '32m', randseed: answers.length + 1 }));
    }
    return answers;
  };
  const answers = fio().finally(() => stop.abort());
  await Promise.allSettled([end, answers]);
  return { answers: await answers, done: await end };
}

test(`${PAUSES} pauses and lvextend in between, under fio`, async () => {
  const uri = await lab.uri('/dev/mapper/over');
  const { done, answers } = await under(uri, pauses);
  const { lasted, met } = done;
  const writes = answers.reduce((sum, one) => sum + one.writes, 0);
  expect(met).toBeGreaterThan(PAUSES / LOOKED_EVERY / 2);
  const looked = 2 * (PAUSES / LOOKED_EVERY);
  const [p50, p99, longest] = [50, 99, 100].map((percent) => percentile(lasted, percent));
  const latencies = answers.map(({ writing }) => writing);
  const slow = Math.max(...latencies.map((one) => one.p99)) / 1000;
  const slowest = Math.max(...latencies.map((one) => one.most)) / 1000;
  console.log(
    `${PAUSES} pauses under ${writes} verified writes, which waited in ${met} of ${looked}\n` +
      `suspend to resume: ${inMillis({ p50, p99, longest })}\n` +
      `a write as fio saw it: ${inMillis({ p99: slow, longest: slowest })}`,
  );
  expect(p99).toBeLessThan(1000);
});

test('who comes afterwards finds the larger volume', async () => {
  const uri = await lab.uri('vg/busy');
  const size = Number(await run('nbdinfo', ['--size', uri]));
  expect(size).toBe((32 + 2 * (PAUSES / EXTENDED_EVERY)) * MIB);
  await run('qemu-io', ['-f', 'raw', '-c', `write -P 9 ${size - 4096} 4k`, uri]);
});
