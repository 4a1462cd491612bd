/**
 * Text to entries (reference 2.1). Input is hostile: iterative, linear in the text, limited in
 * depth.
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { ConfigEntry, ConfigScalar, ConfigValue } from '../model.ts';
import { Scanner, type ConfigError, type Token } from './tokens.ts';

export type { ConfigError } from './tokens.ts';

/** Sections inside sections; LVM writes five at most. */
export const MAX_DEPTH = 64;

/** Told of every entry that is made: the names down to it, and the offset of its name. */
export type EntryVisitor = (path: readonly string[], offset: number) => void;

/**
 * Of two values with one name the later wins, in the place of the earlier; two sections with one
 * name are one section. A slash in an unquoted name makes sections: `a/b = 1` is `a { b = 1 }`.
 */
export function parseConfig(
  text: string,
  visit?: EntryVisitor,
): Result<readonly ConfigEntry[], ConfigError> {
  return new Parser(new Scanner(text), visit).parse();
}

interface OpenSection {
  readonly entries: ConfigEntry[];
  /** Index of each name in `entries`. */
  readonly byName: Map<string, number>;
  readonly name: string;
  readonly depth: number;
}

type Step = Result<void, ConfigError>;

class Parser {
  private readonly root: OpenSection = open([], '', 0);
  /** Every section stays known while the text lasts: a later one of the same name continues it. */
  private readonly known = new Map<readonly ConfigEntry[], OpenSection>();
  /** From the root inwards. A closing brace may leave several at once: `a/b { }`. */
  private readonly stack: OpenSection[] = [this.root];
  private readonly openedAt: number[] = [];

  constructor(
    private readonly scanner: Scanner,
    private readonly visit: EntryVisitor | undefined,
  ) {}

  parse(): Result<readonly ConfigEntry[], ConfigError> {
    for (;;) {
      const token = this.scanner.next(false);
      if (!token.ok) return token;
      const { value } = token;
      if (value.kind === 'end') break;
      const step =
        value.kind === 'scalar'
          ? this.item(value.scalar, value.offset)
          : value.mark === '}'
            ? this.close(value.offset)
            : this.fail(value.offset, `found "${value.mark}" where a name is expected`);
      if (!step.ok) return step;
    }
    const last = this.openedAt.length;
    if (last > 0) return this.fail(this.openedAt[last - 1] ?? 0, 'a section is not closed');
    return ok(this.root.entries);
  }

  private item(name: ConfigScalar, offset: number): Step {
    const names = name.kind === 'string' ? namesOf(name) : [];
    const token = this.scanner.next(false);
    if (!token.ok) return token;
    const { value } = token;
    if (value.kind !== 'punctuation' || (value.mark !== '{' && value.mark !== '=')) {
      return this.fail(value.offset, 'found no "=" or "{" after a name');
    }
    const isSection = value.mark === '{';
    const parents = isSection ? names : names.slice(0, -1);
    const before = this.stack.length;
    for (const parent of parents) {
      const entered = this.enter(parent, offset);
      if (!entered.ok) return entered;
    }
    if (isSection) {
      this.openedAt.push(offset);
      this.widths.push(this.stack.length - before);
      return ok();
    }
    const read = this.value();
    if (!read.ok) return read;
    this.put(names.at(-1) ?? '', offset, (own) => ({
      kind: 'value',
      name: own,
      value: read.value,
    }));
    this.stack.length = before;
    return ok();
  }

  /** How many sections each open brace entered. */
  private readonly widths: number[] = [];

  private close(offset: number): Step {
    const width = this.widths.pop();
    if (width === undefined) return this.fail(offset, 'found "}" without a section');
    this.openedAt.pop();
    this.stack.length -= width;
    return ok();
  }

  private enter(name: string, offset: number): Step {
    const { top } = this;
    if (top.depth >= MAX_DEPTH) {
      return this.fail(offset, `sections are nested deeper than ${MAX_DEPTH}`);
    }
    const at = top.byName.get(name);
    const existing = at === undefined ? undefined : top.entries[at];
    let section = existing?.kind === 'section' ? this.known.get(existing.entries) : undefined;
    if (section === undefined) {
      section = open([], name, top.depth + 1);
      const { entries } = section;
      this.known.set(entries, section);
      this.put(name, offset, (own) => ({ kind: 'section', name: own, entries }));
    }
    this.stack.push(section);
    return ok();
  }

  private put(name: string, offset: number, make: (name: string) => ConfigEntry): void {
    const { entries, byName } = this.top;
    const at = byName.get(name) ?? entries.length;
    byName.set(name, at);
    entries[at] = make(name);
    this.visit?.([...this.stack.slice(1).map((section) => section.name), name], offset);
  }

  private value(): Result<ConfigValue, ConfigError> {
    const token = this.scanner.next(true);
    if (!token.ok) return token;
    if (token.value.kind === 'scalar') return ok(token.value.scalar);
    if (!isMark(token.value, '[')) return this.fail(token.value.offset, 'found no value after "="');
    const items: ConfigScalar[] = [];
    for (;;) {
      const member = this.scanner.next(true);
      if (!member.ok) return member;
      if (isMark(member.value, ']')) return ok({ kind: 'array', items });
      if (isMark(member.value, ',')) continue;
      if (member.value.kind !== 'scalar') {
        return this.fail(member.value.offset, 'found no value or "]" in a list');
      }
      items.push(member.value.scalar);
    }
  }

  private get top(): OpenSection {
    return this.stack.at(-1) ?? this.root;
  }

  private fail(offset: number, why: string): { readonly ok: false; readonly error: ConfigError } {
    return err(this.scanner.fault(offset, why));
  }
}

function namesOf(name: ConfigScalar & { readonly kind: 'string' }): readonly string[] {
  if (name.bare !== true || !name.value.includes('/')) return [name.value];
  const parts = name.value.split('/').filter((part) => part !== '');
  return parts.length > 0 ? parts : [name.value];
}

const open = (entries: ConfigEntry[], name: string, depth: number): OpenSection => ({
  entries,
  byName: new Map(),
  name,
  depth,
});

const isMark = (token: Token, mark: string): boolean =>
  token.kind === 'punctuation' && token.mark === mark;
