/** The strips of a proposal: each PV before and after, all on one scale. */
import type { MoveProposal, OwnedRun, PvMap } from '../../core/contract/moves.ts';
import type { VgState } from '../../core/contract/state.ts';
import { ExtentScale } from './extent-scale.ts';
import { placeRuns, ticksOf, withGaps, type Run, type Strip } from './layout-extents.ts';

/** Extents of a strip that leave it, or come to it. */
export interface Span {
  readonly x: number;
  readonly width: number;
  /** They are only passing through: they travel twice. */
  readonly aside: boolean;
}

export interface MapStrips {
  readonly device: string;
  readonly extentCount: number;
  readonly before: Strip;
  readonly after: Strip;
  readonly leaving: readonly Span[];
  readonly coming: readonly Span[];
}

export function layoutMoves(
  proposal: MoveProposal,
  vg: VgState,
  widthPx: number,
): readonly MapStrips[] {
  const { maps, moves } = proposal;
  const longest = Math.max(1, ...maps.map(({ extentCount }) => extentCount));
  const scale = new ExtentScale(longest, 0, widthPx);
  return maps.flatMap((map) => {
    const pv = vg.pvs.find(({ id }) => id === map.pvId);
    if (!pv) return [];
    const stripOf = (owned: readonly OwnedRun[]): Strip => {
      const runs = placeRuns(withGaps(runsOf(map, owned), pv), scale);
      const end = scale.toPx(map.extentCount);
      const small = runs.filter(({ width }) => width < 1).length;
      return { pv, runs, small, end, ticks: ticksOf(map.extentCount, end, scale) };
    };
    const spans = (at: 'from' | 'to'): readonly Span[] =>
      moves.flatMap((move) => {
        if (move[at].device !== map.device) return [];
        const { first } = move[at];
        const x = scale.toPx(first);
        const aside = at === 'to' && move.aside === true;
        return [{ x, width: scale.toPx(first + move.count) - x, aside }];
      });
    return [
      {
        device: map.device,
        extentCount: map.extentCount,
        // The numbers stand once, below both.
        before: { ...stripOf(map.before), ticks: [] },
        after: stripOf(map.after),
        leaving: spans('from'),
        coming: spans('to'),
      },
    ];
  });
}

const runsOf = ({ device, pvId }: PvMap, owned: readonly OwnedRun[]): readonly Run[] =>
  owned.map(({ first, count, lv, type }) => ({
    pv: device,
    pvId,
    start: first,
    count,
    owner: { lv, segment: 0, type },
  }));
