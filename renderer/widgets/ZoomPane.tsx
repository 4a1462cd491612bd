/** A drawing that may be larger than its place: scroll bars, dragging and keys lead over it. */
import type { KeyboardEvent, ReactElement, ReactNode, RefObject } from 'react';
import { Button, Toolbar } from 'react-aria-components';
import { stepped, type Zoom } from '../viz/zoom.ts';
import type { Size } from './use-size.ts';
import { dragPaper, useZoomInput } from './use-zoom-input.ts';

interface Props {
  readonly label: string;
  /** Of the drawing at full size, in pixels. */
  readonly drawing: Size;
  /** What the zoom comes to now. */
  readonly scale: number;
  readonly onZoom: (zoom: Zoom) => void;
  /** Further buttons of the bar. */
  readonly tools: ReactNode;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
  /** The drawing, in its own coordinates. */
  readonly children: ReactNode;
}

export function ZoomPane(props: Props): ReactElement {
  const { label, drawing, scale, onZoom, tools, box, onKeyDown, children } = props;
  useZoomInput(box, scale, onZoom);
  return (
    <div className="zoom">
      <Toolbar className="zoom-bar" aria-label={`View of the ${label.toLowerCase()}`}>
        {tools}
        <span className="spring" />
        <Steps scale={scale} onZoom={onZoom} />
      </Toolbar>
      <div
        className="zoom-pane"
        role="group"
        aria-label={label}
        ref={box}
        onPointerDown={dragPaper}
        onKeyDown={(event) => {
          const wanted = zoomOf(event.key, scale);
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (wanted === undefined) {
            onKeyDown(event);
            return;
          }
          event.preventDefault();
          onZoom(wanted);
        }}
      >
        <svg
          width={drawing.width * scale}
          height={drawing.height * scale}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        >
          {children}
        </svg>
      </div>
    </div>
  );
}

/** Undefined: not a key of the zoom. */
function zoomOf(key: string, scale: number): Zoom | undefined {
  switch (key) {
    case '+':
    case '=':
      return stepped(scale, true);
    case '-':
      return stepped(scale, false);
    case '1':
      return 1;
    case '0':
      return 'fit';
    default:
      return undefined;
  }
}

function Steps({ scale, onZoom }: { scale: number; onZoom: (zoom: Zoom) => void }): ReactElement {
  const button = (name: string, zoom: Zoom, text: string): ReactElement => (
    <Button
      className="quiet"
      aria-label={name}
      onPress={() => {
        onZoom(zoom);
      }}
    >
      {text}
    </Button>
  );
  return (
    <>
      {button('Farther', stepped(scale, false), '−')}
      <span className="scale">{Math.round(scale * 100)} %</span>
      {button('Nearer', stepped(scale, true), '+')}
      {button('1:1, full size', 1, '1:1')}
      {button('Fit all', 'fit', 'Fit')}
    </>
  );
}
