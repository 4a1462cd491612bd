/** Every kept version of every group: what it holds, how it differs from now, and its way back. */
import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import { Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components';
import { useStudio } from '../state/store.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import { useAnswer } from '../widgets/use-answer.ts';
import { archiveGroups, type ArchiveGroup } from './archive-rows.ts';
import { ArchivedVersion } from './ArchivedVersion.tsx';
import { Failure } from './Metadata.tsx';

/** Of each group; older ones are still there for `vgcfgrestore --list`. */
const MOST_ROWS = 100;

export function Archives(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  const { value, failure } = useAnswer('backupFiles', []);
  const groups = useMemo(() => (value && lab ? archiveGroups(value, lab) : []), [value, lab]);
  if (!value || !lab) return <Failure lines={failure} />;
  if (groups.length === 0) {
    return <p className="empty">No version has been kept yet: the first change makes one.</p>;
  }
  const path = selected?.kind === 'backup' ? selected.id : undefined;
  const file = value.find((one) => one.path === path);
  return (
    <div className="archives">
      <div className={file ? 'panes' : 'panes unchosen'}>
        <ArchiveList groups={groups} path={path} />
        {file ? (
          <ArchivedVersion key={file.path} file={file} />
        ) : (
          <p className="empty">Select a version to see what it holds.</p>
        )}
      </div>
    </div>
  );
}

interface ListProps {
  readonly groups: readonly ArchiveGroup[];
  readonly path: string | undefined;
}

function ArchiveList({ groups, path }: ListProps): ReactElement {
  const select = useStudio((studio) => studio.select);
  const box = useRef<HTMLDivElement>(null);
  // The list shrinks when a version opens beside it: what was chosen must not fall out of sight.
  // A frame later: the list makes its rows after it was shown.
  useEffect(
    () =>
      inNextFrame(() => {
        box.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' });
      }),
    [path],
  );
  return (
    <ListBox
      ref={box}
      className="archive-list"
      aria-label="Kept versions"
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={path === undefined ? [] : [path]}
      onSelectionChange={(keys) => {
        const key = keys === 'all' ? undefined : [...keys][0];
        if (key !== undefined) select({ kind: 'backup', id: String(key) });
      }}
    >
      {groups.map((group) => (
        <ListBoxSection key={group.vg} id={group.vg}>
          <Header>
            {group.vg} {group.gone && <span className="missing">not found on any disk</span>}
          </Header>
          {group.rows.slice(0, MOST_ROWS).map(({ file, title, about }) => (
            <ListBoxItem key={file.path} id={file.path} textValue={`${title} ${about}`}>
              <span className="title">{title} </span>
              <span className="note">{about}</span>
            </ListBoxItem>
          ))}
        </ListBoxSection>
      ))}
    </ListBox>
  );
}
