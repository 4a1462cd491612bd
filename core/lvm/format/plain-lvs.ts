/**
 * The short way to read a text: volumes that stand in it just as this program and LVM print them,
 * with nothing but stripes on PVs, are taken line by line, without tokens and trees between. Large
 * groups consist of them. What is not exactly so goes the long way, and so does all that is wrong:
 * one place finds faults.
 */
import type { LvmId } from '../../base/ids.ts';
import { extents, sectors, type Sectors } from '../../base/units.ts';
import { U32_MAX } from './config/fields.ts';
import type { Area, LogicalVolume, StripedSegment } from './model.ts';
import { isStripeSize } from './lv-rules.ts';
import { nameRefusal } from './names.ts';
import { isLvStatus } from './status.ts';
import { unlockedWords } from './write-lock.ts';

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
    `stripes = \\[\\n("${NAME}", ${NUMBER}(,\\n"${NAME}", ${NUMBER})*)\\n\\]\\n\\}\\n`,
);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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
  /** What was cut out, and where it began. */
  readonly volumes: string;
  readonly begin: number;
}

/** The volumes of a text. */
export interface PlainLvs {
  readonly lvs: readonly LogicalVolume[];
  /** Where each of them ends. */
  readonly ends: Uint32Array;
  /** Some say that they are writable, or that they are so for those who know (write-lock.ts). */
  readonly someWrite: boolean;
  readonly someLocked: boolean;
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
  return { rest, sectionAt: opening + 1, volumes: text.slice(begin, end), begin };
}

/**
 * Every volume keeps the rules of `checkVolume`; of two with one name, which to a reader are one
 * section, it knows nothing. Undefined where it has to be the long way.
 */
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
  const { someWrite, someLocked } = reader;
  return { lvs, ends: Uint32Array.from(ends), someWrite, someLocked };
}

class Reader {
  at = 0;
  someWrite = false;
  someLocked = false;
  private lastStatus: readonly string[] | undefined;
  private lastTime = { spelled: '0', value: 0n };
  /** Lists of words repeat from volume to volume. */
  private readonly lists = new Map<string, readonly string[]>([['', []]]);

  constructor(
    private readonly text: string,
    private readonly context: PlainContext,
  ) {}

  // Ten thousand times, mostly before anything is compiled: places of a list are read one by one.
  volume(): LogicalVolume | undefined {
    const head = this.take(HEAD);
    if (!head) return undefined;
    const [name = '', status, tags] = [head[1], this.statusWords(head[3] ?? ''), head[5]];
    const id = head[2]?.replaceAll('-', '') as LvmId | undefined;
    if (id === undefined || status === undefined || tags === '') return undefined;
    if (nameRefusal(name)) return undefined;
    const segments = this.segments(Number(head[10]));
    if (!segments) return undefined;
    const flags = this.words(head[4] ?? '');
    const locked = flags.includes('WRITE_LOCKED') || status.includes('WRITE_LOCKED');
    if (locked) this.someLocked = true;
    else if (!this.someWrite) this.someWrite = status.includes('WRITE');
    const words = locked ? unlockedWords({ status, flags }) : { status, flags };
    const lv: Mutable<LogicalVolume> = {
      name,
      id,
      ...words,
      tags: this.words(tags ?? ''),
      segments,
      extra: [],
    };
    if (head[6] !== undefined) lv.creationTime = this.time(head[6]);
    if (head[7] !== undefined) lv.creationHost = head[7];
    if (head[8] !== undefined) lv.allocationPolicy = head[8];
    if (head[9] !== undefined) lv.readAhead = BigInt(head[9]);
    return lv;
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
    const [count, tags, stripes, size] = [Number(found[3]), found[4], Number(found[5]), found[6]];
    const areas = stripes === 1 ? this.area(found[8], found[9]) : this.areas(found[7] ?? '');
    const sound =
      Number(found[1]) === number &&
      Number(found[2]) === start &&
      tags !== '' &&
      count >= 1 &&
      count <= U32_MAX &&
      areas?.length === stripes &&
      count % stripes === 0 &&
      (stripes > 1 ? isStripeSize(Number(size)) : size === undefined && found[10] === undefined);
    if (!sound) return undefined;
    return {
      kind: 'striped',
      start: extents(start),
      count: extents(count),
      tags: this.words(tags ?? ''),
      stripeSize: sectors(Number(size ?? 0)),
      areas,
      extra: [],
    };
  }

  private area(section = '', first = ''): readonly Area[] | undefined {
    const pvId = this.context.pvIds.get(section);
    const start = Number(first);
    return pvId === undefined || start > U32_MAX
      ? undefined
      : [{ on: 'pv', pvId, start: extents(start) }];
  }

  /** @param rows `"pv0", 12`, line by line. */
  private areas(rows: string): readonly Area[] | undefined {
    const areas: Area[] = [];
    for (const row of rows.split(',\n')) {
      const close = row.lastIndexOf('"');
      const area = this.area(row.slice(1, close), row.slice(close + 3));
      if (!area) return undefined;
      areas.push(...area);
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

  /** Undefined where one of them is not known. */
  private statusWords(list: string): readonly string[] | undefined {
    const words = this.words(list);
    if (words !== this.lastStatus && !words.every(isLvStatus)) return undefined;
    this.lastStatus = words;
    return words;
  }

  private time(seconds: string): bigint {
    if (seconds !== this.lastTime.spelled) {
      this.lastTime = { spelled: seconds, value: BigInt(seconds) };
    }
    return this.lastTime.value;
  }
}
