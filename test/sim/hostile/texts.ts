/** Metadata texts changed as no program would: by the byte, by the word, and by what words mean. */
import type { Prng } from '../../../core/env/prng.ts';

/** @param texts others to borrow from. */
export type Change = (text: string, prng: Prng, texts: readonly string[]) => string;

const cut = (text: string, prng: Prng, max: number): [number, number] => {
  const from = prng.below(text.length);
  return [from, Math.min(text.length, from + 1 + prng.below(max))];
};
const splice = (text: string, from: number, to: number, middle: string): string =>
  text.slice(0, from) + middle + text.slice(to);

/** Swaps one word of a kind for another of the same text, or for one of these. */
const exchange =
  (pattern: RegExp, others: readonly string[]): Change =>
  (text, prng) => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const one = prng.pick(found);
    const other = prng.chance(50) ? prng.pick(found)[0] : prng.pick(others);
    return splice(text, one.index, one.index + one[0].length, other);
  };

const NUMBERS = [
  '0',
  '-1',
  '3',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '9223372036854775807',
  '99999999999999999999',
  '1.5',
  '""',
  '[]',
];
/** What a page would run, a terminal obey, an object mistake for its own, or a path leave by. */
export const NASTY: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  '',
  '.',
  '../../etc/passwd',
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '\x1b[2J\x1b]0;owned\x07',
  '\x9b31m',
  'a\nb',
  '%n%s',
  'pvmove0',
  'x'.repeat(300),
];
const quoted = NASTY.map((text) => `"${text}"`);

/** A piece between a name and the end of its section, less what is nested wrongly. */
function section(text: string, prng: Prng): [number, number] | undefined {
  const heads = [...text.matchAll(/^[^\s={}]+ \{$/gm)];
  if (heads.length === 0) return undefined;
  const { index } = prng.pick(heads);
  let depth = 0;
  for (let at = index; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return [index, at + 1];
  }
  return undefined;
}

export const CHANGES: Readonly<Record<string, Change>> = {
  truncate: (text, prng) => text.slice(0, prng.below(text.length)),
  flip: (text, prng) => {
    const at = prng.below(text.length);
    const code = text.charCodeAt(at) ^ (1 << prng.below(8));
    return splice(text, at, at + 1, String.fromCharCode(code));
  },
  drop: (text, prng) => splice(text, ...cut(text, prng, 60), ''),
  repeat: (text, prng) => {
    const [from, to] = cut(text, prng, 400);
    return splice(text, to, to, text.slice(from, to));
  },
  move: (text, prng) => {
    const piece = text.slice(...cut(text, prng, 400));
    const at = prng.below(text.length);
    return splice(text, at, at, piece);
  },
  mix: (text, prng, texts) => {
    const other = prng.pick(texts);
    return text.slice(0, prng.below(text.length)) + other.slice(prng.below(other.length));
  },
  line: (text, prng) => {
    const lines = text.split('\n');
    const [from, to] = [prng.below(lines.length), prng.below(lines.length)];
    lines[to] = lines[from] ?? '';
    return lines.join('\n');
  },
  number: exchange(/\b\d+\b/g, NUMBERS),
  name: exchange(/\b[a-z_]+\d*\b(?= [={])/g, ['__proto__', 'constructor', 'toString', '""', 'a/b']),
  string: exchange(/"[^"\n]*"/g, ['""', '"__proto__"', '7', 'bare', '[]', '"pv0"', '"vg"']),

  'section missing': (text, prng) => splice(text, ...(section(text, prng) ?? [0, 0]), ''),
  'section twice': (text, prng) => {
    const [from, to] = section(text, prng) ?? [0, 0];
    return splice(text, to, to, `\n${text.slice(from, to)}\n`);
  },
  /** The copy is another volume, PV or segment with the same extents. */
  'section copied': (text, prng) => {
    const [from, to] = section(text, prng) ?? [0, 0];
    const copy = text.slice(from, to).replace(/^\S+/, prng.pick(['copy', 'pv9', 'segment9']));
    const fresh = prng.chance(50) ? copy.replace(/id = "./, 'id = "Z') : copy;
    return splice(text, to, to, `\n${fresh}\n`);
  },
  /** A list for a scalar, and the other way round. */
  shape: (text, prng) =>
    prng.chance(50)
      ? exchange(/(?<== )(?:"[^"\n]*"|\d+)$/gm, ['[]', '[1, "a", 2.5]', '[ "pv0", 0 ]'])(
          text,
          prng,
          [],
        )
      : exchange(/\[[^\]]*\]/g, ['"pv0"', '7', '[]', '["pv0"]', '["pv0", 0, 1]'])(text, prng, []),
  /** Volumes on volumes, on themselves, or on what is not there. */
  area: (text, prng) => {
    const names = [...text.matchAll(/^(\S+) \{$/gm)].map(([, name = '']) => name);
    const area = `"${prng.pick([...names, 'nosuch'])}", ${prng.pick([...NUMBERS, '1', '2'])}`;
    return exchange(/"\w+", \d+/g, [area])(text, prng, []);
  },
  reference: (text, prng) => {
    const names = [...text.matchAll(/^(\S+) \{$/gm)].map(([, name = '']) => `"${name}"`);
    const keys = /(?<=(?:origin|cow_store|pool|metadata|thin_pool|data|log|cache_pool) = )"\w+"/g;
    return exchange(keys, names)(text, prng, []);
  },
  /** Where pieces begin and how long they are: holes, overlaps, ends beyond every PV. */
  extents: (text, prng) =>
    exchange(
      /(?<=(?:start_extent|extent_count|pe_count|pe_start|segment_count|stripe_count) = )\d+/g,
      NUMBERS,
    )(text, prng, []),
  size: (text, prng) =>
    exchange(
      /(?<=(?:extent_size|stripe_size|region_size|chunk_size|dev_size|seqno|max_lv) = )\d+/g,
      [...NUMBERS, '1', '7', '256', '4096'],
    )(text, prng, []),
  tag: (text, prng) => {
    const tags = `tags = [${[prng.pick(quoted), prng.pick(quoted)].join(', ')}]\nflags = []`;
    return exchange(/^flags = \[.*\]$/gm, [tags])(text, prng, []);
  },
  nasty: exchange(/"[^"\n]*"/g, quoted),
  'nasty name': exchange(/(?<=^)\w+(?= \{$)/gm, [...quoted, 'x'.repeat(126), 'a b', '-x']),
  word: exchange(/"[A-Z_]+"/g, ['"NOSUCH"', '"MISSING"', '"EXPORTED"', '"LOCKED"', '"PVMOVE"']),
  type: exchange(/(?<=type = )"\w+"/g, [
    '"striped"',
    '"mirror"',
    '"snapshot"',
    '"thin"',
    '"thin-pool"',
    '"raid1"',
    '"nosuch"',
    '"error"',
  ]),
};

/** The same text under a number that makes it the newest copy of its group. */
export const newer = (text: string): string =>
  text.replace(/^seqno = (\d+)$/m, (_, seqno) => `seqno = ${Number(seqno) + 1}`);

/** @returns the name of the change too: a campaign counts what each led to. */
export function changed(
  text: string,
  prng: Prng,
  texts: readonly string[],
): { readonly name: string; readonly text: string } {
  const name = prng.pick(Object.keys(CHANGES));
  let result = text;
  for (let left = 1 + prng.below(3); left > 0 && result !== ''; left--) {
    result = CHANGES[name]?.(result, prng, texts) ?? result;
  }
  return { name, text: result };
}
