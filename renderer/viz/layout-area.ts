/** Where the texts of a metadata area lie in its buffer, to scale. Pure arithmetic. */
import { scaleLinear } from 'd3';
import type { MetadataAreaState, TextState } from '../../core/contract/metadata.ts';

/** A piece of a text; one that passes the end of the buffer has two. */
export interface TextPiece {
  readonly text: TextState;
  /** Pixels from the left; never widened. */
  readonly x: number;
  readonly width: number;
  /** It goes on at the start of the buffer, or comes from its end. */
  readonly wraps: boolean;
}

/** A strip: bytes `from` up to `to` of the area over the whole width. */
export interface AreaStrip {
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly TextPiece[];
  /** The header's sector, where it is inside. */
  readonly header: { readonly x: number; readonly width: number };
  readonly ticks: readonly { readonly byte: number; readonly x: number }[];
}

export interface AreaLayout {
  readonly whole: AreaStrip;
  /** The used part alone, where it is too small a share of the whole to be seen. */
  readonly lens?: AreaStrip & {
    /** Where the lens's bytes lie on the whole strip, in pixels. */
    readonly span: readonly [number, number];
  };
}

const HEADER = 512;
/** A used part larger than this share is seen well enough. */
const SEEN = 0.4;
/** Room of a number below the strip, in pixels. */
const TICK_ROOM = 80;

export function layoutArea(
  area: Pick<MetadataAreaState, 'size' | 'texts'>,
  widthPx: number,
): AreaLayout {
  const whole = strip(area, 0, area.size, widthPx);
  const ends = area.texts.flatMap((text) => piecesOf(text, area.size).map(([, end]) => end));
  const used = Math.max(HEADER, ...ends);
  // Rounded up, so that the end of the last text is seen as one.
  const to = Math.min(area.size, Math.ceil((used * 1.05) / 4096) * 4096);
  if (area.texts.length === 0 || to / area.size > SEEN) return { whole };
  const scale = scaleLinear([0, area.size], [0, widthPx]);
  return { whole, lens: { ...strip(area, 0, to, widthPx), span: [0, scale(to)] } };
}

function strip(
  area: Pick<MetadataAreaState, 'size' | 'texts'>,
  from: number,
  to: number,
  widthPx: number,
): AreaStrip {
  const scale = scaleLinear([from, to], [0, widthPx]);
  const pieces = area.texts.flatMap((text) => {
    const parts = piecesOf(text, area.size);
    return parts.map(([start, end]) => ({
      text,
      x: scale(start),
      width: scale(end) - scale(start),
      wraps: parts.length > 1,
    }));
  });
  return {
    from,
    to,
    pieces,
    header: { x: scale(0), width: scale(HEADER) - scale(0) },
    ticks: ticksOf(to, widthPx).map((byte) => ({ byte, x: scale(byte) })),
  };
}

/** Whole sectors, at round distances of powers of two; the end always. */
function ticksOf(to: number, widthPx: number): readonly number[] {
  const most = Math.max(1, Math.floor(widthPx / TICK_ROOM));
  let step = HEADER;
  while (to / step > most) step *= 2;
  const ticks: number[] = [];
  for (let byte = 0; byte < to - step / 2; byte += step) ticks.push(byte);
  return [...ticks, to];
}

/** From and up to, in bytes of the area: past its end a text goes on at 512 (reference 1.7). */
export function piecesOf(
  { offset, size }: Pick<TextState, 'offset' | 'size'>,
  areaSize: number,
): readonly (readonly [from: number, to: number])[] {
  const end = offset + size;
  if (end <= areaSize) return [[offset, end]];
  return [
    [offset, areaSize],
    [HEADER, HEADER + end - areaSize],
  ];
}
