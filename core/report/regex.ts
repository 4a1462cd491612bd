/**
 * Regular expressions of `-S`, as device-mapper's library has them: `. * + ? | ( ) [ ] ^ $` and a
 * backslash. All ways are followed at once, so that no expression takes longer than its length
 * times that of the text.
 */
import { err, ok, type Result } from '../base/result.ts';

type Matches = (character: string) => boolean;

type Node =
  | { readonly kind: 'one'; readonly matches: Matches }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' }
  | { readonly kind: 'row'; readonly nodes: readonly Node[] }
  | { readonly kind: 'either'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: 0 | 1; readonly many: boolean };

/** Why an expression cannot be read, as LVM says it. */
export type RegexFault = 'missing-bracket' | 'syntax';

/** A program: each step leads on by a character, or by itself. */
type Step =
  | { readonly kind: 'one'; readonly matches: Matches; readonly next: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'split'; readonly next: readonly number[] }
  | { readonly kind: 'found' };

/** True for a text in which the expression is found anywhere. */
export type Regex = (text: string) => boolean;

export function compileRegex(pattern: string): Result<Regex, RegexFault> {
  const parser = new Parser(Array.from(pattern));
  const node = parser.either();
  if (parser.fault) return err(parser.fault);
  if (!node || !parser.atEnd) return err('syntax');
  const steps: Step[] = [{ kind: 'found' }];
  const first = emit(node, steps, 0);
  return ok((text) => search(steps, first, Array.from(text)));
}

class Parser {
  private at = 0;
  fault: RegexFault | undefined;

  constructor(private readonly text: readonly string[]) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  either(): Node | undefined {
    const nodes = [this.row()];
    while (this.take('|')) nodes.push(this.row());
    return { kind: 'either', nodes };
  }

  private row(): Node {
    const nodes: Node[] = [];
    while (!this.fault && !this.atEnd && !'|)'.includes(this.text[this.at] ?? '')) {
      const node = this.repeated();
      if (node) nodes.push(node);
    }
    return { kind: 'row', nodes };
  }

  private repeated(): Node | undefined {
    let node = this.single();
    while (node && !this.atEnd) {
      if (this.take('*')) node = { kind: 'repeat', node, least: 0, many: true };
      else if (this.take('+')) node = { kind: 'repeat', node, least: 1, many: true };
      else if (this.take('?')) node = { kind: 'repeat', node, least: 0, many: false };
      else break;
    }
    return node;
  }

  private single(): Node | undefined {
    const character = this.text[this.at++] ?? '';
    switch (character) {
      case '(': {
        const inside = this.either();
        if (!this.take(')')) this.fault ??= 'missing-bracket';
        return inside;
      }
      case '[':
        return this.set();
      case '.':
        return { kind: 'one', matches: () => true };
      case '^':
      case '$':
        return { kind: 'edge', edge: character === '^' ? 'start' : 'end' };
      case '*':
      case '+':
      case '?':
        this.fault ??= 'syntax';
        return undefined;
      case '\\':
        return literal(ESCAPES[this.text[this.at++] ?? ''] ?? this.text[this.at - 1] ?? '\\');
      default:
        return literal(character);
    }
  }

  /** What stands behind `[`: characters and ranges; `^` in front: all others. */
  private set(): Node | undefined {
    const others = this.take('^');
    const ranges: (readonly [string, string])[] = [];
    while (!this.take(']')) {
      if (this.atEnd) {
        this.fault ??= 'missing-bracket';
        return undefined;
      }
      const first = this.member();
      const isRange = this.text[this.at] === '-' && (this.text[this.at + 1] ?? ']') !== ']';
      if (isRange) this.at++;
      ranges.push([first, isRange ? this.member() : first]);
    }
    const within: Matches = (one) => ranges.some(([low, high]) => low <= one && one <= high);
    return { kind: 'one', matches: others ? (one) => !within(one) : within };
  }

  private member(): string {
    const character = this.text[this.at++] ?? '';
    if (character !== '\\') return character;
    const escaped = this.text[this.at++] ?? '';
    return ESCAPES[escaped] ?? escaped;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const literal = (character: string): Node => ({
  kind: 'one',
  matches: (one) => one === character,
});

/** Appends the steps of a node that leads to step `next`; returns where it begins. */
function emit(node: Node, steps: Step[], next: number): number {
  switch (node.kind) {
    case 'one':
      return steps.push({ kind: 'one', matches: node.matches, next }) - 1;
    case 'edge':
      return steps.push({ kind: 'edge', edge: node.edge, next }) - 1;
    case 'row':
      return node.nodes.reduceRight((then, one) => emit(one, steps, then), next);
    case 'either':
      return (
        steps.push({ kind: 'split', next: node.nodes.map((one) => emit(one, steps, next)) }) - 1
      );
    case 'repeat': {
      if (!node.many) {
        const inner = emit(node.node, steps, next);
        return steps.push({ kind: 'split', next: [inner, next] }) - 1;
      }
      const again: number[] = [];
      const split = steps.push({ kind: 'split', next: again }) - 1;
      const inner = emit(node.node, steps, split);
      again.push(inner, next);
      return node.least === 1 ? inner : split;
    }
  }
}

function search(steps: readonly Step[], first: number, text: readonly string[]): boolean {
  let reached = new Set<number>();
  for (let at = 0; at <= text.length; at++) {
    // It may begin at every character.
    reached.add(first);
    const here = spread(steps, reached, at, text.length);
    if (here === 'found') return true;
    const character = text[at];
    reached = new Set();
    if (character === undefined) continue;
    for (const step of here) if (step.matches(character)) reached.add(step.next);
  }
  return false;
}

type One = Extract<Step, { readonly kind: 'one' }>;

/** The steps that wait for a character, from where one is. */
function spread(
  steps: readonly Step[],
  from: ReadonlySet<number>,
  at: number,
  end: number,
): readonly One[] | 'found' {
  const seen = new Set(from);
  const waiting: One[] = [];
  for (const index of seen) {
    const step = steps[index];
    if (step?.kind === 'found') return 'found';
    if (step?.kind === 'one') waiting.push(step);
    if (step?.kind === 'split') for (const next of step.next) seen.add(next);
    if (step?.kind === 'edge' && at === (step.edge === 'start' ? 0 : end)) seen.add(step.next);
  }
  return waiting;
}
