/** `dmsetup ls --tree` (reference 14.1). */
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { kernelName, type BlockDevices } from './dmsetup.ts';

/** One node: a mapped device, or a disk, which has no name there. */
interface Node {
  readonly devno: DevNo;
  readonly device?: DmDeviceState;
  readonly below: Node[];
  /** In the order in which they were found to use it. */
  readonly above: Node[];
}

export interface TreeLook {
  readonly glyphs: 'ascii' | 'utf' | 'vt100';
  readonly device: boolean;
  readonly blkdevname: boolean;
  readonly active: boolean;
  readonly rw: boolean;
  readonly open: boolean;
  readonly uuid: boolean;
  readonly compact: boolean;
  readonly inverted: boolean;
  readonly truncate: boolean;
}

const PLAIN: TreeLook = {
  glyphs: 'ascii',
  device: true,
  blkdevname: false,
  active: false,
  rw: false,
  open: false,
  uuid: false,
  compact: false,
  inverted: false,
  truncate: true,
};

/** To add an option: one line. What is first found to begin with a word given is meant. */
const OPTIONS: readonly (readonly [string, Partial<TreeLook>])[] = [
  ['device', { device: true }],
  ['blkdevname', { blkdevname: true }],
  ['nodevice', { device: false }],
  // Known to dmsetup, which shows nothing for them.
  ['status', {}],
  ['table', {}],
  ['active', { active: true }],
  ['open', { open: true }],
  ['uuid', { uuid: true }],
  ['rw', { rw: true }],
  ['utf', { glyphs: 'utf' }],
  ['vt100', { glyphs: 'vt100' }],
  ['ascii', { glyphs: 'ascii' }],
  ['inverted', { inverted: true }],
  ['compact', { compact: true }],
  ['notrunc', { truncate: false }],
];

/** @returns what is not understood, with all that follows it, if something is not */
export function readTreeOptions(text: string): TreeLook | { readonly unknown: string } {
  let look = PLAIN;
  const words = text === '' ? [] : text.split(',');
  for (const [index, word] of words.entries()) {
    const found = OPTIONS.find(([name]) => name.startsWith(word));
    if (!found) return { unknown: words.slice(index).join(',') };
    look = { ...look, ...found[1] };
  }
  return look;
}

/** What stands in front of a node, and between it and the node before it on the same line. */
const GLYPHS = {
  ascii: { branch: '|-', pass: '| ', last: '`-', only: '---', first: '-+-' },
  utf: { branch: '├─', pass: '│ ', last: '└─', only: '───', first: '─┬─' },
  vt100: {
    branch: '\x1b(0\x0ftq\x1b(B',
    pass: '\x1b(0\x0fx\x1b(B ',
    last: '\x1b(0\x0fmq\x1b(B',
    only: '\x1b(0\x0fqqq\x1b(B',
    first: '\x1b(0\x0fqwq\x1b(B',
  },
} as const;

/** As deep as dmsetup draws, and as wide where there is no terminal. */
const MAX_DEPTH = 100;
const WIDTH = 80;

export function treeLines(world: BlockDevices, look: TreeLook): readonly string[] {
  const { top, bottom } = nodesOf(world.devices);
  const drawing = new Drawing(world, look);
  drawing.draw(look.inverted ? bottom : top, 0);
  return drawing.finished();
}

/**
 * Nodes that nothing uses and nodes that use nothing, in the order in which a walk from each device
 * down to what it stands on meets them: that is the order in which dmsetup links them.
 */
function nodesOf(devices: readonly DmDeviceState[]): {
  readonly top: readonly Node[];
  readonly bottom: readonly Node[];
} {
  const nodes = new Map<DevNo, Node>();
  const bottom: Node[] = [];
  const visit = (devno: DevNo): Node => {
    const known = nodes.get(devno);
    if (known) return known;
    const device = devices.find((one) => one.devno === devno);
    const node: Node = { devno, ...(device ? { device } : {}), below: [], above: [] };
    nodes.set(devno, node);
    for (const dep of device?.deps ?? []) {
      const below = visit(dep);
      node.below.push(below);
      below.above.push(node);
    }
    if (node.below.length === 0) bottom.push(node);
    return node;
  };
  const all = devices.map(({ devno }) => visit(devno));
  return { top: all.filter(({ above }) => above.length === 0), bottom };
}

/** Draws as dmsetup does: node by node, remembering of each depth where it stands. */
class Drawing {
  private readonly lines: string[] = [];
  private line = '';
  private column = 1;
  /** The character that would be the first one too many. */
  private overhang = '';
  private readonly widths: number[] = [];
  private readonly more: boolean[] = [];
  private readonly glyphs: (typeof GLYPHS)[TreeLook['glyphs']];
  private readonly compact: boolean;

  constructor(
    private readonly world: BlockDevices,
    private readonly look: TreeLook,
  ) {
    const { active, rw, open, uuid } = look;
    this.glyphs = GLYPHS[look.glyphs];
    this.compact = look.compact && !(active || rw || open || uuid);
  }

  /** A compact line may end with a node whose children are not shown. */
  finished(): readonly string[] {
    return this.line === '' ? this.lines : [...this.lines, this.line];
  }

  draw(nodes: readonly Node[], depth: number): void {
    for (const [index, node] of nodes.entries()) {
      const children = this.look.inverted ? node.above : node.below;
      this.node(node, depth, index === nodes.length - 1, children.length > 0);
      if (depth < MAX_DEPTH) this.draw(children, depth + 1);
    }
  }

  private node(node: Node, depth: number, last: boolean, hasChildren: boolean): void {
    const { look, glyphs } = this;
    if (depth + 2 > MAX_DEPTH) return;
    if (!node.device && !look.device && !look.blkdevname) return;
    this.more[depth] = !last;
    this.widths[depth] = 0;
    const opensLine = this.column === 1;
    if (!this.compact || opensLine) this.prefix(depth);
    const start = this.column;
    if (this.compact && !opensLine) this.put(last ? glyphs.only : glyphs.first);
    this.put(node.device?.name ?? '');
    const kernel = look.blkdevname ? kernelName(this.world, node.devno) : undefined;
    if (kernel !== undefined) this.put(` <${kernel}>`);
    if (look.device) this.put(` (${node.devno})`);
    this.put(this.attributes(node.device));
    if (this.compact) this.widths[depth] = this.column - start;
    if (!this.compact || !hasChildren) this.newline();
  }

  private attributes(device: DmDeviceState | undefined): string {
    const { active, rw, open, uuid } = this.look;
    if (!device || !(active || rw || open || uuid)) return '';
    const words = [
      ...(active ? [device.suspended ? 'SUSPENDED' : 'ACTIVE'] : []),
      ...(rw ? [device.readOnly ? 'RO' : 'RW'] : []),
      ...(open ? [String(device.openCount)] : []),
      ...(uuid ? [device.uuid] : []),
    ];
    return ` [${words.join(', ')}]`;
  }

  private prefix(depth: number): void {
    const { branch, pass, last } = this.glyphs;
    for (let at = 0; at < depth; at++) {
      this.put(' '.repeat((this.widths[at] ?? 0) + 1));
      if (at === depth - 1) this.put(this.more[depth] ? branch : last);
      else this.put(this.more[at + 1] ? pass : '  ');
    }
  }

  private put(text: string): void {
    for (const character of text) this.putOne(character);
  }

  /** The last column stays free until it is known whether more than one character would follow. */
  private putOne(character: string): void {
    this.column++;
    if (!this.look.truncate || this.column <= WIDTH) this.line += character;
    else if (this.column === WIDTH + 1) {
      if (this.overhang !== '') this.line += '...';
      else {
        this.overhang = character;
        this.column--;
      }
    }
  }

  private newline(): void {
    if (this.overhang !== '' && this.column === WIDTH) this.line += this.overhang;
    this.lines.push(this.line);
    this.line = '';
    this.column = 1;
    this.overhang = '';
  }
}
