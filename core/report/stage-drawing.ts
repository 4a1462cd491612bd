/**
 * Mapped devices as the mailing list draws them (`seeds/003`): a row of boxes a device, one for
 * each line of its live table, then what it lies on, and at its side where a mirror copies to.
 */
import type { DmDeviceState, TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

/** Columns of a box between its bars, at least and at most. */
const NARROW = 8;
const WIDE = 24;
/** Of the box that a mirror copies to. */
const BESIDE = 12;
/** How far right of the edge of its box the copy leaves a mirror. */
const STEM = 2;
const COPY = 'destination of copy';

interface Box {
  /** First sector in its device. */
  readonly start: number;
  readonly label: string;
  /** Column of its left bar; its right bar is the left one of the next. */
  readonly left: number;
  readonly width: number;
  /** What the target lies on; of a mirror, what it reads from. */
  readonly on?: { readonly devno: DevNo; readonly start: number };
  /** Of a mirror, the name of what it copies to. */
  readonly copyTo?: string;
}

interface Row {
  readonly boxes: readonly Box[];
  /** Behind the boxes. */
  readonly said: string;
}

/**
 * @param tops what is drawn, each followed by what it lies on
 * @param devices all that there are, to find those below
 * @param nameOf of a disk
 */
export function drawStage(
  tops: readonly DmDeviceState[],
  devices: readonly DmDeviceState[],
  nameOf: (devno: DevNo) => string,
): readonly string[] {
  const drawing = new StageDrawing(reached(tops, devices), nameOf);
  for (const device of tops) drawing.add(device);
  return drawing.lines();
}

/** Those, and all that they lie on. */
function reached(
  tops: readonly DmDeviceState[],
  devices: readonly DmDeviceState[],
): readonly DmDeviceState[] {
  const found = new Set<DmDeviceState>();
  const visit = (device: DmDeviceState): void => {
    if (found.has(device)) return;
    found.add(device);
    const below = new Set(
      linesOf([device]).flatMap(({ ranges }) => ranges.map((one) => one.devno)),
    );
    for (const one of devices) if (below.has(one.devno)) visit(one);
  };
  tops.forEach(visit);
  return [...found];
}

class StageDrawing {
  private readonly canvas = new Canvas();
  private readonly drawn = new Set<DevNo>();
  /** The row of characters that is free. */
  private next = 0;
  /** Columns of any box: room for every name. */
  private readonly narrow: number;
  /** Sectors of the shortest line of a table: all boxes are drawn to one scale. */
  private readonly shortest: number;

  constructor(
    private readonly devices: readonly DmDeviceState[],
    private readonly nameOf: (devno: DevNo) => string,
  ) {
    const lines = linesOf(devices);
    const below = lines.flatMap(({ ranges }) => ranges).map(({ devno }) => devno);
    const disks = below.filter((devno) => !this.deviceOf(devno));
    this.narrow = disks.reduce((most, one) => Math.max(most, nameOf(one).length + 2), NARROW);
    this.shortest = lines.reduce((least, { length }) => Math.min(least, length), Infinity);
  }

  add(device: DmDeviceState): void {
    if (this.drawn.has(device.devno)) return;
    if (this.next > 0) this.next++;
    this.put(this.rowOf(device, 0), undefined);
  }

  lines(): readonly string[] {
    return this.canvas.lines();
  }

  /** @param arrows columns at which something above points to it */
  private put(row: Row, arrows: readonly number[] | undefined): void {
    const copied = row.boxes.find(({ copyTo }) => copyTo !== undefined);
    if (arrows) this.arrows(arrows, copied ? 4 : 2);
    if (copied) this.copy(row, copied, arrows !== undefined);
    this.boxes(row.boxes, this.next);
    const end = endOf(row.boxes);
    this.canvas.put(this.next + 1, end + 2, row.said);
    this.next += 3;
    this.below(row);
  }

  private below({ boxes }: Row): void {
    const lower = this.lowerOf(boxes);
    for (const { devno, from } of lower) {
      const device = this.deviceOf(devno);
      const [first] = from;
      if (!first) continue;
      const row = device ? this.under(device, first) : this.disk(devno, first);
      // Arrows go straight down: one that would miss what it points to is left out.
      const columns = from.map(middleOf).filter((column) => column < endOf(row.boxes));
      this.put(row, columns);
    }
  }

  private deviceOf(devno: DevNo): DmDeviceState | undefined {
    return this.devices.find((one) => one.devno === devno);
  }

  private labelOf(devno: DevNo): string {
    return this.deviceOf(devno)?.name ?? this.nameOf(devno);
  }

  /** Mapped devices below, and disks that a mirror reads from. */
  private lowerOf(boxes: readonly Box[]): readonly { devno: DevNo; from: readonly Box[] }[] {
    const found = new Map<DevNo, Box[]>();
    for (const box of boxes) {
      if (!box.on) continue;
      if (!this.deviceOf(box.on.devno) && box.copyTo === undefined) continue;
      found.set(box.on.devno, [...(found.get(box.on.devno) ?? []), box]);
    }
    return [...found].map(([devno, from]) => ({ devno, from }));
  }

  /** A device so far right that what a box lies on is under that box. */
  private under(device: DmDeviceState, box: Box): Row {
    const { boxes } = this.rowOf(device, 0);
    const start = box.on?.start ?? 0;
    const at = boxes.findLast((one) => one.start <= start)?.left ?? 0;
    return this.rowOf(device, Math.max(0, box.left - at));
  }

  private disk(devno: DevNo, { left, width }: Box): Row {
    return { boxes: [{ start: 0, label: this.nameOf(devno), left, width }], said: '' };
  }

  private rowOf(device: DmDeviceState, left: number): Row {
    this.drawn.add(device.devno);
    const boxes: Box[] = [];
    for (const target of linesOf([device])) {
      const wish = Math.round((target.length * NARROW) / this.shortest);
      const width = Math.max(this.narrow, Math.min(WIDE, wish));
      boxes.push({ ...this.boxOf(target, width), left: boxes.length > 0 ? endOf(boxes) : left });
    }
    const none: Box = { start: 0, label: 'no table', left, width: NARROW + 2 };
    return { boxes: boxes.length > 0 ? boxes : [none], said: saidOf(device) };
  }

  private boxOf(target: TargetState, width: number): Omit<Box, 'left'> {
    const legs = legsOf(target);
    const [on, to] = legs;
    const place = on && { devno: on.devno, start: on.start };
    const box = { start: target.start, width, ...(place && { on: place }) };
    if (target.type === 'mirror') {
      return { ...box, label: 'mirror', ...(to && { copyTo: this.labelOf(to.devno) }) };
    }
    if (target.type !== 'linear' || !on) return { ...box, label: target.type };
    if (!this.deviceOf(on.devno)) return { ...box, label: this.nameOf(on.devno) };
    const identity = width < 'Identity'.length + 2 ? 'Ident.' : 'Identity';
    return { ...box, label: on.start === target.start ? identity : 'linear' };
  }

  private boxes(boxes: readonly Box[], row: number): void {
    const [first] = boxes;
    if (!first) return;
    const end = endOf(boxes);
    this.canvas.put(row, first.left, `+${'-'.repeat(end - first.left - 1)}+`);
    for (const { left, width, label } of boxes) {
      this.canvas.put(row + 1, left, `|${centred(label, width)}|`);
      this.canvas.put(row + 2, left, `+${'-'.repeat(width)}+`);
    }
  }

  /** From a mirror up and over to the box that it copies to. */
  private copy({ boxes, said }: Row, box: Box, isBelow: boolean): void {
    const width = Math.max(BESIDE, (box.copyTo ?? '').length + 2);
    const left = endOf(boxes) + said.length + 3;
    const beside: Box = { start: 0, label: box.copyTo ?? '', left, width };
    const from = isBelow ? middleOf(box) + STEM + 1 : box.left + 1 + STEM;
    const to = endOf([beside]);
    const line = to - from - 1;
    const before = Math.floor(line * 0.6);
    this.canvas.put(this.next, from + STEM + 1, COPY);
    const arrow = `${'-'.repeat(before)}>${'-'.repeat(line - before - 1)}`;
    this.canvas.put(this.next + 1, from, `+${arrow}+`);
    for (const column of [from, to]) this.canvas.put(this.next + 2, column, '|');
    this.next += 3;
    this.boxes([beside], this.next);
  }

  /** @param height rows of which the last is the point; all but the first may be drawn beside */
  private arrows(columns: readonly number[], height: number): void {
    for (const column of columns) {
      for (let at = 0; at < height - 1; at++) this.canvas.put(this.next + at, column, '|');
      this.canvas.put(this.next + height - 1, column, '\\/');
    }
    this.next += height === 2 ? 2 : 1;
  }
}

const linesOf = (devices: readonly DmDeviceState[]): readonly TargetState[] =>
  devices.flatMap(({ live }) => live ?? []);

/** Without the log of a mirror. */
function legsOf({ type, params, ranges }: TargetState): TargetState['ranges'] {
  if (type !== 'mirror') return ranges;
  const [, logArgs = '0', ...rest] = params.split(' ');
  return ranges.slice(-Number(rest[Number(logArgs)] ?? 0));
}

function saidOf({ devno, suspended, inactive, removeOnClose }: DmDeviceState): string {
  const said = [
    ...(suspended ? ['suspended'] : []),
    ...(inactive ? ['new table loaded'] : []),
    ...(removeOnClose ? ['to be removed'] : []),
  ];
  return said.length > 0 ? `${devno} (${said.join(', ')})` : devno;
}

/** The column of the last bar. */
function endOf(boxes: readonly Box[]): number {
  const last = boxes.at(-1);
  return last ? last.left + last.width + 1 : 0;
}

const middleOf = ({ left, width }: Box): number => left + Math.ceil(width / 2);

function centred(label: string, width: number): string {
  const before = Math.floor((width - label.length) / 2);
  return `${' '.repeat(before)}${label}`.padEnd(width);
}

/** Characters by row and column. */
class Canvas {
  private readonly rows: string[] = [];

  put(row: number, column: number, text: string): void {
    while (this.rows.length <= row) this.rows.push('');
    const line = (this.rows[row] ?? '').padEnd(column);
    this.rows[row] = line.slice(0, column) + text + line.slice(column + text.length);
  }

  lines(): readonly string[] {
    return this.rows.map((line) => line.trimEnd());
  }
}
