/** What an EVMS snapshot does in sentences, one for each thing that happens. */
import type { SnapshotEvent } from './types.ts';

export function wordsOf(event: SnapshotEvent): string {
  switch (event.kind) {
    case 'read':
      return `chunk ${event.chunk} was read from the original`;
    case 'copy-begun':
      return `the copy of chunk ${event.chunk} goes to place ${event.index} of the store`;
    case 'copy-done':
      return `the copy of chunk ${event.chunk} was written`;
    case 'table-begun':
      return `sector ${event.sector} of the table goes to the store, entries: ${event.entries}`;
    case 'table-done':
      return `sector ${event.sector} of the table was written`;
    case 'store-flushed':
      return 'the store was flushed';
    case 'let-go':
      return `the write to chunk ${event.chunk} is let go`;
    case 'full':
      return 'the store is full: the snapshot is deactivated';
    case 'shut-down':
      return 'the snapshot was shut down';
  }
}
