/** The circular buffer of a metadata area, to scale, and its texts as a table. */
import { useId, useMemo, type ReactElement } from 'react';
import type { MetadataAreaState, TextState } from '../../core/contract/metadata.ts';
import { layoutArea, type AreaLayout, type AreaStrip } from '../viz/layout-area.ts';
import { useWidth } from '../widgets/use-width.ts';
import { momentText } from '../widgets/moment-text.ts';

interface Props {
  readonly area: MetadataAreaState;
  /** For screen readers: `metadata area 1 of /dev/sda`. */
  readonly name: string;
}

/** Heights in pixels. */
const BAR = 26;
const NUMBERS = 18;
const FUNNEL = 26;
const SPLIT = BAR + NUMBERS;
/** Widest names that are still told apart need this. */
const LABEL_ROOM = 62;
const SHORT_ROOM = 22;
const NARROWEST = 240;
/** The strokes of the outermost pieces. */
const EDGE = 2;

export function AreaMap({ area, name }: Props): ReactElement {
  const [box, width] = useWidth();
  const layout = useMemo(() => layoutArea(area, Math.max(NARROWEST, width - EDGE)), [area, width]);
  return (
    <div className="area-map" ref={box}>
      <Drawing layout={layout} name={name} width={Math.max(NARROWEST, width)} />
      {area.texts.length === 0 ? (
        <p className="empty">No text has ever been written here.</p>
      ) : (
        <Texts texts={area.texts} />
      )}
    </div>
  );
}

interface DrawingProps {
  readonly layout: AreaLayout;
  readonly name: string;
  readonly width: number;
}

function Drawing({ layout, name, width }: DrawingProps): ReactElement {
  const hatch = useId();
  const { whole, lens } = layout;
  const top = SPLIT + FUNNEL;
  const height = lens ? top + SPLIT : SPLIT;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`${-EDGE / 2} 0 ${width} ${height}`}
      role="img"
      aria-label={`Buffer of ${name}, to scale; the table below has the same texts`}
    >
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M0,6 L6,0" className="hatch" />
        </pattern>
      </defs>
      <Strip strip={whole} hatch={hatch} />
      {lens && (
        <>
          <path
            className="funnel"
            d={`M0,${SPLIT} L0,${top} L${width - EDGE},${top} L${lens.span[1]},${SPLIT} Z`}
          />
          <g transform={`translate(0,${top})`}>
            <Strip strip={lens} hatch={hatch} />
          </g>
        </>
      )}
    </svg>
  );
}

function Strip({ strip, hatch }: { strip: AreaStrip; hatch: string }): ReactElement {
  const end = strip.ticks.at(-1)?.x ?? 0;
  return (
    <>
      <rect className="buffer" width={end} height={BAR} />
      {strip.pieces.map(({ text, x, width, wraps }, index) => (
        <g key={index} className={`text-piece ${text.kind} ${text.checksum}`}>
          <title>{describe(text)}</title>
          {width < 1 ? (
            <rect className="tick" x={x} y={BAR / 2} width={1} height={BAR / 2} />
          ) : (
            <>
              <rect x={x} y={1} width={width} height={BAR - 2} />
              {text.kind === 'older' && (
                <rect
                  className="hatched"
                  x={x}
                  y={1}
                  width={width}
                  height={BAR - 2}
                  style={{ fill: `url(#${hatch})` }}
                />
              )}
              {text.checksum === 'wrong' && (
                <path d={`M${x},1 l${width},${BAR - 2} m0,${2 - BAR} l${-width},${BAR - 2}`} />
              )}
            </>
          )}
          {width >= SHORT_ROOM && (
            <text x={x + 4} y={BAR / 2 + 4}>
              {width >= LABEL_ROOM ? `seqno ${text.seqno ?? '?'}` : (text.seqno ?? '?')}
              {wraps && width >= LABEL_ROOM + 12 ? ' ↻' : ''}
            </text>
          )}
        </g>
      ))}
      <rect className="head" x={0} width={Math.max(1, strip.header.width)} height={BAR} />
      {strip.ticks.map(({ byte, x }, index) => (
        <text
          key={byte}
          className="tick-text"
          x={x}
          y={BAR + 13}
          textAnchor={anchorOf(index, strip.ticks.length)}
        >
          {placeText(byte)}
        </text>
      ))}
    </>
  );
}

const anchorOf = (index: number, count: number): 'start' | 'middle' | 'end' => {
  if (index === 0) return 'start';
  return index === count - 1 ? 'end' : 'middle';
};

const placeText = (byte: number): string =>
  byte < 4096 && byte % 1024 !== 0 ? `${byte}` : `${(byte / 1024).toLocaleString('en')} K`;

const KINDS: Readonly<Record<TextState['kind'], string>> = {
  committed: 'committed: valid now',
  precommitted: 'precommitted: on its way',
  older: 'older',
};

/** What is valid first, then back through the past. */
const newestFirst = (a: TextState, b: TextState): number =>
  Number(a.kind === 'older') - Number(b.kind === 'older') || (b.seqno ?? 0) - (a.seqno ?? 0);

const CHECKSUMS: Readonly<Record<TextState['checksum'], string>> = {
  ok: '✓ fits',
  wrong: '✗ does not fit',
  none: '–',
};

const describe = (text: TextState): string =>
  `seqno ${text.seqno ?? 'unknown'}, ${KINDS[text.kind]}, ${text.size} bytes at ${text.offset}`;

function Texts({ texts }: { texts: readonly TextState[] }): ReactElement {
  return (
    <table className="texts">
      <thead>
        <tr>
          <th scope="col" className="number">
            Seqno
          </th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Offset
          </th>
          <th scope="col" className="number">
            Bytes
          </th>
          <th scope="col">Checksum</th>
          <th scope="col">Written</th>
        </tr>
      </thead>
      <tbody>
        {texts.toSorted(newestFirst).map((text) => (
          <tr key={`${text.kind} ${text.offset}`} className={text.kind}>
            <td className="number">{text.seqno ?? '?'}</td>
            <td>
              {KINDS[text.kind]}
              {text.kind === 'older' && !text.whole ? ', in part written over' : ''}
            </td>
            <td className="number">{text.offset}</td>
            <td className="number">{text.size}</td>
            <td className={text.checksum === 'wrong' ? 'missing' : ''}>
              {CHECKSUMS[text.checksum]}
            </td>
            <td>
              {text.time === undefined ? '' : momentText(text.time)} {text.description ?? ''}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
