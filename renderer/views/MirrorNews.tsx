/** For screen readers: what fails, and every tenth of a sync. */
import { useCallback, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { mirrorKey } from '../state/copy-rates.ts';
import { mirrorName } from '../state/mirrors.ts';
import { newsOf } from './mirror-words.ts';
import { News } from './News.tsx';

export function MirrorNews({ lab }: { lab: LabState }): ReactElement {
  const words = useCallback(
    (before: MirrorState | undefined, after: MirrorState) =>
      newsOf(before, after, mirrorName(lab, after)),
    [lab],
  );
  return <News all={lab.mirrors} keyOf={mirrorKey} newsOf={words} />;
}
