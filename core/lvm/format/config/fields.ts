/** Reads a section key by key. What nobody asked for is left over, in its order. */
import type { LvmId } from '../../../base/ids.ts';
import { parseLvmId } from '../../../base/ids.ts';
import type { ConfigEntry, ConfigScalar, ConfigValue } from '../model.ts';

/** The first thing wrong in a tree: the names down to it, and a clause without a full stop. */
export interface FieldFault {
  readonly path: readonly string[];
  readonly why: string;
}

/** Keeps the first fault. Readers go on with harmless values, and the caller looks once. */
export class FaultSink {
  first: FieldFault | undefined;

  add(path: readonly string[], why: string): void {
    this.first ??= { path, why };
  }
}

export const U32_MAX = 2 ** 32 - 1;

/** Bounds of an integer, inclusive. */
export interface IntRange {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Required readers report a missing key or a wrong type to the sink. Optional readers leave a key
 * of a type that they do not understand in `rest()`: Linux ignores it, and it is written back.
 */
export class Fields {
  private readonly byName: ReadonlyMap<string, ConfigEntry>;
  private readonly taken = new Set<string>();

  constructor(
    readonly entries: readonly ConfigEntry[],
    readonly path: readonly string[],
    readonly sink: FaultSink,
  ) {
    this.byName = new Map(entries.map((entry) => [entry.name, entry]));
  }

  fail(name: string, why: string): void {
    this.sink.add([...this.path, name], why);
  }

  int(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: IntRange = {}): number {
    const value = this.require(name, 'an integer', 'int');
    if (value === undefined) return min;
    if (value.value >= BigInt(min) && value.value <= BigInt(max)) return Number(value.value);
    this.fail(name, `${value.value} is not between ${min} and ${max}`);
    return min;
  }

  text(name: string): string {
    return this.require(name, 'a string', 'string')?.value ?? '';
  }

  id(name: string): LvmId {
    const text = this.text(name);
    const id = parseLvmId(text);
    if (id === undefined) this.fail(name, 'not an identifier of 32 characters');
    return id ?? ('' as LvmId);
  }

  /** A list of strings; a single string counts as a list of one. */
  words(name: string): readonly string[] {
    const words = wordsOf(this.valueOf(name));
    if (words === undefined) this.fail(name, this.missing(name, 'a list of strings'));
    this.taken.add(name);
    return words ?? [];
  }

  optionalInt(
    name: string,
    { min = 0, max = Number.MAX_SAFE_INTEGER }: IntRange = {},
  ): number | undefined {
    const value = this.optionalBig(name, { min, max });
    return value === undefined ? undefined : Number(value);
  }

  optionalBig(name: string, range: IntRange = {}): bigint | undefined {
    const value = this.valueOf(name);
    if (value?.kind !== 'int') return undefined;
    if (range.min !== undefined && value.value < BigInt(range.min)) return undefined;
    if (range.max !== undefined && value.value > BigInt(range.max)) return undefined;
    this.taken.add(name);
    return value.value;
  }

  optionalText(name: string): string | undefined {
    const value = this.valueOf(name);
    if (value?.kind !== 'string') return undefined;
    this.taken.add(name);
    return value.value;
  }

  /** Empty where absent; a wrong type is a fault all the same, for words change what is allowed. */
  optionalWords(name: string): readonly string[] {
    return this.byName.has(name) ? this.words(name) : [];
  }

  array(name: string): readonly ConfigScalar[] {
    return this.require(name, 'a list', 'array')?.items ?? [];
  }

  optionalSection(name: string): Fields | undefined {
    const entry = this.byName.get(name);
    if (entry?.kind !== 'section') return undefined;
    this.taken.add(name);
    return new Fields(entry.entries, [...this.path, name], this.sink);
  }

  section(name: string): Fields {
    const found = this.optionalSection(name);
    if (found === undefined) this.fail(name, 'the section is missing');
    return found ?? new Fields([], [...this.path, name], this.sink);
  }

  /** Every section inside this one, in order. */
  sections(): readonly (readonly [name: string, fields: Fields])[] {
    return this.entries.flatMap((entry) => {
      if (entry.kind !== 'section') return [];
      this.taken.add(entry.name);
      return [[entry.name, new Fields(entry.entries, [...this.path, entry.name], this.sink)]];
    });
  }

  rest(): readonly ConfigEntry[] {
    return this.entries.filter((entry) => !this.taken.has(entry.name));
  }

  private require<K extends ConfigValue['kind']>(
    name: string,
    what: string,
    kind: K,
  ): (ConfigValue & { readonly kind: K }) | undefined {
    const value = this.valueOf(name);
    this.taken.add(name);
    if (value?.kind === kind) return value as ConfigValue & { readonly kind: K };
    this.fail(name, this.missing(name, what));
    return undefined;
  }

  private missing(name: string, what: string): string {
    return this.byName.has(name) ? `it is not ${what}` : 'it is missing';
  }

  private valueOf(name: string): ConfigValue | undefined {
    const entry = this.byName.get(name);
    return entry?.kind === 'value' ? entry.value : undefined;
  }
}

function wordsOf(value: ConfigValue | undefined): readonly string[] | undefined {
  if (value?.kind === 'string') return [value.value];
  if (value?.kind !== 'array') return undefined;
  const words = value.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
  return words.length === value.items.length ? words : undefined;
}

/** Makers of entries, for what is printed. */
export const intEntry = (name: string, value: number | bigint): ConfigEntry => ({
  kind: 'value',
  name,
  value: { kind: 'int', value: BigInt(value) },
});

export const textEntry = (name: string, value: string): ConfigEntry => ({
  kind: 'value',
  name,
  value: { kind: 'string', value },
});

export const wordsEntry = (name: string, words: readonly string[]): ConfigEntry => ({
  kind: 'value',
  name,
  value: { kind: 'array', items: words.map((value) => ({ kind: 'string', value })) },
});
