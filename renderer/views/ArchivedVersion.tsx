/** One kept version: what restoring it would change, and its text. */
import { useMemo, useState, type ReactElement } from 'react';
import { Button, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { BackupFile } from '../../core/contract/metadata.ts';
import { useStudio } from '../state/store.ts';
import { folded, lineDiff } from '../viz/line-diff.ts';
import { comparableLines, readable } from '../viz/metadata-lines.ts';
import { useAnswer } from '../widgets/use-answer.ts';
import { DiffLines } from './DiffLines.tsx';
import { Failure } from './Metadata.tsx';
import { MetadataText } from './MetadataText.tsx';
import { restoredVolumes } from './restored-volumes.ts';

export function ArchivedVersion({ file }: { file: BackupFile }): ReactElement {
  const [shown, setShown] = useState<'difference' | 'text'>('difference');
  const exists = useStudio(({ lab }) => lab?.vgs.some(({ name }) => name === file.vg) ?? false);
  const openAction = useStudio((studio) => studio.openAction);
  const kept = useAnswer('backupText', [file.path]);
  const now = useAnswer('vgMetadata', exists ? [file.vg] : undefined);
  if (kept.value === undefined) return <Failure lines={kept.failure} />;
  const text = kept.value;
  return (
    <section className="archived" aria-label="Version">
      <div className="view-bar">
        <ToggleButtonGroup
          aria-label="What is shown"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[shown]}
          onSelectionChange={(keys) => {
            setShown(keys.has('text') ? 'text' : 'difference');
          }}
        >
          <ToggleButton id="difference" className="quiet toggle">
            Difference
          </ToggleButton>
          <ToggleButton id="text" className="quiet toggle">
            Text
          </ToggleButton>
        </ToggleButtonGroup>
        <span className="about">{file.path}</span>
        <span className="spring" />
        <Button
          className="primary"
          onPress={() => {
            openAction('restore-group');
          }}
        >
          Restore…
        </Button>
      </div>
      {shown === 'text' ? (
        <MetadataText label={`Text of ${file.path}`} text={text} about="" />
      ) : (
        <Difference vg={file.vg} exists={exists} now={now.value?.asBackup} then={text} />
      )}
    </section>
  );
}

interface DifferenceProps {
  readonly vg: string;
  readonly exists: boolean;
  /** Undefined: there is none, or it has not come yet. */
  readonly now: string | undefined;
  readonly then: string;
}

function Difference({ vg, exists, now, then }: DifferenceProps): ReactElement {
  const lines = useMemo(() => {
    const [before, after] = [now ?? '', then].map((one) => comparableLines(readable(one)));
    return { before: before ?? [], after: after ?? [] };
  }, [now, then]);
  const rows = useMemo(() => lineDiff(lines.before, lines.after), [lines]);
  const shown = useMemo(() => folded(rows), [rows]);
  const volumes = useMemo(() => restoredVolumes(lines.before, lines.after), [lines]);
  const changes = rows.filter(({ kind }) => kind !== 'same').length;
  const count = changes === 1 ? '1 line' : `${changes} lines`;
  return (
    <div className="difference">
      <p className="summary">
        {exists
          ? changes === 0
            ? `${vg} is like this now, but for the sequence number.`
            : `Restoring it changes ${count} of ${vg}.`
          : `${vg} is gone: restoring brings all of it back.`}
      </p>
      <dl className="restored">
        {volumes.map(({ title, names }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{names.join(', ')}</dd>
          </div>
        ))}
      </dl>
      <DiffLines label={`Difference of ${vg} from now`} rows={shown} />
    </div>
  );
}
