/** `-o help` and `-S help`: the fields by section, as LVM lists them. */
import { OTHER_SECTIONS, SECTIONS } from './columns.ts';
import { isOther, type Subject } from './choose-fields.ts';
import { FIELDS, OTHER_FIELDS, type Field } from './fields.ts';
import type { ReportField } from '../contract/report.ts';
import type { FieldType } from './value.ts';

const TYPE_WORDS: Readonly<Record<FieldType, string>> = {
  string: 'string',
  list: 'string list',
  number: 'number',
  size: 'size',
  percent: 'percent',
  time: 'time',
};

const SPECIAL: readonly (readonly [name: string, about: string, type: string])[] = [
  ['selected', 'Set if item passes selection criteria.', 'number'],
  ['help', 'Show help.', 'unselectable number'],
  ['?', 'Show help.', 'unselectable number'],
];

/** @param types for `-S`: the type of each field, and no groups of fields. */
export function fieldHelp(subject: Subject, types = false): readonly string[] {
  const [titles, fields] = isOther(subject)
    ? [[OTHER_SECTIONS[subject]], OTHER_FIELDS[subject]]
    : [SECTIONS, FIELDS];
  const width = Math.max(...fields.map(({ name }) => name.length));
  const line = (name: string, about: string): string => `  ${name.padEnd(width)} - ${about}`;
  const kind = (word: string): string => (types ? ` [${word}]` : '');
  const fieldLine = ({ name, about, type }: Field): string =>
    line(name, about + kind(TYPE_WORDS[type]));
  const sections = titles.flatMap(({ section, title, prefix }) => [
    ...heading(title),
    ...(types ? [] : [line(`${prefix}_all`, 'All fields in this section.')]),
    ...fields.filter((field) => field.section === section).map(fieldLine),
    ' ',
  ]);
  return [
    ...sections,
    ...heading('Special'),
    ...SPECIAL.map(([name, about, type]) => line(name, about + kind(type))),
  ];
}

/** The same for programs. */
export function reportFields(): readonly ReportField[] {
  return SECTIONS.flatMap(({ section, title }) =>
    FIELDS.filter((field) => field.section === section).map(({ name, heading, about, type }) => ({
      name,
      heading,
      about,
      type,
      section: title,
    })),
  );
}

const heading = (title: string): readonly string[] => {
  const text = `${title} Fields`;
  return [text, '-'.repeat(text.length)];
};
