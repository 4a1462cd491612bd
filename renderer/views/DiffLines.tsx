import type { ReactElement } from 'react';
import type { ShownRow } from '../viz/line-diff.ts';
import { VirtualLines } from '../widgets/VirtualLines.tsx';

const SIGNS: Readonly<Record<Exclude<ShownRow['kind'], 'skipped'>, string>> = {
  same: ' ',
  removed: '−',
  added: '+',
};

/** Rows of a difference: a sign says what colour says as well. */
export function DiffLines({ label, rows }: { label: string; rows: readonly ShownRow[] }) {
  return (
    <VirtualLines
      className="diff"
      label={label}
      count={rows.length}
      line={(index) => <Row row={rows[index]} />}
    />
  );
}

function Row({ row }: { row: ShownRow | undefined }): ReactElement | null {
  if (!row) return null;
  if (row.kind === 'skipped') {
    return <span className="skipped">⋯ {row.count} lines are the same</span>;
  }
  return (
    <span className={`code ${row.kind}`}>
      {SIGNS[row.kind]} {row.text}
    </span>
  );
}
