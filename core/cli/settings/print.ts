/** Settings as `lvmconfig` prints them: no blanks around `=`, a tab in a section. */
import type { ConfigScalar, ConfigValue } from '../../lvm/format/model.ts';
import type { Overrides } from '../config-option.ts';

export function valueText(value: ConfigValue): string {
  if (value.kind !== 'array') return scalarText(value);
  const [only, ...others] = value.items;
  // A list of one is one to LVM.
  if (only && others.length === 0) return scalarText(only);
  return `[${value.items.map(scalarText).join(',')}]`;
}

function scalarText(value: ConfigScalar): string {
  switch (value.kind) {
    case 'int':
      return String(value.value);
    case 'float':
      return value.text;
    case 'string':
      return `"${value.value.replace(/["\\]/g, (mark) => `\\${mark}`)}"`;
  }
}

/** Section by section, in the order in which they were set. */
export function settingLines(settings: Overrides): readonly string[] {
  const sections = new Map<string, string[]>();
  for (const [path, value] of settings) {
    const [section = '', name = ''] = path.split('/');
    const lines = sections.get(section) ?? [];
    sections.set(section, [...lines, `\t${name}=${valueText(value)}`]);
  }
  return [...sections].flatMap(([section, lines]) => [`${section} {`, ...lines, '}']);
}
