/** Entries to text as LVM writes it on disk: no indentation (reference 2.1, 2.3). */
import { assert } from '../../../base/assert.ts';
import type { ConfigEntry, ConfigScalar, ConfigValue } from '../model.ts';

/** Lines, each ending in a newline. What it returns parses to the same entries. */
export function printConfig(entries: readonly ConfigEntry[]): string {
  const lines: string[] = [];
  // Iterative: what a hostile text nested must not nest calls.
  const stack: { entries: readonly ConfigEntry[]; at: number }[] = [{ entries, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const entry = top.entries[top.at++];
    if (entry === undefined) {
      stack.pop();
      if (stack.length > 0) lines.push('}\n');
    } else if (entry.kind === 'value') {
      lines.push(`${printName(entry.name)} = ${printValue(entry.value)}\n`);
    } else {
      lines.push(`${printName(entry.name)} {\n`);
      stack.push({ entries: entry.entries, at: 0 });
    }
  }
  return lines.join('');
}

/** Quoted only if it would otherwise be read as something else. */
export function printName(name: string): string {
  return /^[A-Za-z0-9_.+-]+$/.test(name) ? name : quote(name);
}

export function printValue(value: ConfigValue): string {
  if (value.kind !== 'array') return printScalar(value);
  return `[${value.items.map(printItem).join(', ')}]`;
}

/** A bare word runs on over commas and brackets: only a blank ends it. */
export function printItem(scalar: ConfigScalar): string {
  const bare = scalar.kind === 'string' && scalar.bare === true;
  return bare ? `${printScalar(scalar)} ` : printScalar(scalar);
}

export function printScalar(scalar: ConfigScalar): string {
  if (scalar.kind === 'int') return scalar.value.toString();
  if (scalar.kind === 'float') return scalar.text;
  return scalar.bare === true ? scalar.value : quote(scalar.value);
}

/** Lines of values whose names need no quotes; texts of large groups are mostly these. */
export const intLine = (name: string, value: number | bigint): string => `${name} = ${value}\n`;
export const textLine = (name: string, value: string): string => `${name} = ${quote(value)}\n`;
export const wordsLine = (name: string, words: readonly string[]): string =>
  `${name} = [${words.map(quote).join(', ')}]\n`;

/** Nothing but the quote and the backslash needs one; a NUL would end the text for every reader. */
export function quote(text: string): string {
  if (!/["\\\0]/.test(text)) return `"${text}"`;
  assert(!text.includes('\0'), 'a NUL cannot stand in metadata');
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
