/** Above a map on which extents move: whether they are seen to, and what the marks mean. */
import type { ReactElement } from 'react';
import { MotionToggle } from '../widgets/PictureTools.tsx';

interface Props {
  readonly motion: boolean;
  readonly onMotion: (on: boolean) => void;
}

const MARKS = [
  ['▸', 'front: up to here all has arrived'],
  ['▼', 'write ahead of it: to the source'],
  ['○', 'write at it: waits'],
  ['▮', 'write behind it: to both'],
] as const;

export function MoveTools({ motion, onMotion }: Props): ReactElement {
  return (
    <div className="tools move-tools" role="toolbar" aria-label="View of the move">
      <MotionToggle on={motion} onChange={onMotion} />
      <ul className="region-legend" aria-label="Legend of the move">
        {MARKS.map(([mark, meaning]) => (
          <li key={mark}>
            <span aria-hidden="true">{mark}</span> {meaning}
          </li>
        ))}
      </ul>
    </div>
  );
}
