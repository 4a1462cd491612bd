/** fio with its NBD engine: what it writes, it reads again and checks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from './folder.ts';
import { ran } from './run.ts';

/** Completion latencies in microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export interface FioAnswer {
  readonly writes: number;
  readonly reads: number;
  readonly writing: Latency;
}

export type FioOptions = Readonly<Record<string, string | number>>;

interface Direction {
  readonly total_ios: number;
  readonly clat_ns: {
    readonly max: number;
    readonly percentile?: Readonly<Record<string, number>>;
  };
}

interface Job {
  readonly error: number;
  readonly total_err?: number;
  readonly write: Direction;
  readonly read: Direction;
}

/**
 * Writes at random, 16 requests at a time, and verifies every block against its checksum. Throws
 * with what fio said unless all of it went well.
 * @param options of fio, without dashes; several jobs report as a group
 */
export async function fioVerify(uri: string, options: FioOptions = {}): Promise<FioAnswer> {
  const file = join(await newFolder(), 'fio.json');
  const all = {
    name: 'verify',
    ioengine: 'nbd',
    uri,
    rw: 'randwrite',
    bs: '4k',
    iodepth: 16,
    verify: 'crc32c',
    verify_fatal: 1,
    do_verify: 1,
    verify_state_save: 0,
    group_reporting: 1,
    'output-format': 'json',
    output: file,
    ...options,
  };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const { status, stdout, stderr } = await ran('fio', args);
  const text = await readFile(file, 'utf8').catch(() => '');
  const begin = text.search(/^\{/m);
  const { jobs } = JSON.parse(begin < 0 ? '{"jobs":[]}' : text.slice(begin)) as { jobs: Job[] };
  const [job] = jobs;
  if (status !== 0 || !job || job.error !== 0 || (job.total_err ?? 0) !== 0) {
    const said = begin < 0 ? text : text.slice(0, begin);
    throw new Error(`fio ended with ${status}, ${jobs.length} jobs\n${said}${stdout}${stderr}`);
  }
  return { writes: job.write.total_ios, reads: job.read.total_ios, writing: latency(job.write) };
}

function latency({ clat_ns: { max, percentile = {} } }: Direction): Latency {
  const at = (percent: string): number => (percentile[percent] ?? NaN) / 1000;
  return { p50: at('50.000000'), p99: at('99.000000'), most: max / 1000 };
}
