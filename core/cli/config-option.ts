/** `--config`: settings for one command, `report { headings = 0 }` or `report/headings = 0`. */
import { err, ok, type Result } from '../base/result.ts';
import type { LabSettings } from '../contract/settings.ts';
import { parseConfig } from '../lvm/format/config/parse.ts';
import type { ConfigEntry, ConfigValue } from '../lvm/format/model.ts';

/** Values by their path: `report/headings`. */
export type Overrides = ReadonlyMap<string, ConfigValue>;

/** What a lab says, as if every line said it. */
export const labOverrides = (settings: LabSettings): Overrides =>
  new Map(
    Object.entries(settings).map(([path, value]): readonly [string, ConfigValue] => [
      path,
      typeof value === 'number' ? { kind: 'int', value: BigInt(value) } : { kind: 'string', value },
    ]),
  );

/** On refusal LVM's lines. */
export function parseOverrides(text: string | undefined): Result<Overrides, string> {
  if (text === undefined) return ok(new Map());
  const failed = 'Failed to set overridden configuration entries.';
  if (text.trim() === '') return err(failed);
  // A path is short for a section with one setting.
  const sections = text.replace(
    PATH,
    (all, before?: string, section?: string, name = '', value = '') =>
      section === undefined ? all : `${before} ${section} { ${String(name)} = ${String(value)} }`,
  );
  const parsed = parseConfig(sections);
  if (!parsed.ok) {
    const { offset, line } = parsed.error;
    return err(`Parse error at byte ${offset + 1} (line ${line}): unexpected token\n${failed}`);
  }
  return ok(new Map(parsed.value.flatMap((entry) => flat(entry, ''))));
}

const STRING = /"(?:[^"\\]|\\.)*"/.source;
const LIST = /\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]/.source;
const WORD = /[^\s"[{}]+/.source;
const NAME = /[A-Za-z_]\w*/.source;
/** `report/headings = 0`, not inside a string. */
const PATH = new RegExp(
  `${STRING}|(^|[\\s}])(${NAME})/(${NAME})\\s*=\\s*(${STRING}|${LIST}|${WORD})`,
  'g',
);

function flat(entry: ConfigEntry, prefix: string): readonly (readonly [string, ConfigValue])[] {
  const path = prefix + entry.name;
  if (entry.kind === 'value') return [[path, entry.value]];
  return entry.entries.flatMap((inner) => flat(inner, `${path}/`));
}

/** A setting that is on or off; undefined where nothing is said of it. */
export function overriddenFlag(overrides: Overrides, path: string): boolean | undefined {
  const value = overrides.get(path);
  return value?.kind === 'int' ? value.value !== 0n : undefined;
}

export function overriddenText(overrides: Overrides, path: string): string | undefined {
  const value = overrides.get(path);
  return value?.kind === 'string' ? value.value : undefined;
}

export function overriddenNumber(overrides: Overrides, path: string): number | undefined {
  const value = overrides.get(path);
  return value?.kind === 'int' ? Number(value.value) : undefined;
}

/** A list, also where one value stands for it. */
export function overriddenList(overrides: Overrides, path: string): readonly string[] | undefined {
  const value = overrides.get(path);
  if (!value) return undefined;
  const items = value.kind === 'array' ? value.items : [value];
  return items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}
