/** The zoom of a drawing: its numbers, and the pane that is steered by them. */
import { act, createRef, useState, type ReactElement } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { LARGEST, scaleOf, SMALLEST, stepped, within, type Zoom } from '../../renderer/viz/zoom.ts';
import { ZoomPane } from '../../renderer/widgets/ZoomPane.tsx';
import { FakeBridge } from './support/bridge.ts';
import { lab } from './support/lab.ts';
import { clear, click, one, show } from './support/screen.tsx';

describe('the scale', () => {
  const pane = { width: 400, height: 300 };

  test('steps go up and down the same stairs, and meet 1 exactly', () => {
    let scale = SMALLEST;
    const up: number[] = [];
    for (let n = 0; n < 30 && scale < LARGEST; n++) up.push((scale = stepped(scale, true)));
    expect(up).toContain(1);
    expect(up.at(-1)).toBe(LARGEST);
    const down: number[] = [];
    for (let n = 0; n < 30 && scale > SMALLEST; n++) down.push((scale = stepped(scale, false)));
    expect(down).toContain(1);
    expect(down.at(-1)).toBe(SMALLEST);
    for (const [from, to] of [
      [0.99, 1],
      [0.9, 1],
    ] as const) {
      expect(stepped(from, true)).toBeCloseTo(to, 9);
    }
    expect(stepped(1.01, false)).toBeCloseTo(1, 9);
  });

  test('"fit" shows all of a drawing, and does not blow up a small one', () => {
    expect(scaleOf('fit', { width: 800, height: 300 }, pane)).toBe(0.5);
    expect(scaleOf('fit', { width: 400, height: 900 }, pane)).toBeCloseTo(1 / 3, 9);
    expect(scaleOf('fit', { width: 100, height: 100 }, pane)).toBe(1);
    expect(scaleOf('fit', { width: 99999, height: 9 }, pane)).toBe(SMALLEST);
    expect(scaleOf('fit', { width: 0, height: 0 }, pane)).toBe(1);
  });

  test('a number is kept within its limits', () => {
    expect([0, 0.5, 7].map(within)).toEqual([SMALLEST, 0.5, LARGEST]);
    expect(scaleOf(9, pane, pane)).toBe(LARGEST);
  });
});

describe('the pane', () => {
  const wished: Zoom[] = [];
  const keys: string[] = [];
  const box = createRef<HTMLDivElement>();

  function Pane(): ReactElement {
    const [zoom, setZoom] = useState<Zoom>(1);
    const drawing = { width: 1000, height: 500 };
    return (
      <ZoomPane
        label="Drawing"
        drawing={drawing}
        scale={scaleOf(zoom, drawing, { width: 500, height: 400 })}
        onZoom={(next) => {
          wished.push(next);
          setZoom(next);
        }}
        tools={null}
        box={box}
        onKeyDown={({ key }) => keys.push(key)}
      >
        <g role="button" />
      </ZoomPane>
    );
  }
  const width = (): string | null | undefined =>
    document.querySelector('svg')?.getAttribute('width');
  const press = (key: string, more: KeyboardEventInit = {}): void => {
    act(() => {
      one('group', 'Drawing').dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, ...more }),
      );
    });
  };

  afterEach(() => {
    clear();
    wished.length = 0;
    keys.length = 0;
  });

  test('keys: nearer, farther, full size, all of it; others are for the drawing', async () => {
    await show(<Pane />, new FakeBridge(lab));
    press('+');
    expect(width()).toBe('1250');
    press('-');
    press('-');
    expect(width()).toBe('800');
    press('0');
    expect([width(), wished.at(-1)]).toEqual(['500', 'fit']);
    press('1');
    expect(width()).toBe('1000');
    press('ArrowLeft');
    press('+', { ctrlKey: true });
    expect(keys).toEqual(['ArrowLeft']);
    expect(width()).toBe('1000');
  });

  test('buttons do the same', async () => {
    await show(<Pane />, new FakeBridge(lab));
    await click(one('button', 'Nearer'));
    await click(one('button', 'Fit all'));
    await click(one('button', '1:1, full size'));
    await click(one('button', 'Farther'));
    expect(wished).toEqual([1.25, 'fit', 1, 0.8]);
    expect(document.querySelector('.scale')?.textContent).toBe('80 %');
  });

  test('the wheel zooms with Ctrl only', async () => {
    await show(<Pane />, new FakeBridge(lab));
    const turn = (ctrlKey: boolean): boolean => {
      const event = new WheelEvent('wheel', { deltaY: -100, bubbles: true, cancelable: true });
      Object.defineProperty(event, 'ctrlKey', { value: ctrlKey });
      act(() => {
        box.current?.dispatchEvent(event);
      });
      return event.defaultPrevented;
    };
    expect(turn(false)).toBe(false);
    expect(wished).toEqual([]);
    expect(turn(true)).toBe(true);
    expect(wished[0]).toBeCloseTo(Math.exp(0.2), 9);
  });
});
