/** `-o` and `-O`: which fields a report has, in which order, and what its rows are sorted by. */
import { err, ok, type Result } from '../base/result.ts';
import { OTHER_SECTIONS, SECTIONS, type OtherSection, type Section } from './columns.ts';
import { fieldHelp } from './field-help.ts';
import { FIELDS, OTHER_FIELDS, type Field } from './fields.ts';
import { EMPTY } from './value.ts';

/** What a report is asked about, as `--configreport` names it. */
export type ReportKind = 'lv' | 'vg' | 'pv' | 'seg' | 'pvseg';

/** What the fields of a report are about. */
export type Subject = ReportKind | OtherSection;

/** Whether a report has fields that the reports of volumes do not have, and none of theirs. */
export const isOther = (subject: Subject): subject is OtherSection =>
  Object.hasOwn(OTHER_SECTIONS, subject);

const fieldsOf = (subject: Subject): readonly Field[] =>
  isOther(subject) ? OTHER_FIELDS[subject] : FIELDS;

export interface SortKey {
  readonly field: Field;
  readonly descending: boolean;
}

export interface Choice {
  readonly fields: readonly Field[];
  readonly keys: readonly SortKey[];
  /** Of all fields, shown or not. */
  readonly sections: ReadonlySet<Section>;
  /** Shown only where a row has something in it (`-o '#name'`). */
  readonly compact: ReadonlySet<Field>;
  /** `-o help`. */
  readonly help: boolean;
  /** Lines of LVM about the choice. */
  readonly said: readonly string[];
}

const special = (name: string, heading: string, width: number, about: string): Field => ({
  name,
  type: 'number',
  width,
  heading,
  about,
  section: 'special',
  value: () => EMPTY,
});

/** The answer to `-S` itself: rows that were not selected are shown with it, too. */
export const SELECTED = special(
  'selected',
  'Selected',
  0,
  'Set if item passes selection criteria.',
);
const HELP = [special('help', '', 0, 'Show help.'), special('?', '', 0, 'Show help.')];
export const SPECIAL_FIELDS: readonly Field[] = [SELECTED, ...HELP];
export const isHelp = (field: Field): boolean => HELP.includes(field);

const OWN_SECTION: Readonly<Record<Subject, Section>> = {
  lv: 'lv',
  vg: 'vg',
  pv: 'label',
  seg: 'seg',
  pvseg: 'pvseg',
  log: 'log',
  devtype: 'devtype',
};

const canonical = (name: string): string => name.replaceAll('_', '').toLowerCase();
const namesIn = (fields: readonly Field[]): ReadonlyMap<Field, string> =>
  new Map([...SPECIAL_FIELDS, ...fields].map((one) => [one, canonical(one.name)]));

/** Worked out when the first name is looked up: most commands report nothing. */
const known = new Map<OtherSection | 'main', ReadonlyMap<Field, string>>();
function canonicalNames(kind: Subject): ReadonlyMap<Field, string> {
  const key = isOther(kind) ? kind : 'main';
  const names = known.get(key) ?? namesIn(isOther(kind) ? OTHER_FIELDS[kind] : FIELDS);
  known.set(key, names);
  return names;
}

/** A field by its name; underscores, case and the report's own prefix do not count. */
export function fieldNamed(kind: Subject, name: string): Field | undefined {
  const wanted = canonical(name);
  if (wanted === '') return undefined;
  for (const [field, full] of canonicalNames(kind)) {
    if (full === wanted || full === kind + wanted) return field;
  }
  return undefined;
}

/** `all`, `lv_all`: sections whose fields are meant; none: no such group. */
function groupNamed(kind: Subject, name: string, known: Iterable<Section>): readonly Section[] {
  const wanted = canonical(name);
  const prefix = wanted === 'all' ? kind : /^(.+)all$/.exec(wanted)?.[1];
  const sections = isOther(kind) ? [OTHER_SECTIONS[kind]] : SECTIONS;
  const own = sections.filter((one) => one.prefix === prefix).map(({ section }) => section);
  return wanted === 'all' ? [...new Set([...known, ...own])] : own;
}

export interface FieldWishes {
  /** Names, comma-separated, where `-o` says nothing else. */
  readonly defaults: string;
  /** Every `-o` in its order: a list, or one that begins with `+`, `-` or `#`. */
  readonly options: readonly string[];
  /** `-O`, or what the report is sorted by otherwise. */
  readonly keys: string;
}

/** On refusal the lines that LVM prints. */
export function chooseFields(
  kind: Subject,
  wishes: FieldWishes,
): Result<Choice, readonly string[]> {
  const { names, compact } = namesOf(wishes);
  const sections = new Set<Section>([OWN_SECTION[kind]]);
  const note = (field: Field): void => {
    if (field.section !== 'special') sections.add(field.section);
  };
  for (const name of names) {
    const field = fieldNamed(kind, name);
    if (field) note(field);
    else for (const one of groupNamed(kind, name, sections)) sections.add(one);
  }
  const sorted = sortKeys(kind, wishes.keys);
  if (sorted.ok) for (const { field } of sorted.value.keys) note(field);

  const fields: Field[] = [];
  for (const name of names) {
    const field = fieldNamed(kind, name);
    const group = field ? [] : groupNamed(kind, name, sections);
    if (!field && group.length === 0) return err(unrecognised(kind, `Unrecognised field: ${name}`));
    if (field) fields.push(field);
    else fields.push(...fieldsOf(kind).filter((one) => group.includes(one.section as Section)));
  }
  if (!sorted.ok) return sorted;
  const tidy = compactFields(kind, compact, fields);
  return ok({
    fields: fields.filter((field) => !isHelp(field)),
    keys: sorted.value.keys,
    sections,
    compact: tidy.fields,
    help: fields.some(isHelp),
    said: [...sorted.value.said, ...tidy.said],
  });
}

const split = (text: string): readonly string[] => text.split(',').filter((name) => name !== '');

function namesOf({ defaults, options }: FieldWishes): {
  readonly names: readonly string[];
  readonly compact: readonly string[];
} {
  let names = split(defaults);
  const compact: string[] = [];
  for (const option of options) {
    const listed = split(option.replace(/^[-+#]/, ''));
    if (option.startsWith('+')) names = [...names, ...listed];
    else if (option.startsWith('-')) names = names.filter((name) => !listed.includes(name));
    else if (option === '#') compact.push(ALL_OF_THEM);
    else if (option.startsWith('#')) compact.push(...listed);
    else names = listed;
  }
  return { names, compact };
}

function sortKeys(
  kind: Subject,
  text: string,
): Result<{ keys: readonly SortKey[]; said: readonly string[] }, readonly string[]> {
  const keys: SortKey[] = [];
  const said: string[] = [];
  for (const word of split(text)) {
    const name = word.replace(/^[-+]/, '');
    const field = fieldNamed(kind, name);
    if (!field) {
      const why = name === '' ? ['dm_report: Missing sort field name'] : [];
      return err([...why, ...unrecognised(kind, `dm_report: Unrecognised field: ${word}`)]);
    }
    if (keys.some((key) => key.field === field)) {
      said.push(`dm_report: Ignoring duplicate sort field: ${field.name}.`);
    } else keys.push({ field, descending: word.startsWith('-') });
  }
  return ok({ keys, said });
}

const unrecognised = (kind: Subject, why: string): readonly string[] => [
  ...fieldHelp(kind),
  ' ',
  why,
];

/** Whatever is empty is left out. */
const ALL_OF_THEM = '#';

function compactFields(
  kind: Subject,
  names: readonly string[],
  shown: readonly Field[],
): { readonly fields: ReadonlySet<Field>; readonly said: readonly string[] } {
  const fields = new Set<Field>();
  if (names.includes(ALL_OF_THEM)) return { fields: new Set(shown), said: [] };
  for (const name of names) {
    const field = fieldNamed(kind, name);
    if (!field) {
      const why = `dm_report: Unrecognized field: ${name}`;
      return {
        fields: new Set(),
        said: [why, 'Failed to compact given columns in report output.'],
      };
    }
    fields.add(field);
  }
  return { fields, said: [] };
}
