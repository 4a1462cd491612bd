/** The settings that LVM has: their names, and their defaults where they have one. */
import { oncePer } from '../../base/once.ts';
import type { Overrides } from '../config-option.ts';
import { DEFAULTS_TEXT, UNPRINTED } from './defaults.ts';

/** A line of the defaults. */
export interface DefaultLine {
  readonly section: string;
  readonly name: string;
  /** As LVM writes it: `"%Y-%m-%d"`, `1`, `["a","b"]`. */
  readonly value: string;
  readonly text: string;
}

/** What LVM prints around the settings of a section: some sections have none that is on. */
export interface DefaultSection {
  readonly name: string;
  readonly head: string;
  readonly foot: string;
  readonly lines: readonly DefaultLine[];
}

const read = oncePer(({ text }: { readonly text: string }): readonly DefaultSection[] => {
  const sections: { name: string; head: string; foot: string; lines: DefaultLine[] }[] = [];
  for (const line of text.split('\n')) {
    const [, section] = /^(?:# )?(\w+) \{$/.exec(line) ?? [];
    const last = sections.at(-1);
    if (section !== undefined) sections.push({ name: section, head: line, foot: '', lines: [] });
    else if (/^(?:# )?\}$/.test(line) && last) last.foot = line;
    const [, name, value] = /^\t# (\w+)=(.*)$/.exec(line) ?? [];
    if (!last || name === undefined || value === undefined) continue;
    last.lines.push({ section: last.name, name, value, text: line });
  }
  return sections;
});

const SOURCE = { text: DEFAULTS_TEXT };

export const defaultSections = (): readonly DefaultSection[] => read(SOURCE);

/** `report/headings`, in LVM's order within a section, those that it does not print last. */
export const settingNames = oncePer(
  (source: { readonly text: string }): ReadonlySet<string> =>
    new Set([
      ...read(source).flatMap(({ name, lines }) => lines.map((line) => `${name}/${line.name}`)),
      ...UNPRINTED,
    ]),
);

/** What LVM says of settings that it does not know. */
export function unknownSettings(overrides: Overrides): readonly string[] {
  const names = settingNames(SOURCE);
  const sections = new Set(defaultSections().map(({ name }) => name));
  const said = [...overrides.keys()].flatMap((path) => {
    const [section = '', name] = path.split('/');
    if (names.has(path) || section === 'tags') return [];
    if (sections.has(section)) {
      return name === undefined ? [] : [`Configuration setting "${path}" unknown.`];
    }
    return name === undefined
      ? [`Configuration setting "${section}" invalid. It's not part of any section.`]
      : [`Configuration section "${section}" unknown.`];
  });
  return [...new Set(said)];
}

export const isSetting = (path: string): boolean => settingNames(SOURCE).has(path);
