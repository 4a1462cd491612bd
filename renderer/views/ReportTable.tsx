/** The rows of a report: only those in sight are made, all of them are counted. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type DragEvent, type KeyboardEvent, type ReactElement } from 'react';
import type { ReportField } from '../../core/contract/report.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { moved, sortedBy, type ReportShape } from './report-shape.ts';

interface Props {
  readonly name: string;
  readonly fields: readonly ReportField[];
  readonly shape: ReportShape;
  readonly rows: readonly (readonly string[])[];
  readonly onChange: (shape: ReportShape) => void;
}

/** Pixels of a row, in CSS as well. */
const ROW = 24;
const FIRST = { width: 800, height: 480 };
/** Characters of a column at most; what is longer is cut, and whole in its title. */
const WIDEST = 44;

export function ReportTable({ name, fields, shape, rows, onChange }: Props): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const known = useMemo(() => new Map(fields.map((field) => [field.name, field])), [fields]);
  const widths = useMemo(() => widthsOf(shape, known, rows), [shape, known, rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: FIRST,
  });
  const items = virtual.getVirtualItems();
  const [above, below] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  const total = widths.reduce((sum, width) => sum + width, 0);
  return (
    <div className="report-box" ref={box} role="region" aria-label={`Rows of ${name}`} tabIndex={0}>
      <table
        className="report"
        aria-label={name}
        aria-rowcount={rows.length + 1}
        style={{ width: `${total}ch` }}
      >
        <colgroup>
          {widths.map((width, index) => (
            <col key={index} style={{ width: `${width}ch` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {shape.columns.map((column) => (
              <Heading
                key={column}
                column={column}
                field={known.get(column)}
                shape={shape}
                onChange={onChange}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={above} columns={shape.columns.length} />
          {items.map(({ index }) => (
            <Row key={index} index={index} cells={rows[index] ?? []} shape={shape} known={known} />
          ))}
          <Gap height={below} columns={shape.columns.length} />
        </tbody>
      </table>
      {rows.length === 0 && <p className="empty">No row.</p>}
    </div>
  );
}

type Known = ReadonlyMap<string, ReportField>;

function widthsOf(
  { columns }: ReportShape,
  known: Known,
  rows: readonly (readonly string[])[],
): readonly number[] {
  return columns.map((column, index) => {
    // Room for the sign of the order.
    const heading = (known.get(column)?.heading ?? column).length + 3;
    const widest = rows.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), heading);
    return Math.min(WIDEST, widest) + 3;
  });
}

/** Stands for the rows out of sight. */
const Gap = ({ height, columns }: { height: number; columns: number }): ReactElement | null =>
  height <= 0 ? null : (
    <tr aria-hidden="true" className="gap">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );

const isNumber = (field: ReportField | undefined): boolean =>
  field !== undefined && ['number', 'size', 'percent'].includes(field.type);

interface HeadingProps {
  readonly column: string;
  readonly field: ReportField | undefined;
  readonly shape: ReportShape;
  readonly onChange: (shape: ReportShape) => void;
}

/** Sorts when pressed, with Shift as one more key; Alt and the arrows, or dragging, move it. */
function Heading({ column, field, shape, onChange }: HeadingProps): ReactElement {
  const rank = shape.keys.findIndex((key) => key.field === column);
  const key = shape.keys[rank];
  const sign = key?.descending ? '▼' : '▲';
  const order = key?.descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      className={isNumber(field) ? 'number' : ''}
      {...(rank === 0 ? { 'aria-sort': order } : {})}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', column);
      }}
      onDragOver={(event) => {
        event.preventDefault();
      }}
      onDrop={(event) => {
        drop(event, column, shape, onChange);
      }}
    >
      <button
        type="button"
        title={`${column}: ${field?.about ?? ''}`}
        onClick={(event) => {
          onChange(sortedBy(shape, column, event.shiftKey));
        }}
        onKeyDown={(event) => {
          moveByKey(event, column, shape, onChange);
        }}
      >
        {field?.heading ?? column}
        {key && (
          <span className="order" aria-hidden="true">
            {sign}
            {shape.keys.length > 1 ? rank + 1 : ''}
          </span>
        )}
      </button>
    </th>
  );
}

function drop(
  event: DragEvent,
  onto: string,
  shape: ReportShape,
  onChange: (shape: ReportShape) => void,
): void {
  event.preventDefault();
  const column = event.dataTransfer.getData('text/plain');
  const [from, to] = [shape.columns.indexOf(column), shape.columns.indexOf(onto)];
  if (from >= 0) onChange(moved(shape, column, to - from));
}

function moveByKey(
  event: KeyboardEvent,
  column: string,
  shape: ReportShape,
  onChange: (shape: ReportShape) => void,
): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by === undefined || !event.altKey) return;
  event.preventDefault();
  onChange(moved(shape, column, by));
}

interface RowProps {
  readonly index: number;
  readonly cells: readonly string[];
  readonly shape: ReportShape;
  readonly known: Known;
}

function Row({ index, cells, shape, known }: RowProps): ReactElement {
  const value = (column: string): string | undefined => cells[shape.columns.indexOf(column)];
  return (
    <tr aria-rowindex={index + 2} className={index % 2 === 0 ? '' : 'odd'}>
      {shape.columns.map((column, at) => (
        <td
          key={column}
          className={isNumber(known.get(column)) ? 'number' : ''}
          title={(cells[at]?.length ?? 0) > WIDEST ? cells[at] : undefined}
        >
          <Cell text={cells[at] ?? ''} subject={subjectOf(column, cells[at] ?? '', value)} />
        </td>
      ))}
    </tr>
  );
}

/** What a name stands for; a volume only where the row says in which group. */
function subjectOf(
  column: string,
  text: string,
  value: (column: string) => string | undefined,
): Subject | undefined {
  const name = text.replace(/^\[(.*)\]$/, '$1');
  if (name === '') return undefined;
  if (column === 'vg_name') return { kind: 'vg', id: name };
  if (column === 'pv_name') return name.startsWith('/') ? { kind: 'pv', id: name } : undefined;
  const vg = value('vg_name');
  return column === 'lv_name' && vg ? { kind: 'lv', id: `${vg}/${name}` } : undefined;
}

function Cell({ text, subject }: { text: string; subject: Subject | undefined }): ReactElement {
  const select = useStudio((studio) => studio.select);
  if (!subject) return <>{text}</>;
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        select(subject);
      }}
    >
      {text}
    </button>
  );
}
