import type { ReactElement } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import { syncPercent } from '../viz/region-cells.ts';
import { syncWords } from './mirror-words.ts';

interface Props {
  readonly mirror: MirrorState;
  readonly name: string;
}

/** How much of a mirror is the same on all legs. */
export function SyncBar({ mirror, name }: Props): ReactElement {
  return (
    <ProgressBar
      className="sync-bar"
      aria-label={`Sync of ${name}`}
      value={mirror.inSync}
      maxValue={Math.max(1, mirror.regions)}
      valueLabel={syncWords(mirror)}
    >
      <span className="track">
        <span className="fill" style={{ width: `${syncPercent(mirror)}%` }} />
      </span>
      <span>{syncWords(mirror)}</span>
    </ProgressBar>
  );
}
