/** A set of words, made from another one by what went and what came: cheap where that is little. */

/** Changes that are kept beside the set before a new one is made of both. */
const MAX_BESIDE = 256;

export class Overlay {
  private constructor(
    private readonly base: ReadonlySet<string>,
    private readonly added: ReadonlySet<string>,
    private readonly removed: ReadonlySet<string>,
  ) {}

  /** Undefined where a word occurs twice. */
  static of(words: readonly string[]): Overlay | undefined {
    const base = new Set(words);
    return base.size === words.length ? new Overlay(base, new Set(), new Set()) : undefined;
  }

  has(word: string): boolean {
    return this.added.has(word) || (this.base.has(word) && !this.removed.has(word));
  }

  /** Undefined where a word would occur twice. @param going words that are there. */
  with(going: readonly string[], coming: readonly string[]): Overlay | undefined {
    const [added, removed] = [new Set(this.added), new Set(this.removed)];
    for (const word of going) if (!added.delete(word)) removed.add(word);
    for (const word of coming) {
      if (added.has(word) || (this.base.has(word) && !removed.has(word))) return undefined;
      if (!removed.delete(word)) added.add(word);
    }
    const next = new Overlay(this.base, added, removed);
    return added.size + removed.size > MAX_BESIDE ? next.flat() : next;
  }

  private flat(): Overlay {
    const all = new Set(this.base);
    for (const word of this.removed) all.delete(word);
    for (const word of this.added) all.add(word);
    return new Overlay(all, new Set(), new Set());
  }
}
