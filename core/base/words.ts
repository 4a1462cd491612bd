/** Splitting a line into words as a shell does, and writing words so that they split again. */
import { err, ok, type Result } from './result.ts';

/** Why a line cannot be split, as a clause. */
export interface SplitError {
  readonly why: string;
}

interface Reader {
  readonly text: string;
  at: number;
}

/**
 * The words of one line: blanks separate; single quotes keep everything, double quotes keep all but
 * `\"`, `\\`; a backslash outside quotes keeps the next character; `#` at the start of a word
 * begins a comment. No variables, no patterns, no operators.
 */
export function splitCommandLine(line: string): Result<string[], SplitError> {
  const reader: Reader = { text: line, at: 0 };
  const words: string[] = [];
  for (;;) {
    while (/\s/.test(peek(reader))) reader.at++;
    const next = peek(reader);
    if (next === '' || next === '#') return ok(words);
    const word = readWord(reader);
    if (!word.ok) return word;
    words.push(word.value);
  }
}

/** A word as it is typed: as it stands where that is safe, else in single quotes. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./~^-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function joinWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

const peek = (reader: Reader): string => reader.text.charAt(reader.at);

function readWord(reader: Reader): Result<string, SplitError> {
  let word = '';
  for (;;) {
    const next = peek(reader);
    if (next === '' || /\s/.test(next)) return ok(word);
    reader.at++;
    if (next === "'" || next === '"') {
      const inside = readQuoted(reader, next);
      if (!inside.ok) return inside;
      word += inside.value;
    } else if (next === '\\') {
      if (peek(reader) === '') return err({ why: 'a backslash at the end of the line' });
      word += peek(reader);
      reader.at++;
    } else {
      word += next;
    }
  }
}

function readQuoted(reader: Reader, quote: string): Result<string, SplitError> {
  let inside = '';
  for (;;) {
    const next = peek(reader);
    reader.at++;
    if (next === '') return err({ why: `a ${quote} without its second one` });
    if (next === quote) return ok(inside);
    const escaped = quote === '"' && next === '\\' && /["\\]/.test(peek(reader));
    inside += escaped ? peek(reader) : next;
    if (escaped) reader.at++;
  }
}
