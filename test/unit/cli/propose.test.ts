/** Wishes on the command line: what is proposed, what is refused, and that nothing is changed. */
import { expect, test } from 'vitest';
import type { MoveProposal } from '../../../core/contract/moves.ts';
import { layoutOf, openLab, prepared } from '../../support/lab.ts';

/** 31 extents each; home in two pieces on sda, a mirror on sda and sdb, its log on sdc. */
const MADE = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate -n home -l 4 vg /dev/sda:0-3',
  'lvcreate -n root -l 2 vg /dev/sda:4-5',
  'lvextend -l +4 vg/home /dev/sda:20-23',
  'lvcreate --type mirror -m1 -n mir -l 3 vg /dev/sda:8-10 /dev/sdb:0-2 /dev/sdc:0-0',
  'pvcreate /dev/sdd',
];

async function opened() {
  const platters = await prepared(MADE);
  const lab = await openLab(platters);
  const run = async (line: string): Promise<string> => {
    const { status, output } = await lab.run(line);
    return [`${status}`, ...output.map(({ text }) => text.replace(/^ {2}/, ''))].join('\n');
  };
  return { lab, run, platters };
}

test('a proposal shows both maps and the lines, and nothing is changed', async () => {
  const { lab, run, platters } = await opened();
  const before = await layoutOf(platters);
  expect(await run('propose empty /dev/sda --together')).toBe(
    [
      '0',
      '13 extents move, with 2 lines.',
      '/dev/sda before |aaaabb..ccc.........aaaa.......| 31 PE',
      '         after  |...............................|',
      '/dev/sdb before |ddd............................| 31 PE',
      '         after  |dddaaaaaaaabb..................|',
      '/dev/sdc before |e..............................| 31 PE',
      '         after  |eccc...........................|',
      'a vg/home, b vg/root, c vg/mir_mimage_0, d vg/mir_mimage_1, e vg/mir_mlog, . free',
      'pvmove --alloc anywhere /dev/sda:0-5:20-23 /dev/sdb:3-12',
      'pvmove --alloc anywhere /dev/sda:8-10 /dev/sdc:1-3',
    ].join('\n'),
  );
  expect(await layoutOf(platters)).toBe(before);
  await lab.close();
});

test('for programs it is JSON, the same as the call gives', async () => {
  const { lab, run } = await opened();
  const text = await run('propose compact /dev/sda --to 14 --json');
  const shown = JSON.parse(text.replace(/^0\n/, '')) as MoveProposal;
  const [first] = shown.lines;
  expect(first?.argv).toEqual('pvmove --alloc anywhere /dev/sda:20-22 /dev/sda:11-13'.split(' '));
  expect(shown.lines.map((one) => [one.text, one.moves])).toEqual([
    ['pvmove --alloc anywhere /dev/sda:20-22 /dev/sda:11-13', 1],
    ['pvmove --alloc anywhere /dev/sda:23-23 /dev/sda:6-6', 1],
  ]);
  const wish = { kind: 'compact', device: '/dev/sda', to: 14 } as const;
  expect(await lab.api.proposeMoves(wish)).toEqual({ ok: true, value: shown });
  await lab.close();
});

test('each wish has its line', async () => {
  const { lab, run } = await opened();
  const lines = async (line: string): Promise<readonly string[]> =>
    (await run(line)).split('\n').flatMap((text) => /^pvmove (.*)/.exec(text)?.[1] ?? []);
  const anywhere = (places: string): string => `--alloc anywhere ${places}`;
  const inPlace = ['--alloc anywhere /dev/sda:0-3 /dev/sda:16-19'];
  expect(await lines('propose contiguous vg/home')).toEqual(inPlace);
  const part = ['--alloc anywhere /dev/sda:2-3 /dev/sda:18-19'];
  expect(await lines('propose contiguous vg/home --extents 2-5')).toEqual(part);
  // Both are PVs of a mirror that is on sda, too.
  const spread = ['/dev/sda:0-3 /dev/sdb:3-6', '/dev/sda:20-23 /dev/sdc:1-4'].map(anywhere);
  expect(await lines('propose spread vg/home /dev/sdb /dev/sdc')).toEqual(spread);
  const dragged = ['/dev/sda:0-5 /dev/sdc:10-15'].map(anywhere);
  expect(await lines('propose run /dev/sda:0-5 /dev/sdc:10')).toEqual(dragged);
  await lab.close();
});

test.each([
  ['propose', 3, 'see propose --help'],
  ['propose compact /dev/sda --to x', 3, 'see propose --help'],
  ['propose run /dev/sda /dev/sdb', 3, 'see propose --help'],
  ['propose contiguous vg/home --extents 5-2', 3, 'see propose --help'],
  ['propose empty /dev/sdx', 5, 'Failed to find physical volume "/dev/sdx".'],
  ['propose empty /dev/sdd', 5, 'Physical volume /dev/sdd is not in a volume group.'],
  [
    'propose empty /dev/sda /dev/sdd',
    5,
    'Physical Volume "/dev/sdd" not found in Volume Group "vg".',
  ],
  ['propose empty /dev/sda /dev/sda', 5, 'No extents available for allocation.'],
  ['propose contiguous vg/nosuch', 5, 'Failed to find logical volume "vg/nosuch"'],
  ['propose contiguous no/home', 5, 'Volume group "no" not found'],
  [
    'propose contiguous vg/home --extents 5-8',
    5,
    'LE range error: start extent 5 to end extent 8.',
  ],
  [
    'propose compact /dev/sda --to 12',
    5,
    '/dev/sda: cannot resize to 12 extents as 13 are allocated.',
  ],
  ['propose compact /dev/sda --to 99', 5, 'PE range error: start extent 0 to end extent 98.'],
  ['propose empty /dev/sda', 5, 'where it may not be: another leg of its mirror is there.'],
  ['propose run /dev/sda:6-7 /dev/sdb', 5, 'No data to move for vg.'],
  ['propose run /dev/sda:0-3 /dev/sda:0', 5, 'Source and destination are the same extents.'],
  ['propose run /dev/sda:0-3 /dev/sda:9', 5, 'Extents 9-10 of /dev/sda belong to vg/mir_mimage_0.'],
  ['propose run /dev/sda:0-3 /dev/sdb:30', 5, 'PE range error: start extent 30 to end extent 33.'],
  ['propose run /dev/sda:8-10 /dev/sdb', 5, 'vg/mir_mimage_0 cannot go to /dev/sdb: another leg'],
  ['propose run /dev/sda:8-10 /dev/sdc', 5, 'cannot go to /dev/sdc: the log or a leg'],
])('%s is refused', async (line, status, words) => {
  const { lab, run } = await opened();
  const said = await run(line);
  await lab.close();
  expect(said).toContain(words);
  expect(said).toMatch(new RegExp(`^${status}\n`));
});
