import { describe, expect, test } from 'vitest';
import { exportMetadata } from '../../../core/lvm/format/export.ts';
import { parseMetadata } from '../../../core/lvm/format/import.ts';
import { HEADER, sampleGroup } from './samples.ts';

const GROUP = sampleGroup();
const TEXT = exportMetadata(GROUP, HEADER);

/** The sample with one place changed; the place must exist. */
function edited(from: string | RegExp, to: string): string {
  const text = TEXT.replace(from, to);
  expect(text).not.toBe(TEXT);
  return text;
}
const parse = (text: string) => parseMetadata(text, '/dev/sda');

test('what was exported is read back', () => {
  const { description, creationHost, creationTime } = HEADER;
  const header = { description, creationHost, creationTime, hostDescription: '', generator: '' };
  expect(parse(TEXT)).toEqual({ ok: true, value: { vg: GROUP, header } });
});

describe('only what is required has to be there', () => {
  test('the smallest group', () => {
    const text = `contents = "Text Format Volume Group" version = 1
      v { id = "${GROUP.id}" seqno = 7 status = ["READ"] extent_size = 8 max_lv = 0 max_pv = 0
          physical_volumes { } }`;
    const read = parse(text);
    expect(read).toMatchObject({ ok: true, value: { vg: { name: 'v', seqno: 7, lvs: [] } } });
    const { vg } = read.ok ? read.value : { vg: GROUP };
    expect(Object.keys(vg)).not.toContain('format');
    expect(vg.flags).toEqual([]);
  });

  test.each([
    [/^contents = .*$/m, 'contents'],
    [/^version = .*$/m, 'version'],
    [/^id = .*$/m, 'vg/id'],
    [/^seqno = .*$/m, 'vg/seqno'],
    [/^status = .*$/m, 'vg/status'],
    [/^extent_size = .*$/m, 'vg/extent_size'],
    [/^max_lv = .*$/m, 'vg/max_lv'],
    [/^max_pv = .*$/m, 'vg/max_pv'],
    [/^pe_start = .*$/m, 'vg/physical_volumes/pv0/pe_start'],
    [/^pe_count = .*$/m, 'vg/physical_volumes/pv0/pe_count'],
    [/^segment_count = .*$/m, 'vg/logical_volumes/home/segment_count'],
    [/^start_extent = .*$/m, 'vg/logical_volumes/home/segment1/start_extent'],
    [/^extent_count = .*$/m, 'vg/logical_volumes/home/segment1/extent_count'],
    [/^type = .*$/m, 'vg/logical_volumes/home/segment1/type'],
    [/^stripe_count = .*$/m, 'vg/logical_volumes/home/segment1/stripe_count'],
    [/^stripe_size = .*$/m, 'vg/logical_volumes/fast/segment1/stripe_size'],
  ])('without %s it is refused', (line, field) => {
    const error = {
      code: 'damaged',
      device: '/dev/sda',
      part: 'text',
      field,
      why: 'it is missing',
    };
    expect(parse(edited(line, ''))).toMatchObject({ ok: false, error });
  });

  test.each([/^format = .*$/m, /^flags = .*$/m, /^metadata_copies = .*$/m, /^device = .*$/m])(
    'without %s it is read',
    (line) => {
      expect(parse(edited(line, '')).ok).toBe(true);
    },
  );
});

test('linear is another word for striped, and is written as that', () => {
  const [read, usual] = ['linear', 'striped'].map((word) =>
    parse(edited('type = "striped"', `type =  "${word}"`)),
  );
  expect(read?.ok).toBe(true);
  expect(read).toEqual(usual);
});

const HOME = 'vg/logical_volumes/home';
const REFUSED: readonly [string, string | RegExp, string, string, RegExp][] = [
  ['other contents', 'Text Format Volume Group', 'Poem', 'contents', /not a volume group/],
  ['another version', 'version = 1', 'version = 2', 'version', /between 1 and 1/],
  ['another format', 'format = "lvm2"', 'format = "lvm1"', 'vg/format', /not a format/],
  ['no group', /^vg \{[^]*^\}$/m, '', '', /no volume group/],
  ['an impossible group name', /^vg \{/m, '"a b" {', 'a b', /not a name/],
  ['an impossible volume name', /^home \{/m, '".." {', 'vg/logical_volumes/..', /not a name/],
  ['a bad id', /id = "....../, 'id = "', 'vg/id', /32 characters/],
  ['a word for a number', /seqno = 1/, 'seqno = "1"', 'vg/seqno', /not an integer/],
  [
    'a negative number',
    'pe_start = 2048',
    'pe_start = -1',
    'vg/physical_volumes/pv0/pe_start',
    /between/,
  ],
  ['a zero extent', 'extent_size = 8192', 'extent_size = 0', 'vg/extent_size', /between/],
  ['an unknown status', '"RESIZEABLE"', '"FANCY"', 'vg/status', /FANCY/],
  ['an unknown LV status', '"VISIBLE"', '"FANCY"', `${HOME}/status`, /FANCY/],
  ['an unknown PV status', '"ALLOCATABLE"', '"READ"', 'vg/physical_volumes/pv0/status', /READ/],
  ['flags that are no list', 'flags = []', 'flags = 1', 'vg/flags', /list of strings/],
  ['too few segments', 'segment_count = 2', 'segment_count = 3', `${HOME}/segment_count`, /are 2/],
  ['a gap', 'start_extent = 3', 'start_extent = 4', `${HOME}/segment2/start_extent`, /ends at 3/],
  [
    'an overlap',
    'start_extent = 3',
    'start_extent = 2',
    `${HOME}/segment2/start_extent`,
    /ends at 3/,
  ],
  [
    'an empty segment',
    'extent_count = 2',
    'extent_count = 0',
    `${HOME}/segment2/extent_count`,
    /between/,
  ],
  ['an unknown area', '"pv0", 0', '"pv9", 0', `${HOME}/segment1/stripes`, /neither/],
  [
    'too many areas',
    '"pv0", 0',
    '"pv0", 0, "pv1", 0',
    `${HOME}/segment1/stripes`,
    /4 members for 1/,
  ],
  ['areas of numbers', '"pv0", 0', '0, "pv0"', `${HOME}/segment1/stripes`, /pairs/],
  ['an area below zero', '"pv0", 0', '"pv0", -1', `${HOME}/segment1/stripes`, /not an extent/],
  [
    'no stripes',
    'stripe_count = 2',
    'stripe_count = 0',
    'vg/logical_volumes/fast/segment1/stripe_count',
    /between/,
  ],
  [
    'stripes that do not divide',
    'extent_count = 4',
    'extent_count = 5',
    'vg/logical_volumes/fast/segment1/extent_count',
    /do not divide/,
  ],
  ['an area beyond its PV', '"pv1", 4', '"pv1", 14', HOME, /up to 16 of pv1, which has 15/],
  ['an extent with two owners', '"pv1", 4', '"pv1", 1', HOME, /share extent 1 of pv1/],
  ['a volume on itself', '"pv0", 0', '"home", 0', HOME, /on itself/],
  [
    'PVs that cannot be counted',
    /pe_count = 15/g,
    'pe_count = 4294967295',
    'x',
    /addressed|counted/,
  ],
];

test.each(REFUSED)('%s is refused', (_, from, to, field, why) => {
  let text = edited(from, to);
  if (field === 'x') text = text.replaceAll('pe_start = 2048', 'pe_start = 9007199254740000');
  const read = parse(text);
  expect(read).toMatchObject({ ok: false, error: { code: 'damaged', part: 'text' } });
  if (read.ok) return;
  expect(read.error.why).toMatch(why);
  if (field !== 'x') expect(read.error.field).toBe(field);
});

test('the offset is that of the nearest place that exists', () => {
  const offsetOf = (text: string): string => {
    const read = parse(text);
    return read.ok ? '' : text.slice(read.error.offset).split('\n')[0]!;
  };
  expect(offsetOf(edited('"RESIZEABLE"', '"FANCY"'))).toBe('status = ["FANCY", "READ", "WRITE"]');
  expect(offsetOf(edited('stripe_size = 128', ''))).toBe('segment1 {');
  expect(offsetOf(edited('start_extent = 3', 'start_extent = 4'))).toBe('start_extent = 4');
});

test('an error of the grammar names line and offset', () => {
  const text = edited('seqno = 1', 'seqno 1');
  const error = { part: 'text', field: 'line 3', offset: text.indexOf('1\nformat') };
  expect(parse(text)).toMatchObject({ ok: false, error });
});

test('two PVs or two volumes of one id are refused', () => {
  const [a, b] = GROUP.pvs;
  const [home, fast] = GROUP.lvs;
  const pvs = exportMetadata({ ...GROUP, lvs: [], pvs: [a!, { ...b!, id: a!.id }] }, HEADER);
  const field = 'vg/physical_volumes/pv1/id';
  expect(parse(pvs)).toMatchObject({ ok: false, error: { field, why: 'it is also that of pv0' } });
  const lvs = exportMetadata({ ...GROUP, lvs: [home!, { ...fast!, id: home!.id }] }, HEADER);
  expect(parse(lvs)).toMatchObject({ ok: false, error: { field: 'vg/logical_volumes/fast/id' } });
});

describe('names of areas', () => {
  const above = `top {\nid = "${'t'.repeat(32)}"\nstatus = ["READ"]\nsegment_count = 1\n
    segment1 { start_extent = 0 extent_count = 2 type = "striped" stripe_count = 1
    stripes = ["NAME", 1] } }\n`;
  const withTop = (name: string) =>
    edited('logical_volumes {\n', `logical_volumes {\n${above.replace('NAME', name)}`);

  test('a volume that stands further down', () => {
    const read = parse(withTop('home'));
    const areas = [{ on: 'lv', lv: 'home', start: 1 }];
    expect(read).toMatchObject({
      ok: true,
      value: { vg: { lvs: [{ segments: [{ areas }] }, {}, {}] } },
    });
  });

  test('a PV section comes before a volume', () => {
    const text = withTop('home')
      .replace(/^pv1 \{/m, 'home {')
      .replaceAll('"pv1"', '"home"');
    expect(parse(text)).toMatchObject({
      ok: false,
      error: { why: expect.stringContaining('share extent') as string },
    });
  });
});

test('volumes stacked beyond reason are refused', () => {
  const pile = (height: number): string => {
    const lvs = Array.from({ length: height }, (_, at) => {
      const id = String(at).padStart(32, '0');
      const below = at + 1 < height ? `"l${at + 1}"` : '"pv0"';
      return `l${at} { id = "${id}" status = [] segment_count = 1 s { start_extent = 0
        extent_count = 1 type = "striped" stripe_count = 1 stripes = [${below}, 0] } }`;
    });
    return TEXT.replace(
      /logical_volumes \{[^]*?\n\}\n\n\}/,
      `logical_volumes {${lvs.join('\n')}}\n}`,
    );
  };
  expect(parse(pile(60)).ok).toBe(true);
  expect(parse(pile(5000))).toMatchObject({
    ok: false,
    error: { why: 'it lies on more than 64 volumes' },
  });
});

test('volumes each of which lies twice on the next are refused', () => {
  const doubled = (height: number): string => {
    const lvs = Array.from({ length: height }, (_, at) => {
      const id = String(at).padStart(32, '0');
      const isLast = at + 1 === height;
      const below = isLast
        ? 'type = "striped" stripe_count = 1 stripes = ["pv0", 0]'
        : `type = "mirror" mirror_count = 2 mirrors = ["l${at + 1}", 0, "l${at + 1}", 0]`;
      return `l${at} { id = "${id}" status = [] segment_count = 1 s { start_extent = 0
        extent_count = 1 ${below} } }`;
    });
    return TEXT.replace(
      /logical_volumes \{[^]*?\n\}\n\n\}/,
      `logical_volumes {${lvs.join('\n')}}\n}`,
    );
  };
  expect(parse(doubled(5)).ok).toBe(true);
  expect(parse(doubled(40))).toMatchObject({
    ok: false,
    error: { why: 'it is made of more than 16384 devices' },
  });
});

test('flags keep words that nobody knows', () => {
  const read = parse(edited('flags = []', 'flags = ["FROM_THE_FUTURE"]'));
  expect(read).toMatchObject({ ok: true, value: { vg: { flags: ['FROM_THE_FUTURE'] } } });
});

test('MISSING counts in either list', () => {
  for (const text of [
    edited('status = ["ALLOCATABLE"]', 'status = ["ALLOCATABLE", "MISSING"]'),
    edited('["ALLOCATABLE"]\nflags = []', '["ALLOCATABLE"]\nflags = ["MISSING"]'),
  ]) {
    expect(parse(text).ok).toBe(true);
  }
});
