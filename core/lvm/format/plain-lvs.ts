/**
 * The short way to read a text: volumes that stand in it just as this program and LVM print them,
 * with nothing but stripes on PVs, are taken line by line, without tokens and trees between. Large
 * groups consist of them. What is not exactly so goes the long way, and so does all that is wrong:
 * one place finds faults.
 */
import { ByteText } from '../../base/byte-text.ts';
import { parseLvmId, type LvmId } from '../../base/ids.ts';
import { extents, sectors, type Sectors } from '../../base/units.ts';
import { U32_MAX } from './config/fields.ts';
import type { LvsText } from './lvs-text.ts';
import type { Area, LogicalVolume, StripedSegment } from './model.ts';
import { isStripeSize } from './lv-rules.ts';
import { nameRefusal } from './names.ts';
import { isLvStatus } from './status.ts';

const WORD = 'logical_volumes';
const OPENING = `\n${WORD} {\n`;
const CLOSING = '}\n';

/** A volume's head, or a segment, is no longer: expressions see so much. Characters. */
const WINDOW = 4096;

const NUMBER = '(0|[1-9][0-9]{0,14})';
const TAG = '"[A-Za-z0-9_+./=!:#&-]+"';
const LIST = `\\[((?:${TAG}(?:, ${TAG})*)?)\\]`;
const TEXT = '"([^"\\\\\\n\\0]*)"';
/** As it is printed with dashes; what begins with # is printed without. */
const ID = `"((?!#)${[6, 4, 4, 4, 4, 4, 6].map((count) => `[0-9A-Za-z!#]{${count}}`).join('-')})"`;
const NAME = '([A-Za-z0-9_.+-]+)';
const HEAD = new RegExp(
  `^\\n${NAME} \\{\\nid = ${ID}\\nstatus = ${LIST}\\nflags = ${LIST}\\n` +
    `(?:tags = ${LIST}\\n)?(?:creation_time = ${NUMBER}\\n)?(?:creation_host = ${TEXT}\\n)?` +
    `(?:allocation_policy = ${TEXT}\\n)?(?:read_ahead = ${NUMBER}\\n)?` +
    `segment_count = ${NUMBER}\\n\\n`,
);
const SEGMENT = new RegExp(
  `^segment${NUMBER} \\{\\nstart_extent = ${NUMBER}\\nextent_count = ${NUMBER}\\n\\n` +
    `type = "striped"\\n(?:tags = ${LIST}\\n)?stripe_count = ${NUMBER}\\n` +
    `(?:stripe_size = ${NUMBER}\\n)?\\n` +
    `stripes = \\[\\n("${NAME}", ${NUMBER}(?:,\\n"${NAME}", ${NUMBER})*)\\n\\]\\n\\}\\n`,
);

/** What names and numbers in the volumes mean. */
export interface PlainContext {
  /** By section. */
  readonly pvIds: ReadonlyMap<string, LvmId>;
  readonly extentSize: Sectors;
}

/** A text whose volumes can be read the short way. */
export interface PlainText {
  /** The text without them: a section of volumes that is empty. */
  readonly rest: string;
  /** Where the name of that section stands in the rest. */
  readonly sectionAt: number;
  /** What was cut out. */
  readonly volumes: string;
}

/** The volumes of a text, and where each of them ends. */
export interface PlainLvs {
  readonly lvs: readonly LogicalVolume[];
  readonly printed: LvsText;
}

/** Undefined where the text has no section of volumes, or more than one. */
export function cutVolumes(text: string): PlainText | undefined {
  const opening = text.indexOf(OPENING);
  // Anything of the same name elsewhere would add volumes, or be what was meant.
  if (opening < 0 || text.indexOf(WORD) !== opening + 1) return undefined;
  if (text.lastIndexOf(WORD) !== opening + 1) return undefined;
  const begin = opening + OPENING.length;
  // Its end is where a volume ends and no other begins.
  const end = text.indexOf(`\n}\n}\n}\n`, begin) + '\n}\n}\n'.length;
  if (end < begin) return undefined;
  const rest = text.slice(0, begin) + text.slice(end);
  return { rest, sectionAt: opening + 1, volumes: text.slice(begin, end) };
}

/** Every volume keeps the rules of `checkVolume`. Undefined where it has to be the long way. */
export function readPlainLvs(text: string, context: PlainContext): PlainLvs | undefined {
  const lvs: LogicalVolume[] = [];
  const ends: number[] = [];
  const reader = new Reader(text, context);
  while (reader.at < text.length) {
    const lv = reader.volume();
    if (!lv) return undefined;
    lvs.push(lv);
    ends.push(reader.at);
  }
  // One name twice is one section.
  if (new Set(lvs.map(({ name }) => name)).size !== lvs.length) return undefined;
  return { lvs, printed: { text: ByteText.of(text), ends: Uint32Array.from(ends) } };
}

class Reader {
  at = 0;
  /** Lists of words repeat from volume to volume. */
  private readonly lists = new Map<string, readonly string[]>([['', []]]);

  constructor(
    private readonly text: string,
    private readonly context: PlainContext,
  ) {}

  volume(): LogicalVolume | undefined {
    const head = this.take(HEAD);
    if (!head) return undefined;
    const [, name = '', idText = '', status = '', flags = '', tags, time, host, policy] = head;
    const [readAhead, count] = [head[9], Number(head[10])];
    const id = parseLvmId(idText);
    const states = this.words(status);
    if (id === undefined || nameRefusal(name)) return undefined;
    if (!states.every(isLvStatus) || tags === '') return undefined;
    const segments = this.segments(count);
    if (!segments) return undefined;
    return {
      name,
      id,
      status: states,
      flags: this.words(flags),
      tags: this.words(tags ?? ''),
      ...(time === undefined ? NOTHING : { creationTime: BigInt(time) }),
      ...(host === undefined ? NOTHING : { creationHost: host }),
      ...(policy === undefined ? NOTHING : { allocationPolicy: policy }),
      ...(readAhead === undefined ? NOTHING : { readAhead: BigInt(readAhead) }),
      segments,
      extra: [],
    };
  }

  /** As many as the head says; they tile the volume. */
  private segments(count: number): readonly StripedSegment[] | undefined {
    const segments: StripedSegment[] = [];
    let end = 0;
    while (segments.length < count) {
      const segment = this.segment(segments.length + 1, end);
      if (!segment) return undefined;
      segments.push(segment);
      end += segment.count;
    }
    const fits = end <= U32_MAX && Number.isSafeInteger(end * this.context.extentSize);
    if (!fits || !this.text.startsWith(CLOSING, this.at)) return undefined;
    this.at += CLOSING.length;
    return segments;
  }

  private segment(number: number, start: number): StripedSegment | undefined {
    const found = this.take(SEGMENT);
    if (!found) return undefined;
    const [, written, from, length, tags, stripeCount, stripeSize, rows = ''] = found;
    const areas = this.areas(rows);
    const [count, stripes] = [Number(length), Number(stripeCount)];
    const size = Number(stripeSize ?? 0);
    const sound =
      Number(written) === number &&
      Number(from) === start &&
      tags !== '' &&
      count >= 1 &&
      count <= U32_MAX &&
      areas?.length === stripes &&
      count % stripes === 0 &&
      (stripes > 1 ? isStripeSize(size) : stripeSize === undefined);
    if (!sound) return undefined;
    return {
      kind: 'striped',
      start: extents(start),
      count: extents(count),
      tags: this.words(tags ?? ''),
      stripeSize: sectors(size),
      areas,
      extra: [],
    };
  }

  /** @param rows `"pv0", 12`, and more lines of the same. */
  private areas(rows: string): readonly Area[] | undefined {
    const areas: Area[] = [];
    for (const row of rows.includes('\n') ? rows.split(',\n') : [rows]) {
      const close = row.lastIndexOf('"');
      const pvId = this.context.pvIds.get(row.slice(1, close));
      const start = Number(row.slice(close + 3));
      if (pvId === undefined || start > U32_MAX) return undefined;
      areas.push({ on: 'pv', pvId, start: extents(start) });
    }
    return areas;
  }

  /** What the expression finds right here. */
  private take(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.text.slice(this.at, this.at + WINDOW)) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  /** @param list words in quotes, with a comma and a blank between. */
  private words(list: string): readonly string[] {
    let words = this.lists.get(list);
    if (words === undefined) {
      words = list.slice(1, -1).split('", "');
      this.lists.set(list, words);
    }
    return words;
  }
}

const NOTHING = {};
