/** The lines from a device to those it maps: never behind a card, always through the gaps. */
import { path as newPath } from 'd3';
import type { DmDeviceState } from '../../core/contract/state.ts';
import { CARD_GAP, CARD_WIDTH, LINE_GAP } from './device-cards.ts';
import type { Card } from './layout-device-tree.ts';

export interface Link {
  readonly from: string;
  readonly to: string;
  /** SVG path data. */
  readonly path: string;
}

/** How far above the disks links run sideways, in pixels. */
const LANE = 18;
const RADIUS = 6;
/** Links in one gap run beside each other, this far apart, in this many tracks. */
const TRACK = 3;
const TRACKS = 5;

export function routeLinks(
  devices: readonly DmDeviceState[],
  cards: readonly Card[],
): readonly Link[] {
  const byNumber = new Map(cards.map((card) => [card.devno, card]));
  const links: Link[] = [];
  for (const device of devices) {
    const from = byNumber.get(device.devno);
    const below = device.deps.map((devno) => byNumber.get(devno));
    const targets = below.filter((card) => card !== undefined).sort((a, b) => a.x - b.x);
    for (const [index, to] of targets.entries()) {
      if (!from) continue;
      const share = (index + 1) / (targets.length + 1);
      const track = links.length % TRACKS;
      links.push({ from: from.id, to: to.id, path: route(from, to, share, track, cards) });
    }
  }
  return links;
}

function route(from: Card, to: Card, share: number, track: number, cards: readonly Card[]): string {
  const [x1, y1] = [from.x + from.width * share, from.y + from.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  // Cards of a line differ in height: only below the tallest is it free to go sideways.
  const line = cards.filter((card) => card.line === from.line);
  const bottom = Math.max(...line.map((card) => card.y + card.height));
  if (to.line - from.line <= 1) return curve([x1, y1], bottom, [x2, y2]);
  const offset = (track - (TRACKS - 1) / 2) * TRACK;
  const between = cards.filter((card) => card.line > from.line && card.line < to.line);
  const gap = wayDown(x1, x2, between, cards, offset);
  // Down between the cards of the lines that lie in between.
  const above = bottom + LINE_GAP / 2 + offset;
  const beside = y2 - LANE + offset;
  return cornered([
    [x1, y1],
    [x1, above],
    [gap, above],
    [gap, beside],
    [x2, beside],
    [x2, y2],
  ]);
}

/** Pixels that a line keeps from the cards that it passes. */
const CLEAR = 6;

/**
 * Where a link goes down past the cards of the lines in between: straight from its beginning or to
 * its end where nothing stands there, else through the gap of two columns that makes the least way.
 */
function wayDown(
  x1: number,
  x2: number,
  between: readonly Card[],
  cards: readonly Card[],
  offset: number,
): number {
  const left = Math.min(...cards.map((card) => card.x));
  const right = Math.max(...cards.map((card) => card.x + card.width));
  const step = CARD_WIDTH + CARD_GAP;
  const columns = Math.ceil((right - left) / step);
  const gaps = Array.from({ length: columns + 1 }, (_, at) => left + at * step - CARD_GAP / 2);
  const isFree = (x: number): boolean =>
    !between.some((card) => x > card.x - CLEAR && x < card.x + card.width + CLEAR);
  const ways = [...[x1, x2].filter(isFree), ...gaps.map((x) => x + offset)];
  const length = (x: number): number => Math.abs(x1 - x) + Math.abs(x - x2);
  return ways.reduce((best, x) => (length(x) < length(best) ? x : best));
}

type Point = readonly [x: number, y: number];

/** Straight down to `bottom`, then in a bow. */
function curve([x1, y1]: Point, bottom: number, [x2, y2]: Point): string {
  const middle = (bottom + y2) / 2;
  const path = newPath();
  path.moveTo(x1, y1);
  path.lineTo(x1, bottom);
  path.bezierCurveTo(x1, middle, x2, middle, x2, y2);
  return path.toString();
}

/** Straight pieces with rounded corners. */
function cornered(points: readonly Point[]): string {
  const path = newPath();
  for (const [index, [x, y]] of points.entries()) {
    const next = points[index + 1];
    if (index === 0) path.moveTo(x, y);
    else if (next) path.arcTo(x, y, next[0], next[1], RADIUS);
    else path.lineTo(x, y);
  }
  return path.toString();
}
