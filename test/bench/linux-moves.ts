/**
 * Linux's own pvmove against dd of the same bytes, both in the oracle: what the ratio of ours is
 * to be held against. Dd in two ways: through the guest's page cache, which costs the guest's slow
 * processor more than the disks, and past it, as a move goes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must } from '../../core/base/assert.ts';
import { Prng } from '../../core/env/prng.ts';
import type { Row } from './measure.ts';

const ORACLE = resolve(process.env['LVSTUDIO_ORACLE'] ?? '../shared/linux-oracle', 'run.sh');
const MIB = 2 ** 20;
/** MiB that move: of 4 GiB the guest would be at work for ten minutes. */
const SIZE = 1024;
const ROUNDS = 3;
/** Seconds. */
const LIMIT = 600;
const DISKS = ['linux-a.img', 'linux-b.img'];
const DD = ['cached', 'direct'] as const;

/** Nothing where there is no Linux to ask. */
export function linuxMoves(directory: string): readonly Row[] {
  if (!existsSync(ORACLE)) return [];
  mkdirSync(directory, { recursive: true });
  const disks = DISKS.map((name) => join(directory, name));
  disks.forEach(fill);
  const script = join(directory, 'moves.sh');
  writeFileSync(script, SCRIPT);
  const args = disks.flatMap((disk) => ['--disk', disk]);
  const printed = execFileSync(ORACLE, [...args, '--timeout', `${LIMIT}`, '--script', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const moves = timesOf(printed, 'move');
  return DD.map((way) =>
    beside(
      `pvmove of Linux, of ${SIZE} MiB / dd bs=1M of the same bytes there, ${way}`,
      moves,
      timesOf(printed, way),
    ),
  );
}

/**
 * Each time over the mean of the two of its peer that lie around it.
 * @param peer one more than of ours
 */
export function beside(name: string, ours: readonly number[], peer: readonly number[]): Row {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const ratios = ours.map((took, round) => {
    const around = [must(peer[round], 'a round before'), must(peer[round + 1], 'and behind')];
    return sum(around) / 2 / took;
  });
  return { name, ratios, total: sum(peer) / peer.length / (sum(ours) / ours.length) };
}

/** Blocks without holes, behind what LVM writes. */
function fill(path: string): void {
  const random = new Prng(1);
  const data = Uint8Array.from({ length: MIB }, () => random.below(256));
  const file = openSync(path, 'w');
  writeSync(file, new Uint8Array(MIB));
  for (let at = MIB; at < (SIZE + 8) * MIB; at += MIB) writeSync(file, data, 0, MIB, at);
  closeSync(file);
}

/** Seconds, in the guest's own time. */
const timesOf = (printed: string, what: string): readonly number[] =>
  [...printed.matchAll(new RegExp(`^${what} ([0-9.]+) ([0-9.]+)$`, 'gm'))].map(
    ([, began, ended]) => Number(ended) - Number(began),
  );

/**
 * A move lasts from the moment its mirror is there until its only piece is the same on both sides:
 * how long LVM's commands take is not measured, nor how often they look.
 */
const SCRIPT = `
now() { cut -d' ' -f1 /proc/uptime; }
timed() { # WHAT COMMAND...
  what=$1; shift; began=$(now); "$@" > /dev/null 2>&1; echo "$what $began $(now)"
}
copied() {
  until dmsetup status vg-pvmove0 | grep -Eq ' ([0-9]+)/\\1 '; do sleep 0.05; done
}
copy() { # WHAT OPTIONS
  timed $1 /usr/bin/dd if=/dev/vd$from of=/dev/vd$to bs=1M skip=1 seek=1 count=${SIZE} \\
    conv=notrunc,fdatasync $2
}
both() { copy cached; copy direct 'iflag=direct oflag=direct'; }
vgcreate -q vg /dev/vda /dev/vdb > /dev/null
lvcreate -q -y -Wn -Zn -L ${SIZE}m -n vol vg /dev/vda > /dev/null 2>&1
from=a; to=b
both
for round in ${Array.from({ length: ROUNDS }, (_, round) => round).join(' ')}; do
  pvmove -b -i +600 /dev/vd$from /dev/vd$to > /dev/null &
  until dmsetup status vg-pvmove0 2> /dev/null | grep -q mirror; do sleep 0.05; done
  timed move copied
  wait
  pvmove -i0 > /dev/null
  set -- $from $to; from=$2; to=$1
  both
done
`;
