/** Buttons that run a line which can be typed too. */
import { engine, useStudio } from '../state/store.ts';

/** What came of it is announced. @param title of what is done: `Continue: vg/mir` */
export async function runLine(words: readonly string[], title: string): Promise<void> {
  const { announce } = useStudio.getState();
  try {
    const { status, output } = await engine().call('command', [words, {}]);
    const said = output.map(({ text }) => text.trim()).at(-1);
    announce(said ?? (status === 0 ? `${title}: done.` : `${title}: status ${status}`));
  } catch {
    announce('The engine could not be reached.');
  }
}
