/** Tables as dmsetup reads them: from an option, a file or the standard input, or concisely. */
import { err, ok, type Result } from '../../base/result.ts';

/** Empty lines and comments left out. @param of how the table is called: `on stdin`, a path */
export function tableLines(text: string, of: string): Result<readonly string[], string> {
  const lines: string[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    // As C reads it: a number ends where its digits do, and the type may follow at once.
    const [head, start = '', length = '', type = ''] =
      /^([+-]?\d+)\s+([+-]?\d+)(?!\d)\s*(\S+)/.exec(line) ?? [];
    if (head === undefined) return err(`Invalid format on line ${index + 1} of table ${of}.`);
    const [params = ''] = line.slice(head.length).split('#');
    lines.push(`${start} ${length} ${type}${params}`.trimEnd());
  }
  return ok(lines);
}

/** One device of a concise list; fields as they stand, unescaped. */
export interface ConciseDevice {
  readonly name: string;
  readonly uuid: string;
  readonly minor: string;
  readonly flags: string;
  /** Lines apart by newlines. */
  readonly table: string;
}

/** What was read before it went wrong, and why it did. */
export interface ConciseList {
  readonly devices: readonly ConciseDevice[];
  readonly wrong?: readonly string[];
}

const SHORT = 'ive comma-separated fields are required for each device';

/**
 * `name,uuid,minor,flags,table[,table...][;...]`; a backslash keeps the next character. Devices
 * before one that is wrong are made all the same.
 */
export function conciseDevices(text: string): ConciseList {
  const devices: ConciseDevice[] = [];
  let fields = [''];
  const add = (character: string): void => {
    fields[fields.length - 1] = (fields.at(-1) ?? '') + character;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const isLast = at === text.length - 1;
    if (character === '\\') {
      if (isLast) {
        const why = 'Backslash must be followed by another character at end of string.';
        return { devices, wrong: [why, parsed(fields)] };
      }
      at++;
      add(text.charAt(at));
      continue;
    }
    if (character === ',') {
      if (fields.length > 4) {
        add('\n');
        continue;
      }
      fields.push('');
      while (/\s/.test(text.charAt(at + 1))) at++;
      continue;
    }
    if (character !== ';' && !isLast) {
      add(character);
      continue;
    }
    if (character !== ';') add(character);
    if (fields.length !== 5) return { devices, wrong: [`F${SHORT}`, parsed(fields)] };
    const [name = '', uuid = '', minor = '', flags = '', table = ''] = fields;
    devices.push({ name, uuid, minor, flags, table });
    fields = [''];
    while (/\s/.test(text.charAt(at + 1))) at++;
  }
  if (fields.length === 1 && fields[0] === '') return { devices };
  return { devices, wrong: [`Incomplete entry: f${SHORT}`, parsed(fields)] };
}

function parsed(fields: readonly string[]): string {
  const names = ['name', 'uuid', 'minor', 'flags', 'table'];
  const list = names.map((name, index) => `${name}: ${fields[index] ?? '(null)'}`);
  return `Parsed ${fields.length} fields: ${list.join(' ')}`;
}
