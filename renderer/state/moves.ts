/** Extents that are marked, dragged or on their way, apart from what the lab itself knows. */
import { create } from 'zustand';
import type { MoveWish, ProposedLine } from '../../core/contract/moves.ts';
import { engine, useStudio } from './store.ts';

/** Extents of one PV that somebody picked on the extent map. */
export interface MarkedRun {
  readonly vg: string;
  readonly device: string;
  readonly pvId: string;
  readonly first: number;
  readonly count: number;
}

/** Where a drag would let go. */
export interface DropPlace {
  readonly pvId: string;
  readonly device: string;
  /** Absent: wherever there is room on the PV. */
  readonly first?: number;
  /** Why nothing can be dropped there, in a clause. */
  readonly why?: string;
}

export interface Drag {
  readonly run: MarkedRun;
  /** Absent: over nothing that takes extents. */
  readonly over?: DropPlace;
}

/** Lines of an accepted proposal, run one after the other. */
export interface LinesRun {
  readonly lines: readonly ProposedLine[];
  /** Index of the line that runs, or that failed. */
  readonly at: number;
  /** What the line said that failed; the ones behind it are not run. */
  readonly failure?: readonly string[];
  /** No further line is begun. */
  readonly stopping: boolean;
}

interface Moves {
  readonly marked: MarkedRun | undefined;
  readonly drag: Drag | undefined;
  /** What the dialog begins with; absent: what the selection suggests. */
  readonly wish: MoveWish | undefined;
  readonly running: LinesRun | undefined;
  readonly mark: (run: MarkedRun | undefined) => void;
  readonly dragTo: (drag: Drag | undefined) => void;
  /** Opens the dialog of extents with a wish. */
  readonly propose: (wish: MoveWish) => void;
  readonly run: (lines: readonly ProposedLine[]) => void;
  readonly stop: () => void;
  readonly dismiss: () => void;
}

/** Id of the action whose dialog proposes moves of marked extents. */
export const MOVE_MARKED = 'move-marked';

export const useMoves = create<Moves>((set) => ({
  marked: undefined,
  drag: undefined,
  wish: undefined,
  running: undefined,
  mark: (marked) => set({ marked, wish: undefined }),
  dragTo: (drag) => set({ drag }),
  propose: (wish) => {
    set({ wish });
    useStudio.getState().openAction(MOVE_MARKED);
  },
  run: (lines) => {
    set({ marked: undefined, running: { lines, at: 0, stopping: false } });
    void runLines();
  },
  stop: () => set(({ running }) => (running ? { running: { ...running, stopping: true } } : {})),
  dismiss: () => set({ running: undefined }),
}));

/** Each line when the one before is done, as if it were typed; up to the first that fails. */
async function runLines(): Promise<void> {
  const { announce } = useStudio.getState();
  for (;;) {
    const { running } = useMoves.getState();
    const line = running?.lines[running.at];
    if (!running || !line) break;
    const failure = await failureOf(line);
    const { stopping } = useMoves.getState().running ?? running;
    if (failure) {
      useMoves.setState({ running: { ...running, stopping, failure } });
      announce(`Moving extents ended early: ${failure.at(-1) ?? 'the line failed'}`);
      return;
    }
    const at = running.at + 1;
    const left = running.lines.length - at;
    if (left === 0 || stopping) {
      useMoves.setState({ running: undefined });
      announce(left === 0 ? 'All extents are moved.' : `Stopped: ${lineCount(left)} not run.`);
      return;
    }
    useMoves.setState({ running: { ...running, at, stopping } });
  }
}

export const lineCount = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;

async function failureOf({ argv }: ProposedLine): Promise<readonly string[] | undefined> {
  try {
    const { status, output } = await engine().call('command', [argv, {}]);
    return status === 0 ? undefined : output.map(({ text }) => text.trim());
  } catch (error) {
    return [String(error)];
  }
}
