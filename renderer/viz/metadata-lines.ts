/** Metadata text as lines for the eye: how deep each stands, and what its parts are. */

export type TokenKind = 'comment' | 'key' | 'string' | 'number' | 'plain';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export interface MetadataLine {
  /** As it stands in the text, without what it is indented by. */
  readonly text: string;
  /** Sections and lists around it. */
  readonly depth: number;
  /** It begins inside of a quoted text. */
  readonly quoted: boolean;
}

/** Byte strings hold UTF-8 where somebody wrote it; what is none stays visible as such. */
export function readable(byteString: string): string {
  const bytes = Uint8Array.from(byteString, (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

/** One entry per line of the text; an empty line at its end is left out. */
export function linesOf(text: string): readonly MetadataLine[] {
  const lines: MetadataLine[] = [];
  let depth = 0;
  let quoted = false;
  const rows = text.split('\n');
  if (rows.at(-1) === '') rows.pop();
  for (const row of rows) {
    const plain = quoted ? row : row.trim();
    const code = quoted ? '' : withoutComment(plain);
    if (code === '}' || code === ']') depth = Math.max(0, depth - 1);
    lines.push({ text: plain, depth, quoted });
    quoted = endsQuoted(row, quoted);
    if (!quoted && (code.endsWith('{') || code.endsWith('['))) depth++;
  }
  return lines;
}

function endsQuoted(row: string, before: boolean): boolean {
  let quoted = before;
  for (let at = 0; at < row.length; at++) {
    const character = row[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '#' && !quoted) return false;
  }
  return quoted;
}

/** The line up to a `#` that no quotes hold. */
function withoutComment(row: string): string {
  let quoted = false;
  for (let at = 0; at < row.length; at++) {
    const character = row[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '#' && !quoted) return row.slice(0, at).trimEnd();
  }
  return row;
}

const PARTS = /(#.*)|("(?:[^"\\]|\\.)*"?)|([A-Za-z_][\w.+-]*(?=\s*[={]))|(-?\b\d+\b)/g;

/** The parts of a line, in order and without gaps. */
export function tokensOf({ text, quoted }: MetadataLine): readonly Token[] {
  if (quoted) return [{ kind: 'string', text }];
  const tokens: Token[] = [];
  let at = 0;
  for (const match of text.matchAll(PARTS)) {
    if (match.index > at) tokens.push({ kind: 'plain', text: text.slice(at, match.index) });
    const [whole, comment, string, key] = match;
    const word = string === undefined ? key : string;
    tokens.push({ kind: comment ? 'comment' : kindOf(string, word, key), text: whole });
    at = match.index + whole.length;
  }
  if (at < text.length) tokens.push({ kind: 'plain', text: text.slice(at) });
  return tokens;
}

function kindOf(string?: string, word?: string, key?: string): TokenKind {
  if (string !== undefined) return 'string';
  return word !== undefined && key !== undefined ? 'key' : 'number';
}

/** Keys that say who wrote a version and when, not what is in it. */
const HEADER = /^(contents|version|description|creation_host|creation_time)\b/;

/**
 * A version as lines that can be compared: without comments, empty lines and the header, indented
 * by two blanks a level, whether it came from a disk or from a file.
 */
export function comparableLines(text: string): readonly string[] {
  return linesOf(text).flatMap(({ text: line, depth, quoted }) => {
    const code = quoted ? line : withoutComment(line);
    if (code.trim() === '' || (depth === 0 && HEADER.test(code))) return [];
    return [`${'  '.repeat(depth)}${code}`];
  });
}

/** Volumes of a version: the lines of each, by name. */
export function volumesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const volumes = new Map<string, string>();
  const from = lines.indexOf('  logical_volumes {');
  let name: string | undefined;
  let body: string[] = [];
  for (const line of from < 0 ? [] : lines.slice(from + 1)) {
    if (line === '  }') break;
    const opened = /^ {4}([\w.+-]+) \{$/.exec(line)?.[1];
    if (opened !== undefined) [name, body] = [opened, []];
    else if (line === '    }' && name !== undefined) volumes.set(name, body.join('\n'));
    else body.push(line);
  }
  return volumes;
}
