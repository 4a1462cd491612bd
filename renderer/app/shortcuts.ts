/** Keys of the window, for the help; and the key that opens it. */
import { useEffect } from 'react';

export interface Shortcut {
  /** As the help prints it. */
  readonly keys: readonly string[];
  readonly does: string;
}

/** Everything the keyboard does, in the order of the help. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Ctrl', 'K'], does: 'Command palette: every action and every object' },
  { keys: ['F6'], does: 'Next region; with Shift the one before' },
  { keys: ['?'], does: 'This list' },
  { keys: ['↑', '↓'], does: 'Explorer: next and previous row. Console: earlier lines' },
  { keys: ['←', '→'], does: 'Explorer: fold and unfold. Extent map: next and previous run' },
  { keys: ['Home', 'End'], does: 'First and last row or run' },
  { keys: ['Enter'], does: 'Select what has the focus; in a dialog: carry it out' },
  { keys: ['Esc'], does: 'Close a dialog; nothing is done' },
];

/** Calls `open` at `?`, except where it is a letter being typed. */
export function useHelpKey(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== '?' || isTyping(event.target)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  }, [open]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
