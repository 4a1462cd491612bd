/** Reads the options of one command line; the first that cannot be read refuses the whole line. */
import { err, ok, type Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { AllocationPolicy } from '../contract/state.ts';
import type { ConfigScalar } from '../lvm/format/model.ts';
import { checkTag } from '../lvm/format/names.ts';
import type { ActivationRequest } from '../lvm/ops/activation.ts';
import type { Copies } from '../lvm/ops/balance.ts';
import { idRefusal, systemIdFrom } from '../lvm/format/system-id.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { PvCreation } from '../lvm/ops/pv-layout.ts';
import type { SizeSpec } from '../lvm/ops/size.ts';
import type { TagChange } from '../lvm/ops/tags.ts';
import { defined, type Parsed, type UsageError } from './command.ts';
import {
  overriddenList,
  overriddenNumber,
  parseOverrides,
  type Overrides,
} from './config-option.ts';
import type { GivenOption, ParsedOptions } from './getopt.ts';
import { parseExtents, parseLength, parseSize } from './sizes.ts';

type Activation = Omit<ActivationRequest, 'verb' | 'vg' | 'lv'>;

/** Turns the text of an option into a value, or says in LVM's words why not (or nothing). */
type Reading<T> = (text: string) => Result<T, string | undefined>;

export class LineReader {
  private refusal: UsageError | undefined;

  constructor(
    private readonly line: ParsedOptions,
    /** The whole line, quoted as a shell needs it. */
    readonly asGiven: string,
    /** What the lab says of settings. */
    private readonly ofLab: Overrides = new Map(),
  ) {}

  /** `--config` over the lab's; where it cannot be read the line is refused elsewhere. */
  get settings(): Overrides {
    const parsed = parseOverrides(this.text('config'));
    return new Map([...this.ofLab, ...(parsed.ok ? parsed.value : [])]);
  }

  /** The words that are no options. */
  get words(): readonly string[] {
    return this.line.positionals;
  }

  /** All options as they came. */
  get inOrder(): readonly GivenOption[] {
    return this.line.inOrder;
  }

  times(long: string): number {
    return this.line.values.get(long)?.length ?? 0;
  }

  has(long: string): boolean {
    return this.times(long) > 0;
  }

  /** As given, the last one where an option was given twice. */
  text(long: string): string | undefined {
    return this.line.values.get(long)?.at(-1);
  }

  texts(long: string): readonly string[] | undefined {
    return this.line.values.get(long);
  }

  read<T>(long: string, reading: Reading<T>): T | undefined {
    const text = this.text(long);
    return text === undefined ? undefined : this.take(long, text, reading);
  }

  /** A size in MiB takes no sign; LVM reads one in KiB more leniently. */
  size(long: string, unit: 'm' | 'k' | 's' = 'm'): Sectors | undefined {
    return this.read(long, (text) =>
      unit === 'm' && /^[+-](?![+-])/.test(text)
        ? err('Size may not be relative/signed.')
        : parseSize(text, unit),
    );
  }

  /** One of these words. */
  oneOf<T extends string>(long: string, words: readonly T[]): T | undefined {
    return this.read(long, (text) => {
      const word = words.find((one) => one === text);
      return word === undefined ? err(undefined) : ok(word);
    });
  }

  /** Something of the line could not be read. */
  isRefused(): boolean {
    return this.refusal !== undefined;
  }

  count(long: string): number | undefined {
    return this.read(long, wholeNumber);
  }

  yesNo(long: string): boolean | undefined {
    return this.read(long, yesNo);
  }

  /** `-a`: undefined where it was not given. */
  activation(): Activation | undefined {
    const active = this.read('activate', activate);
    if (active === undefined) return undefined;
    const ignoreSkip = this.has('ignoreactivationskip') ? (true as const) : undefined;
    const lists = ['volume_list', ...(active.auto ? ['auto_activation_volume_list'] : [])]
      .map((name) => overriddenList(this.settings, `activation/${name}`))
      .filter((list) => list !== undefined);
    const [first, second] = lists;
    const among = second ? first?.filter((word) => second.includes(word)) : first;
    const waits = this.yesNo('poll') === false || this.has('sysinit');
    const poll = waits ? (false as const) : undefined;
    return { ...active, ...defined({ ignoreSkip, mode: this.activationMode(), among, poll }) };
  }

  /** `--activationmode`, or `-P` for short. */
  private activationMode(): ActivationRequest['mode'] {
    const text = this.text('activationmode');
    const mode = MODES.find((one) => one === text);
    if (text !== undefined && !mode) this.note('Invalid activation mode given.');
    return this.has('partial') ? 'partial' : mode;
  }

  /** `--systemid`, as LVM makes it of the text; empty where that is. */
  systemId(): string | undefined {
    const text = this.text('systemid');
    const refused = text === undefined || text === '' ? undefined : idRefusal(text);
    if (refused !== undefined) this.note(refused);
    return text === undefined ? undefined : systemIdFrom(text);
  }

  /** What LVM says first where incomplete volumes are taken. */
  partialMode(): readonly string[] {
    return this.isPartial() ? ['PARTIAL MODE. Incomplete logical volumes will be processed.'] : [];
  }

  isPartial(): boolean {
    return this.has('partial') || this.text('activationmode') === 'partial';
  }

  permission(): 'r' | 'rw' | undefined {
    return this.read('permission', permission);
  }

  /** `--config allocation/cling_tag_list`; undefined where it is not set. */
  clingTags(): readonly ConfigScalar[] | undefined {
    const value = this.settings.get('allocation/cling_tag_list');
    return value && (value.kind === 'array' ? value.items : [value]);
  }

  policy(): AllocationPolicy | undefined {
    return this.read('alloc', policy);
  }

  /** --addtag and --deltag. */
  tagChange(): TagChange {
    return defined({ addTags: this.tags('addtag'), deleteTags: this.tags('deltag') });
  }

  tags(long: string): readonly string[] | undefined {
    return this.texts(long)?.map((text) => this.take(long, text, tag) ?? text);
  }

  /** -L and -l: exactly one of them. @param signs those that a size may have. */
  amount(signs: '+' | '-' | '+-'): SizeSpec | undefined {
    const length = this.read('size', signed('Size', signs, parseLength));
    const count = this.read('extents', signed('Extents', signs, parseExtents));
    if (length?.by === 'size' && length.sectors === 0) this.note('--size may not be zero.');
    if (count && amountOf(count) === 0) this.note('--extents may not be zero.');
    if (length && count) this.note('Please specify either size or extents (not both).');
    return length ?? count;
  }

  striping(): {
    readonly stripes?: number;
    readonly stripeSize?: Sectors;
    readonly usualStripeSize?: Sectors;
  } {
    const stripes = this.count('stripes');
    const stripeSize = this.size('stripesize', 'k');
    if (stripes === 0) this.note('--stripes may not be zero.');
    if (stripeSize === 0) this.note('--stripesize may not be zero.');
    const set = overriddenNumber(this.settings, 'metadata/stripesize');
    const usual = set === undefined ? undefined : ((set * SECTORS_OF_KIB) as Sectors);
    return defined({ stripes, stripeSize, usualStripeSize: usual });
  }

  /** @param copies a shorter name of `--pvmetadatacopies`, where it has one. */
  pvCreation(copies?: string): PvCreation {
    const labelSector = this.count('labelsector');
    if (labelSector !== undefined && labelSector > 3) this.note('labelsector must be less than 4.');
    const set = (path: string, sectors: number): Sectors | undefined => {
      const value = overriddenNumber(this.settings, path);
      return value === undefined || value < 1 ? undefined : ((value * sectors) as Sectors);
    };
    const alignment =
      set('devices/data_alignment', SECTORS_OF_KIB) ??
      set('devices/default_data_alignment', SECTORS_OF_MIB);
    return defined({
      metadataSize: this.size('metadatasize') ?? set('metadata/pvmetadatasize', 1),
      dataAlignment: this.size('dataalignment', 'k') ?? alignment,
      dataAlignmentOffset: this.size('dataalignmentoffset', 'k'),
      bootloaderSize: this.size('bootloaderareasize'),
      metadataCopies:
        this.read('pvmetadatacopies', areaCount) ??
        this.read(copies ?? '', areaCount) ??
        areasSet(this.settings),
      metadataIgnore: this.yesNo('metadataignore'),
      zero: this.yesNo('zero'),
      labelSector,
    });
  }

  /** `--vgmetadatacopies`, or as it is called for short. */
  vgCopies(): Copies | undefined {
    return this.read('vgmetadatacopies', copies) ?? this.read('metadatacopies', copies);
  }

  /** Refuses the line, unless an option of it was refused before. */
  refuse(refusal: Parsed<never>): Parsed<never> {
    return this.refusal ? err(this.refusal) : refusal;
  }

  requests(requests: readonly Request[]): Parsed<readonly Request[]> {
    return this.refusal ? err(this.refusal) : ok(requests);
  }

  note(why: string): void {
    this.refusal ??= { kind: 'misuse', why };
  }

  private take<T>(option: string, text: string, reading: Reading<T>): T | undefined {
    const value = reading(text);
    if (value.ok) return value.value;
    const why = value.error;
    this.refusal ??= { kind: 'argument', option, text, ...(why === undefined ? {} : { why }) };
    return undefined;
  }
}

const amountOf = (size: SizeSpec): number =>
  size.by === 'size' ? size.sectors : size.by === 'extents' ? size.extents : size.percent;

function signed(what: string, signs: string, reading: Reading<SizeSpec>): Reading<SizeSpec> {
  return (text) => {
    const size = reading(text);
    const sign = size.ok ? size.value.sign : undefined;
    if (sign === undefined || signs.includes(sign)) return size;
    return err(`${what} may not be ${sign === '-' ? 'negative' : 'positive'}.`);
  };
}

const SECTORS_OF_KIB = 2;
const SECTORS_OF_MIB = 2048;

/** Where the settings say how many areas a PV has. */
function areasSet(settings: Overrides): 0 | 1 | 2 | undefined {
  const count = overriddenNumber(settings, 'metadata/pvmetadatacopies');
  return count === 0 || count === 1 || count === 2 ? count : undefined;
}

/** A plus sign is taken wherever LVM wants a number. */
const wholeNumber: Reading<number> = (text) =>
  /^\+?\d{1,9}$/.test(text) ? ok(Number(text)) : err(undefined);

const MODES = ['complete', 'degraded', 'partial'] as const;

const YES = ['y', 'ay', '1', 'yes'];
const NO = ['n', 'an', '0', 'no'];
const yesNo: Reading<boolean> = (text) => {
  if (YES.includes(text)) return ok(true);
  return NO.includes(text) ? ok(false) : err(undefined);
};

const activate: Reading<Activation> = (text) => {
  const wish = yesNo(text);
  if (!wish.ok) return wish;
  return ok(text === 'ay' ? { active: true, auto: true } : { active: wish.value });
};

const permission: Reading<'r' | 'rw'> = (text) =>
  text === 'r' || text === 'rw' ? ok(text) : err(undefined);

const tag: Reading<string> = (text) => {
  const plain = text.replace(/^@/, '');
  return checkTag(plain) ? err(undefined) : ok(plain);
};

/** 0 is another word for unmanaged. */
const copies: Reading<Copies> = (text) => {
  if (text === 'all' || text === 'unmanaged') return ok(text);
  const count = wholeNumber(text);
  return count.ok && count.value === 0 ? ok('unmanaged') : count;
};

const areaCount: Reading<0 | 1 | 2> = (text) =>
  text === '0' || text === '1' || text === '2' ? ok(Number(text) as 0 | 1 | 2) : err(undefined);

const POLICIES: readonly AllocationPolicy[] = [
  'contiguous',
  'cling',
  'cling_by_tags',
  'normal',
  'anywhere',
  'inherit',
];
const policy: Reading<AllocationPolicy> = (text) => {
  const found = POLICIES.find((one) => one === text);
  return found ? ok(found) : err(`Unrecognised allocation policy ${text}`);
};
