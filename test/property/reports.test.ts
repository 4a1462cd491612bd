/** Random reports agree with a model that knows rows only as text. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { FIELDS } from '../../core/report/fields.ts';
import { blank, openLab } from '../support/lab.ts';
import type { TestLab } from '../support/device-lab.ts';

const SEEDS = 400;
const GARBAGE = 2000;
type Row = Readonly<Record<string, string>>;

/** Fields of each type that differ from row to row. */
const TEXTS = ['lv_name', 'vg_name', 'lv_attr', 'segtype', 'lv_allocation_policy', 'lv_host'];
const COUNTS = ['seg_count', 'stripes', 'seg_start_pe', 'vg_extent_count', 'lv_kernel_minor'];
const SIZES = ['lv_size', 'seg_size', 'stripe_size', 'vg_free', 'seg_start'];
const LISTS = ['lv_tags', 'vg_tags', 'devices', 'lv_role'];
const ALL = [...TEXTS, ...COUNTS, ...SIZES, ...LISTS];

const LINES = [
  'vgcreate -s 1m one /dev/sda /dev/sdb',
  'vgchange --addtag west --addtag east one',
  'vgcreate -s 512k two /dev/sdc /dev/sdd',
  'lvcreate -n a -L 4m --addtag red --addtag blue one /dev/sda',
  'lvcreate -n b -L 4m --addtag red one /dev/sdb',
  'lvextend -l +2 one/a /dev/sdb',
  'lvcreate -n c -an -l 3 one',
  'lvcreate -n a -i 2 -l 4 two',
  'lvcreate -n d -L 4m --alloc contiguous two',
  'lvcreate -n e -l 9 two',
];

let lab: TestLab;
let rows: readonly Row[];

beforeAll(async () => {
  lab = await openLab(blank());
  for (const line of LINES) expect((await lab.run(line)).status, line).toBe(0);
  rows = await asked('--unbuffered');
});
afterAll(() => lab.close());

async function asked(options: string, fields = ALL): Promise<readonly Row[]> {
  const look = '--reportformat json --units s --nosuffix';
  const { status, output } = await lab.run(`lvs ${look} -o ${fields.join()} ${options}`);
  const said = output.map(({ text }) => text).join('\n');
  expect(status, `${options}\n${said}`).toBe(0);
  const report = JSON.parse(said) as { report: readonly [{ lv: readonly Row[] }] };
  return report.report[0].lv;
}

/** A selection as text, and as a question to a row of texts. */
interface Condition {
  readonly text: string;
  readonly holds: (row: Row) => boolean;
}

const OPERATORS = ['=', '!=', '<', '<=', '>', '>='];

function compare(operator: string, a: number, b: number): boolean {
  if (operator === '=') return a === b;
  if (operator === '!=') return a !== b;
  // What is not there, -1, is neither more nor less than anything.
  if (a < 0) return false;
  if (operator.endsWith('=') && a === b) return true;
  return operator.startsWith('<') ? a < b : a > b;
}

function condition(prng: Prng, depth: number): Condition {
  if (depth > 0 && prng.chance(60)) return joined(prng, depth);
  const row = prng.pick(rows);
  const kind = prng.pick(['text', 'regex', 'count', 'size', 'list', 'lists']);
  if (kind === 'count' || kind === 'size') {
    const name = prng.pick(kind === 'count' ? COUNTS : SIZES);
    const operator = prng.pick(OPERATORS);
    const value = Math.max(0, Number(row[name]));
    return {
      text: `${name}${operator}${value}${kind === 'size' ? 's' : ''}`,
      holds: (one) => compare(operator, Number(one[name]), value),
    };
  }
  if (kind === 'text' || kind === 'regex') {
    const name = prng.pick(TEXTS);
    const not = prng.chance(50);
    const part = (row[name] ?? '').slice(0, 1 + prng.below(3));
    const value = kind === 'text' ? (row[name] ?? '') : part;
    const sign = kind === 'text' ? (not ? '!=' : '=') : not ? '!~' : '=~';
    const found = (one: Row): boolean =>
      kind === 'text' ? one[name] === value : (one[name] ?? '').includes(value);
    return { text: `${name}${sign}"${value}"`, holds: (one) => found(one) !== not };
  }
  const name = prng.pick(LISTS);
  const wanted = itemsOf(prng.pick(rows), name).slice(0, kind === 'list' ? 1 : 2);
  const all = prng.chance(50);
  const quoted = wanted.map((item) => `"${item}"`).join(all ? ' && ' : ' || ');
  const own = (one: Row): readonly string[] => itemsOf(one, name);
  if (kind === 'list') {
    const [item = ''] = wanted;
    return { text: `${name}="${item}"`, holds: (one) => own(one).includes(item) };
  }
  const join = all || wanted.length > 1 ? all : false;
  return {
    text: `${name}={${quoted}}`,
    holds: (one) =>
      join
        ? wanted.every((item) => own(one).includes(item))
        : wanted.some((x) => own(one).includes(x)),
  };
}

/** A list without anything in it holds the empty word. */
const itemsOf = (row: Row, name: string): readonly string[] => (row[name] ?? '').split(',');

function joined(prng: Prng, depth: number): Condition {
  const parts = [condition(prng, depth - 1), condition(prng, depth - 1)];
  const [a, b] = parts as [Condition, Condition];
  if (prng.chance(30)) return { text: `!(${a.text})`, holds: (row) => !a.holds(row) };
  const and = prng.chance(50);
  const sign = prng.pick(and ? ['&&', ','] : ['||', '#']);
  return {
    text: `(${a.text} ${sign} ${b.text})`,
    holds: (row) => (and ? a.holds(row) && b.holds(row) : a.holds(row) || b.holds(row)),
  };
}

function sorted(some: readonly Row[], keys: readonly string[]): readonly Row[] {
  const order = (a: Row, b: Row): number => {
    for (const key of keys) {
      const name = key.replace(/^[-+]/, '');
      const number = COUNTS.includes(name) || SIZES.includes(name);
      const value = (row: Row): number | string =>
        number ? (row[name] === '-1' ? Infinity : Number(row[name])) : (row[name] ?? '');
      const [x, y] = [value(a), value(b)];
      if (x !== y) return (x < y ? -1 : 1) * (key.startsWith('-') ? -1 : 1);
    }
    return 0;
  };
  return some.toSorted(order);
}

test('selecting and sorting', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const prng = new Prng(seed);
    const wish = condition(prng, prng.below(4));
    const keys = [...new Set(Array.from({ length: prng.below(4) }, () => prng.pick(ALL)))].map(
      (name) => prng.pick(['', '+', '-']) + name,
    );
    const fields = [...new Set(Array.from({ length: 1 + prng.below(6) }, () => prng.pick(ALL)))];
    // Rows are those of segments whatever is shown.
    const shown = [...fields, 'segtype'];
    const line = `-S '${wish.text}' -O '${keys.join()}'`;
    const kept = sorted(rows.filter(wish.holds), keys).map((row) =>
      Object.fromEntries(shown.map((name) => [name, row[name]])),
    );
    expect(await asked(line, shown), `seed ${seed}: ${line}`).toEqual(kept);
  }
});

test('whatever is typed is answered', async () => {
  const names = FIELDS.map(({ name }) => name);
  const pieces = ['=', '!=', '=~', '!~', '>', 'since ', '(', ')', '!', '[', ']', '{', '}', '&&'];
  const words = ['||', ',', '#', '"', '5', '4m', '7%', 'red', 'yes', '-1', '@9', '2026-02-30', ' '];
  for (let seed = 1; seed <= GARBAGE; seed++) {
    const prng = new Prng(seed);
    const some = [...pieces, ...words, prng.pick(names), prng.pick(names), prng.pick(names)];
    const text = Array.from({ length: prng.below(9) }, () => prng.pick(some)).join('');
    const argv = prng.chance(80)
      ? ['lvs', '-S', text, '-o', prng.pick(names)]
      : [prng.pick(['lvs', 'vgs', 'pvs']), prng.pick(['-o', '-O']), text.replace(/^-+/, '')];
    const { status } = await lab.api.command(argv);
    expect([0, 3, 5], `seed ${seed}: ${argv.join(' ')}`).toContain(status);
  }
});
