/** A proposal of moves as text: a bar for each PV before and after, and the lines between them. */
import type { MoveProposal, OwnedRun, PvMap, StayReason } from '../contract/moves.ts';

/** Characters of the longest bar. */
const WIDTH = 64;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Of a volume for which there is no letter left, and of what nobody has. */
const OTHER = '#';
const FREE = '.';

export const STAYS: Readonly<Record<StayReason, string>> = {
  locked: 'another operation has it',
  converting: 'its mirror is being converted',
  unsupported: 'its type cannot be moved here',
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `30 extents move, 4 of them twice, with 3 lines`. */
export function summary({ extents, twice, lines }: MoveProposal): string {
  if (lines.length === 0) return 'Nothing has to move: it is so already';
  const again = twice > 0 ? `, ${twice} of them twice` : '';
  const moves = extents === 1 ? 'moves' : 'move';
  return `${plural(extents, 'extent')} ${moves}${again}, with ${plural(lines.length, 'line')}`;
}

/** Without blanks in front. */
export function proposalText(proposal: MoveProposal): readonly string[] {
  const { vg, maps, lines, stays } = proposal;
  const owners = [...new Set(maps.flatMap(({ before }) => before.map(({ lv }) => lv)))];
  const letterOf = (lv: string): string => LETTERS.charAt(owners.indexOf(lv)) || OTHER;
  const longest = Math.max(1, ...maps.map(({ extentCount }) => extentCount));
  const indent = Math.max(0, ...maps.map(({ device }) => device.length));
  const bars = maps.flatMap((map) => {
    const width = Math.ceil((map.extentCount / longest) * Math.min(WIDTH, longest));
    const bar = (runs: readonly OwnedRun[]): string => barOf(map, runs, width, letterOf);
    return [
      `${map.device.padEnd(indent)} before |${bar(map.before)}| ${map.extentCount} PE`,
      `${' '.repeat(indent)} after  |${bar(map.after)}|`,
    ];
  });
  const legend = owners.map((lv) => `${letterOf(lv)} ${vg}/${lv}`).join(', ');
  return [
    `${summary(proposal)}.`,
    ...bars,
    ...(maps.length > 0 ? [`${legend}, ${FREE} free`] : []),
    ...stays.map(({ device, first, count, lv, why }) => {
      const place = `${device}:${first}-${first + count - 1}`;
      return `${place} of ${vg}/${lv} stays: ${STAYS[why]}.`;
    }),
    ...lines.map(({ text }) => text),
  ];
}

/** One character for as many extents as it takes: who has most of them. */
function barOf(
  { extentCount }: PvMap,
  runs: readonly OwnedRun[],
  width: number,
  letterOf: (lv: string) => string,
): string {
  let at = 0;
  return Array.from({ length: width }, (_, column) => {
    const start = (column * extentCount) / width;
    const end = ((column + 1) * extentCount) / width;
    const shares = new Map<string, number>();
    let owned = 0;
    while (endOf(runs[at]) <= start) at++;
    for (let index = at; (runs[index]?.first ?? Infinity) < end; index++) {
      const run = runs[index];
      if (!run) break;
      const part = Math.min(end, endOf(run)) - Math.max(start, run.first);
      shares.set(run.lv, (shares.get(run.lv) ?? 0) + part);
      owned += part;
    }
    const [most] = [...shares].sort(([, a], [, b]) => b - a);
    return most && most[1] >= end - start - owned ? letterOf(most[0]) : FREE;
  }).join('');
}

const endOf = (run: OwnedRun | undefined): number => (run ? run.first + run.count : Infinity);
