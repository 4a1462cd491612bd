/** Keys of the window, for the help. */
export interface Shortcut {
  /** As the help prints it. */
  readonly keys: readonly string[];
  readonly does: string;
}

/** Everything the keyboard does, in the order of the help. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Ctrl', 'K'], does: 'Command palette: every action, view and object' },
  { keys: ['F6'], does: 'Next region; with Shift the one before' },
  { keys: ['/'], does: 'Explorer: filter by name; Esc clears, ↓ leads to the rows' },
  { keys: ['Ctrl', 'F'], does: 'Search in the text that is shown; Enter leads to the next match' },
  { keys: ['Alt', '←', '→'], does: 'Reports: move a column; Shift and Enter: sort by one more' },
  { keys: ['?'], does: 'This list' },
  { keys: ['↑', '↓'], does: 'Explorer: next and previous row. Console: earlier lines' },
  { keys: ['←', '→'], does: 'Explorer: fold and unfold. Extent map: next and previous run' },
  { keys: ['Shift', '←', '→'], does: 'Extent map: mark runs that lie side by side' },
  { keys: ['M'], does: 'Extent map: move the marked extents, or those of the run' },
  { keys: ['↑', '↓', '←', '→'], does: 'Device tree: the next card in that direction' },
  { keys: ['↑', '↓', '←', '→'], does: 'Mirrors: the next leg or region; Enter selects the leg' },
  { keys: ['+', '-', '1', '0'], does: 'Device tree: nearer, farther, full size, all of it' },
  { keys: ['Home', 'End'], does: 'First and last row, run or card' },
  { keys: ['Enter'], does: 'Select what has the focus; in a dialog: carry it out' },
  { keys: ['Esc'], does: 'Close a dialog; nothing is done' },
];
