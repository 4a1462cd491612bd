/** `--config`: settings for one command, `report { headings = 0 }` or `report/headings = 0`. */
import { err, ok, type Result } from '../base/result.ts';
import { parseConfig } from '../lvm/format/config/parse.ts';
import type { ConfigEntry, ConfigValue } from '../lvm/format/model.ts';

/** Values by their path: `report/headings`. */
export type Overrides = ReadonlyMap<string, ConfigValue>;

/** On refusal LVM's lines. */
export function parseOverrides(text: string | undefined): Result<Overrides, string> {
  if (text === undefined) return ok(new Map());
  const failed = 'Failed to set overridden configuration entries.';
  if (text.trim() === '') return err(failed);
  // A path is short for a section in a section.
  const path = /^\s*([A-Za-z_]\w*)\/([A-Za-z_]\w*)\s*=(.*)$/s.exec(text);
  const parsed = parseConfig(path ? `${path[1]} { ${path[2]} =${path[3]} }` : text);
  if (!parsed.ok) {
    const { offset, line } = parsed.error;
    return err(`Parse error at byte ${offset + 1} (line ${line}): unexpected token\n${failed}`);
  }
  return ok(new Map(parsed.value.flatMap((entry) => flat(entry, ''))));
}

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
