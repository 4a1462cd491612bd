/** For screen readers: what fails, and every tenth of a sync; the eyes see it on the map. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { mirrorName } from '../state/mirrors.ts';
import { newsOf } from './mirror-words.ts';

export function MirrorNews({ lab }: { lab: LabState }): ReactElement {
  const before = useRef(lab.mirrors);
  const [news, setNews] = useState('');
  useEffect(() => {
    const known = new Map(before.current.map((mirror) => [keyOf(mirror), mirror]));
    const found = lab.mirrors.flatMap(
      (mirror) => newsOf(known.get(keyOf(mirror)), mirror, mirrorName(lab, mirror)) ?? [],
    );
    before.current = lab.mirrors;
    if (found.length > 0) setNews(found.join(' '));
  }, [lab]);
  return (
    <p className="for-readers" aria-live="polite">
      {news}
    </p>
  );
}

const keyOf = ({ device, start }: MirrorState): string => `${device} ${start}`;
