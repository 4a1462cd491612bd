/**
 * A volume that fio writes, reads and verifies without a pause while it is converted, broken and
 * repaired. Every round of fio has a pattern of its own: a sector of an earlier round, on whichever
 * leg, is found.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SECTOR } from '../../../core/base/units.ts';
import type { LabState, LvState, VgState } from '../../../core/contract/state.ts';
import { exportingLab, type ExportingLab } from './exporting-lab.ts';
import { fioVerify, type FioOptions } from './fio.ts';

const MIB = 2 ** 20;
const SIZE = 8 * MIB;
const JOBS = 2;
const VG = 'vg';
const LV = 'busy';
const LOOK_MILLIS = 20;
const PATIENCE_MILLIS = 30_000;

/** What fio did while one thing happened to the volume. */
export interface Round {
  readonly writes: number;
  readonly reads: number;
  /** The longest that a write took, in milliseconds. */
  readonly longest: number;
}

export const pause = (millis: number): Promise<void> =>
  new Promise((later) => setTimeout(later, millis));

export class BusyMirror {
  readonly total = { rounds: 0, writes: 0, reads: 0, longest: 0 };
  private passes = 0;
  private uri = '';

  private constructor(readonly lab: ExportingLab) {}

  /** @param lines that make vg/busy, of 8 MiB, on disks of 24 MiB */
  static async on(disks: number, lines: readonly string[]): Promise<BusyMirror> {
    const busy = new BusyMirror(await exportingLab(disks, '24m', lines));
    busy.uri = await busy.lab.uri(`${VG}/${LV}`);
    return busy;
  }

  run(line: string): Promise<string> {
    return this.lab.run(line);
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  /**
   * The work begins in the middle of the first round of fio; rounds follow one another until it is
   * done and the volume has come to rest. Throws if fio sees an error or a wrong byte, and unless
   * every leg holds what was written last.
   * @param begins so many milliseconds after fio has
   */
  async during(work: (stop: AbortSignal) => Promise<void>, begins = 50): Promise<Round> {
    let over = false;
    const failed = new AbortController();
    const fio = async (): Promise<Round> => {
      let [writes, reads, longest] = [0, 0, 0];
      do {
        const one = await fioVerify(this.uri, { ...passOf(++this.passes), verify_backlog: 64 });
        writes += one.writes;
        reads += one.reads;
        longest = Math.max(longest, one.writing.most / 1000);
      } while (!over);
      return { writes, reads, longest };
    };
    const act = async (): Promise<void> => {
      const isUsed = ({ exports }: LabState) => exports.some(({ clients }) => clients.length > 0);
      await this.until(isUsed, 'fio begins', failed.signal);
      await pause(begins);
      await work(failed.signal);
      await this.rest(failed.signal);
    };
    const rounds = fio().finally(() => failed.abort());
    const done = act().finally(() => {
      over = true;
    });
    const [round, acted] = await Promise.allSettled([rounds, done]);
    // What fio saw is the cause, whatever became of the work then.
    if (round.status === 'rejected') throw round.reason;
    if (acted.status === 'rejected') throw acted.reason;
    this.count(round.value);
    return round.value;
  }

  private count({ writes, reads, longest }: Round): void {
    const { total } = this;
    total.rounds++;
    total.writes += writes;
    total.reads += reads;
    total.longest = Math.max(total.longest, longest);
  }

  /** Breaks a disk and waits for what the monitor does about it. */
  async breaks(line: string, stop?: AbortSignal): Promise<void> {
    const { jobs } = await this.lab.api.state();
    const last = Math.max(0, ...jobs.map(({ id }) => id));
    await this.run(`lab break ${line}`);
    await this.until(
      (state) =>
        state.jobs.some(({ kind, id, phase }) => kind === 'repair' && id > last && isOver(phase)),
      `somebody repairs after ${line}`,
      stop,
    );
  }

  /** Resolves in the middle of a copy. */
  copying(percent: number, stop?: AbortSignal): Promise<void> {
    return this.until(
      ({ mirrors }) =>
        mirrors.some(
          ({ inSync, regions }) => inSync < regions && inSync >= (regions * percent) / 100,
        ),
      `${percent}% are copied`,
      stop,
    );
  }

  /** Nothing is converted, copied, repaired or held any more. */
  rest(stop?: AbortSignal): Promise<void> {
    return this.until(isAtRest, 'the volume comes to rest', stop);
  }

  /** All legs are the same, and what is read is what the last round wrote. */
  async check(): Promise<void> {
    await this.rest();
    await this.verify();
    const why = await this.difference();
    if (why !== undefined) throw new Error(why);
  }

  /** Which leg is not what the first one is, and where; undefined: all are the same. */
  async difference(): Promise<string | undefined> {
    await this.run(`dmsetup suspend ${VG}-${LV}`);
    const [first, ...others] = await this.legs();
    await this.run(`dmsetup resume ${VG}-${LV}`);
    if (!first) throw new Error('the volume has no leg');
    const other = others.find(({ data }) => !data.equals(first.data));
    if (!other) return undefined;
    const at = other.data.findIndex((byte, index) => byte !== first.data[index]);
    return `${other.name} differs from ${first.name} at byte ${at}`;
  }

  /** What the last round has written is there. */
  async verify(): Promise<void> {
    await fioVerify(this.uri, { ...passOf(this.passes), verify_only: 1 });
  }

  /** One round that reads nothing. */
  async write(): Promise<void> {
    await fioVerify(this.uri, { ...passOf(++this.passes), do_verify: 0 });
  }

  /** Where the legs lie now, or the volume itself; and its log. */
  async places(): Promise<{ readonly legs: readonly string[]; readonly log: readonly string[] }> {
    const { vg, lv } = volumeIn(await this.lab.api.state());
    const under = (one: LvState): readonly string[] =>
      one.segments.flatMap(({ areas }) =>
        areas.flatMap(({ on, device }) => (on === 'pv' ? device : under(lvNamed(vg, device)))),
      );
    const { log } = lv.segments[0] ?? {};
    const legs = legsOf(vg, lv).flatMap(under);
    return { legs, log: log === undefined ? [] : under(lvNamed(vg, log)) };
  }

  /** Throws where it takes longer than half a minute. */
  async until(isSo: (state: LabState) => boolean, what: string, stop?: AbortSignal): Promise<void> {
    for (let waited = 0; waited < PATIENCE_MILLIS; waited += LOOK_MILLIS) {
      const state = await this.lab.api.state();
      if (isSo(state) || stop?.aborted) return;
      await pause(LOOK_MILLIS);
    }
    const told = await this.run('lvs -a -o +devices,copy_percent');
    throw new Error(`not within half a minute: ${what}\n${told}`);
  }

  private async legs(): Promise<readonly { readonly name: string; readonly data: Buffer }[]> {
    const { vg, lv } = volumeIn(await this.lab.api.state());
    return Promise.all(
      legsOf(vg, lv).map(async (one) => ({
        name: one.name,
        data: await this.contentOf(vg, one),
      })),
    );
  }

  /** Read from the images, below everything that the engine does. */
  private async contentOf(vg: VgState, { segments }: LvState): Promise<Buffer> {
    const extent = vg.extentSize * SECTOR;
    const { disks } = await this.lab.api.state();
    const parts = segments.flatMap(({ areas, count }) => areas.map((area) => ({ ...area, count })));
    const read = parts.map(async ({ device, start, count }) => {
      const pv = vg.pvs.find((one) => one.device === device);
      const image = disks.find(({ path }) => path === device)?.image;
      if (!pv || image === undefined) throw new Error(`${device} is not there`);
      const file = await open(join(this.lab.directory, image));
      const data = Buffer.alloc(count * extent);
      await file.read(data, 0, data.length, pv.peStart * SECTOR + start * extent);
      await file.close();
      return data;
    });
    return Buffer.concat(await Promise.all(read));
  }
}

/** Every sector of a pass differs from all of another one. */
function passOf(number: number): FioOptions {
  const word = number.toString(16).padStart(8, '0');
  return {
    numjobs: JOBS,
    size: SIZE / JOBS,
    offset_increment: SIZE / JOBS,
    bsrange: '4k-16k',
    verify: 'pattern',
    verify_pattern: `0x${word}${word}%o`,
    randseed: number,
  };
}

const isOver = (phase: string): boolean => phase !== 'running' && phase !== 'cancelling';

function lvNamed(vg: VgState, name: string): LvState {
  const found = vg.lvs.find((one) => one.name === name);
  if (!found) throw new Error(`${vg.name}/${name} is not there`);
  return found;
}

function volumeIn({ vgs }: LabState): { readonly vg: VgState; readonly lv: LvState } {
  const vg = vgs.find(({ name }) => name === VG);
  if (!vg) throw new Error(`${VG} is not there`);
  return { vg, lv: lvNamed(vg, LV) };
}

/** The images of a mirror, or the volume itself. */
function legsOf(vg: VgState, lv: LvState): readonly LvState[] {
  const [segment] = lv.segments;
  if (segment?.type !== 'mirror') return [lv];
  return segment.areas.map(({ device }) => lvNamed(vg, device));
}

function isAtRest(state: LabState): boolean {
  const { vg } = volumeIn(state);
  return (
    state.jobs.every(({ phase }) => isOver(phase)) &&
    !vg.lvs.some(({ name }) => name.includes('_mimagetmp_')) &&
    state.mirrors.every(
      ({ held, inSync, regions, legs }) =>
        held === 0 && (inSync === regions || legs.some(({ health }) => health === 'S')),
    )
  );
}
