/** What the cells of an exception map mean, painted as they are painted there. */
import { useCallback, type ReactElement } from 'react';
import { AGES, type ChunkKind } from '../viz/chunk-cells.ts';
import { drawChunkCell, type CellLook } from '../viz/draw-chunks.ts';
import { usePainting, type Paint } from '../widgets/use-painting.ts';
import { ageWords, KIND_WORDS } from './snapshot-words.ts';

const SIZE = 16;

const LOOKS: readonly (readonly [string, CellLook])[] = [
  [KIND_WORDS.shared, { kind: 'shared', age: 0, kept: 0 }],
  ...Array.from({ length: AGES }, (_, age): readonly [string, CellLook] => [
    `kept, ${ageWords(age)}`,
    { kind: 'kept', age, kept: 1 },
  ]),
  ['partly kept', { kind: 'kept', age: 1, kept: 0.5 }],
  ...(['copying', 'recording', 'merging'] as const).map(
    (kind: ChunkKind): readonly [string, CellLook] => [KIND_WORDS[kind], { kind, age: 0, kept: 0 }],
  ),
];

export const ChunkLegend = (): ReactElement => (
  <ul className="region-legend" aria-label="Legend">
    {LOOKS.map(([words, look]) => (
      <li key={words}>
        <Sample look={look} /> {words}
      </li>
    ))}
    <li>
      <span aria-hidden="true">⌒</span> last exceptions: from the origin to their place in the store
    </li>
  </ul>
);

function Sample({ look }: { look: CellLook }): ReactElement {
  const paint = useCallback<Paint>(
    (context, palette, ratio) => {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, SIZE, SIZE);
      drawChunkCell(context, { x: 0, y: 0, width: SIZE, height: SIZE }, look, palette);
    },
    [look],
  );
  const canvas = usePainting(SIZE, SIZE, paint);
  return <canvas ref={canvas} aria-hidden="true" />;
}
