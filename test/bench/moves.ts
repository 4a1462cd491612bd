/** pvmove against dd of the same bytes in the same run, and what it leaves of other work. */
import { openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Prng } from '../../core/env/prng.ts';
import { exportingLabIn, type ExportingLab } from '../support/exporting-lab.ts';
import { delayDuring } from './data-path.ts';
import { beside, linuxMoves } from './linux-moves.ts';
import { fio, run, type Shape } from './nbd-peers.ts';
import { median, millis, type Row } from './measure.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Bytes that move. */
const SIZE = 4 * GIB;
/** Where the first extent lies on a disk. */
const FIRST = MIB;
const ROUNDS = 5;

export interface Meanwhile {
  readonly name: string;
  /** Requests a second. */
  readonly alone: number;
  readonly meanwhile: number;
}

export interface MoveBench {
  /** Ours, and those of Linux where there is one to ask. */
  readonly rows: readonly Row[];
  readonly work: readonly Meanwhile[];
  /** ms. */
  readonly delay: number;
  /** MiB. */
  readonly memory: number;
}

const SHAPES: readonly Shape[] = (['read', 'write'] as const).map((op) => ({
  name: `random 4 KiB ${op}s, 4 at once, through an export`,
  op,
  random: true,
  block: 4096,
  depth: 4,
}));

/** A volume of 4 GiB with nothing but data goes from one disk to the other and back. */
export async function moves(directory: string): Promise<MoveBench> {
  const lab = await exportingLabIn(join(directory, 'moves'), 2, '4200m', []);
  for (const disk of ['sda', 'sdb']) fill(join(lab.directory, `${disk}.img`));
  await lab.run('vgcreate vg /dev/sda /dev/sdb');
  await lab.run('lvcreate -y -Wn -l 1024 -n vol vg /dev/sda');
  const before = process.memoryUsage.rss();
  let most = before;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 100);
  const row = await copying(lab);
  const delay = await delayDuring(() => move(lab));
  const work: Meanwhile[] = [];
  for (const shape of SHAPES) work.push(await besideWork(lab, shape));
  clearInterval(look);
  await lab.close();
  const rows = [row, ...linuxMoves(join(directory, 'linux-moves'))];
  return { rows, work, delay, memory: (most - before) / MIB };
}

/** Blocks without holes: neither side may have it easy. */
function fill(path: string): void {
  const random = new Prng(1);
  const data = Uint8Array.from({ length: MIB }, () => random.below(256));
  const file = openSync(path, 'r+');
  for (let at = 0; at < SIZE + 8 * MIB; at += MIB) writeSync(file, data, 0, MIB, at);
  closeSync(file);
}

/** Where the volume is, and where it is not. */
async function sides(lab: ExportingLab): Promise<readonly [string, string]> {
  const devices = await lab.run('lvs --noheadings -o devices vg/vol');
  return devices.includes('/dev/sda(') ? ['sda', 'sdb'] : ['sdb', 'sda'];
}

async function move(lab: ExportingLab): Promise<void> {
  const [from, to] = await sides(lab);
  await lab.run(`pvmove -i0 /dev/${from} /dev/${to}`);
}

/** In turns; a round of dd lies before and behind each move. */
async function copying(lab: ExportingLab): Promise<Row> {
  const dd = async (): Promise<void> => {
    const [from, to] = await sides(lab);
    const [source, target] = [from, to].map((disk) => join(lab.directory, `${disk}.img`));
    const at = FIRST / MIB;
    await run('dd', [
      `if=${source ?? ''}`,
      `of=${target ?? ''}`,
      'bs=1M',
      `skip=${at}`,
      `seek=${at}`,
      `count=${SIZE / MIB}`,
      'conv=notrunc,fdatasync',
    ]);
  };
  const [ours, peer]: [number[], number[]] = [[], [await millis(dd)]];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await millis(() => move(lab)));
    peer.push(await millis(dd));
  }
  return beside('pvmove of 4 GiB / dd bs=1M of the same bytes', ours, peer);
}

/** Rates of fio alone, and while move after move goes on. */
async function besideWork(lab: ExportingLab, shape: Shape): Promise<Meanwhile> {
  const uri = await lab.uri('vg/vol');
  const rate = (): Promise<number> => fio(shape, ['--ioengine=nbd', `--uri=${uri}`], SIZE);
  const [alone, meanwhile]: [number[], number[]] = [[], []];
  await rate();
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await rate());
    let moving = true;
    const moved = move(lab).finally(() => {
      moving = false;
    });
    while (moving) {
      const one = await rate();
      // One that went on behind the end of the move is neither.
      if (moving as boolean) meanwhile.push(one);
    }
    await moved;
  }
  await lab.run('export --end vg/vol');
  return { name: shape.name, alone: median(alone), meanwhile: median(meanwhile) };
}
