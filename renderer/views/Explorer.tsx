/** What exists: groups with their volumes and PVs, and PVs that belong to no group. */
import {
  memo,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  type RefObject,
} from 'react';
import {
  Button,
  ListLayout,
  Tree,
  TreeItem,
  TreeItemContent,
  Virtualizer,
} from 'react-aria-components';
import type { LabState } from '../../core/contract/state.ts';
import { relatedVolumes } from '../state/snapshots.ts';
import { useStudio } from '../state/store.ts';
import { keyOf, subjectOf } from '../state/subjects.ts';
import { fillPercent } from '../viz/chunk-cells.ts';
import { syncPercent } from '../viz/region-cells.ts';
import { ExplorerFilter } from './ExplorerFilter.tsx';
import { filtered, matchOf, rowsOf, type Row } from './explorer-rows.ts';

/** Pixels, as in the style sheet. Rows that are not in sight are not in the page. */
const ROW_HEIGHT = 24;

export function Explorer(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const [wanted, setWanted] = useState('');
  const tree = useRef<HTMLDivElement>(null);
  const rows = useRows(lab);
  const found = useMemo(() => filtered(rows, wanted), [rows, wanted]);
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  return (
    <div className="explorer-region">
      <ExplorerFilter
        wanted={wanted}
        found={found}
        onChange={setWanted}
        onLeave={() => {
          tree.current?.querySelector<HTMLElement>('[role="row"]')?.focus();
        }}
      />
      <div className="explorer-head" aria-hidden="true">
        <span>Name</span>
        <span>Size</span>
        <span>Attr</span>
      </div>
      {found.rows.length === 0 && <p className="empty">No name contains “{wanted}”.</p>}
      <div className="explorer-rows" ref={tree}>
        <Rows rows={found.rows} wanted={wanted} />
      </div>
    </div>
  );
}

/** The same ones while nothing of them changes: many a thing happens in a lab that no row says. */
function useRows(lab: LabState | undefined): readonly Row[] {
  const last = useRef<{ readonly of: readonly unknown[]; readonly rows: readonly Row[] }>(
    undefined,
  );
  if (!lab) return NONE;
  const percents = lab.mirrors.map((one) => `${one.device} ${syncPercent(one)}`).join();
  const fills = lab.snapshots.map(
    (one) => `${one.device} ${Math.floor(fillPercent(one))} ${one.condition}`,
  );
  const of = [lab.disks, lab.vgs, lab.orphans, percents, fills.join()];
  if (!last.current?.of.every((one, index) => one === of[index])) {
    last.current = { of, rows: rowsOf(lab) };
  }
  return last.current.rows;
}

const NONE: readonly Row[] = [];

interface RowsProps {
  readonly rows: readonly Row[];
  readonly wanted: string;
}

const Rows = memo(function Rows({ rows, wanted }: RowsProps): ReactElement {
  const selected = useStudio((studio) => studio.selected);
  const select = useStudio((studio) => studio.select);
  const related = useStudio(({ lab }) => (lab ? relatedVolumes(lab, selected).join(' ') : ''));
  // Kept are those that were folded: a group that is new is open.
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const groups = rows.filter(({ children }) => children.length > 0).map(({ key }) => key);
  // A match in a folded group must be seen.
  const open = wanted === '' ? groups.filter((key) => !folded.has(key)) : groups;
  const box = useRef<HTMLDivElement>(null);
  useInSight(box, selected && keyOf(selected), () =>
    rows.flatMap(({ key, children }) => [key, ...(open.includes(key) ? children : []).map(keyIn)]),
  );
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: ROW_HEIGHT }}>
      <Tree
        ref={box}
        aria-label="Explorer"
        className="explorer"
        selectionMode="single"
        selectionBehavior="replace"
        dependencies={[wanted, related]}
        selectedKeys={selected ? [keyOf(selected)] : []}
        expandedKeys={open}
        onExpandedChange={(keys) => {
          if (wanted === '') setFolded(new Set(groups.filter((key) => !keys.has(key))));
        }}
        onSelectionChange={(keys) => {
          const key = keys === 'all' ? undefined : [...keys][0];
          if (key !== undefined) select(subjectOf(String(key)));
        }}
      >
        {rows.map((row) => item(row, wanted, new Set(related.split(' '))))}
      </Tree>
    </Virtualizer>
  );
});

const keyIn = ({ key }: Row): string => key;

/** What is selected anywhere is to be seen here. @param shown keys of all rows, from the top. */
function useInSight(
  box: RefObject<HTMLDivElement | null>,
  selected: string | undefined,
  shown: () => readonly string[],
): void {
  const keys = useEffectEvent(shown);
  useEffect(() => {
    const index = selected === undefined ? -1 : keys().indexOf(selected);
    if (!box.current || index < 0) return;
    const { scrollTop, clientHeight } = box.current;
    const top = index * ROW_HEIGHT;
    if (top >= scrollTop && top + ROW_HEIGHT <= scrollTop + clientHeight) return;
    box.current.scrollTop = Math.max(0, top - clientHeight / 2);
  }, [box, selected]);
}

/** @param related volumes that stand with the selection, as `vg/lv` */
function item(row: Row, wanted: string, related: ReadonlySet<string>): ReactElement {
  const note = row.note === undefined ? '' : ` (${row.note})`;
  return (
    <TreeItem
      key={row.key}
      id={row.key}
      className={related.has(row.key.replace(/^lv:/, '')) ? 'related' : ''}
      textValue={`${row.name}${note} ${row.size} ${row.attr}`}
      onHoverChange={(over) => {
        useStudio.getState().hover(over ? subjectOf(row.key) : undefined);
      }}
    >
      <TreeItemContent>
        <Button slot="chevron" className="chevron">
          ▸
        </Button>
        <span className={row.missing ? 'name missing' : 'name'}>
          {wanted === '' ? shortened(row.name) : marked(row.name, wanted)}
          <span className="note">{note}</span>
        </span>
        <span className="size">{row.size}</span>
        <span className="attr">{row.attr}</span>
      </TreeItemContent>
      {row.children.map((child) => item(child, wanted, related))}
    </TreeItem>
  );
}

/** Characters of a name that stay: parts of one volume differ at the end. */
const END = 6;

/** Where there is no room for it the middle is left out. */
const shortened = (name: string): ReactElement => (
  <>
    <span className="head">{name.slice(0, -END)}</span>
    <span className="end">{name.slice(-END)}</span>
  </>
);

function marked(name: string, wanted: string): ReactElement {
  const match = matchOf(name, wanted);
  if (!match) return <>{name}</>;
  const [from, to] = match;
  return (
    <>
      {name.slice(0, from)}
      <mark>{name.slice(from, to)}</mark>
      {name.slice(to)}
    </>
  );
}
