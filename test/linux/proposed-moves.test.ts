/** The lines of proposals: run here and in Linux, each leaves every extent where it was to go. */
import { expect, test } from 'vitest';
import type { EngineApi } from '../../core/contract/api.ts';
import type { MoveProposal, MoveWish, PvMap } from '../../core/contract/moves.ts';
import { MemorySettings } from '../../core/engine/settings-store.ts';
import { askedOnce } from './answers.ts';
import { newImages, runOf, withEngine } from './lab.ts';

/** Five PVs of 63 extents: volumes in pieces, in stripes and in legs, close to one another. */
const MADE = [
  'vgcreate -q -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde',
  'lvcreate -q -y -Wn -n z -l 7 vg /dev/sda:0-6',
  'lvcreate -q -y -Wn -n a -l 5 vg /dev/sda:7-11',
  'lvextend -q -l +3 vg/z /dev/sda:12-14',
  'lvextend -q -l +4 vg/a /dev/sdb:0-3',
  'lvextend -q -l +2 vg/z /dev/sdb:30-31',
  'lvcreate -q -y -Wn -n st -i 2 -l 8 vg /dev/sdb:4-7 /dev/sdc:4-7',
  'lvextend -q -i 2 -l +4 vg/st /dev/sdc:20-21 /dev/sdd:20-21',
  'lvcreate -q -y -Wn --type mirror -m 1 -n mir -l 6 vg /dev/sdc:30-35 /dev/sdd:30-35 /dev/sde:0',
  'lvcreate -q -y -Wn -n full -l 40 vg /dev/sde:5-44',
];

const WISHES: readonly MoveWish[] = [
  { kind: 'contiguous', volume: 'vg/z' },
  { kind: 'contiguous', volume: 'vg/st' },
  { kind: 'run', device: '/dev/sda', first: 7, count: 5, to: { device: '/dev/sda', first: 5 } },
  { kind: 'empty', device: '/dev/sdb' },
  { kind: 'spread', volume: 'vg/full', over: ['/dev/sda', '/dev/sdb', '/dev/sde'] },
  { kind: 'compact', device: '/dev/sdc', to: 30 },
  { kind: 'compact', device: '/dev/sda' },
  { kind: 'empty', device: '/dev/sdd', together: true },
  { kind: 'contiguous', volume: 'vg/full' },
];

const LOOK =
  'pvs --segments --noheadings --nosuffix --separator : -o pv_name,pvseg_start,pvseg_size,lv_name';

interface Step {
  readonly lines: readonly string[];
  readonly proposal: MoveProposal;
  /** What `LOOK` says behind them here. */
  readonly look: string;
}

/** Each wish on what the ones before it have left. */
async function steps(api: EngineApi): Promise<readonly Step[]> {
  const run = runOf(api);
  for (const line of MADE) await run(line);
  const made: Step[] = [];
  for (const wish of WISHES) {
    const found = await api.proposeMoves(wish);
    if (!found.ok) throw new Error(found.error.messages.join(' '));
    const proposal = found.value;
    // As LVM is not to wait between two looks at what it copies.
    const lines = proposal.lines.map(({ text }) => text.replace('pvmove', 'pvmove -i0'));
    for (const line of lines) await run(line);
    made.push({ lines, proposal, look: await run(LOOK) });
  }
  return made;
}

/** `/dev/sda:0:7:z` for every run; those of one volume that touch are one. */
function places(look: string, device: string): readonly string[] {
  const runs: { start: number; count: number; lv: string }[] = [];
  for (const line of look.split('\n')) {
    const [on, start, count, name = ''] = line.trim().split(':');
    if (on !== device || name === '') continue;
    const run = { start: Number(start), count: Number(count), lv: name.replace(/[[\]]/g, '') };
    const last = runs.at(-1);
    if (last?.lv === run.lv && last.start + last.count === run.start) last.count += run.count;
    else runs.push(run);
  }
  return runs.map(({ start, count, lv }) => `${start}+${count} ${lv}`);
}

function wanted({ after }: PvMap): readonly string[] {
  const lines = after.map(({ first, count, lv }) => `d:${first}:${count}:${lv}`);
  return places(lines.join('\n'), 'd');
}

test('a proposal is what comes of it, here and in Linux', { timeout: 300_000 }, async () => {
  const settings = new MemorySettings();
  await settings.set('activation/monitoring', 0);
  const images = await newImages(64 * 2 ** 20, 5);
  const made = await withEngine(images, steps, { settings });
  const lines = [...MADE, ...made.flatMap((step) => [...step.lines, LOOK])];
  const answers = await askedOnce('proposed-moves.txt', lines);
  const failed = answers.filter(({ status }) => status !== 0);
  expect(failed).toEqual([]);
  const looks = answers.filter(({ line }) => line === LOOK);
  for (const [index, { proposal, look }] of made.entries()) {
    const about = JSON.stringify(WISHES[index]);
    expect(proposal.lines.length, about).toBeGreaterThan(0);
    for (const map of proposal.maps) {
      expect(places(look, map.device), about).toEqual(wanted(map));
      expect(places(looks[index]?.stdout ?? '', map.device), about).toEqual(wanted(map));
    }
    expect(looks[index]?.stdout.trim(), about).toBe(look.trim());
  }
});
