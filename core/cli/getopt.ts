/**
 * Options as GNU getopt_long reads them, which is what LVM's users type: `-an`, `-L8M`, `-ff`,
 * `--size 8M`, `--size=8M`, any unambiguous beginning of a long name, and `--`. Written here
 * because the errors have to be LVM's, and libraries for it need Node.
 */
import { err, ok, type Result } from '../base/result.ts';

/** `-L`, `--size`. */
export interface OptionSpec {
  readonly short?: string;
  readonly long: string;
  /** What it takes, as `--help` names it: `Size[m|UNIT]`. Absent: nothing. */
  readonly value?: string;
  /** Another name of an option, which `--help` does not mention. */
  readonly unlisted?: true;
  /** May be given more than once: each time counts (`-ff`), or each adds a value. */
  readonly repeats?: true;
}

const option = (long: string, short: string | undefined): OptionSpec =>
  short === undefined ? { long } : { long, short };

/** An option that is there or not. */
export const flag = (long: string, short?: string): OptionSpec => option(long, short);
export const valued = (long: string, short: string | undefined, value: string): OptionSpec => ({
  ...option(long, short),
  value,
});
/** The same option where it may be given again. */
export const repeated = (spec: OptionSpec): OptionSpec => ({ ...spec, repeats: true });

/** Why the words could not be read. */
export interface Unreadable {
  /** In the words of getopt, or of LVM where the option was known but given again. */
  readonly why: string;
  readonly by: 'getopt' | 'lvm';
}

export interface ParsedOptions {
  /** Values in the order given; an option without a value has an empty string each time. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** The same options as they came, for those whose order means something. */
  readonly inOrder: readonly GivenOption[];
}

export interface GivenOption {
  readonly long: string;
  readonly value: string;
}

/** @param hyphens `ignored`: `--use-policies` is `--usepolicies`, as LVM has it */
export function parseOptions(
  args: readonly string[],
  specs: readonly OptionSpec[],
  hyphens: 'count' | 'ignored' = 'count',
): Result<ParsedOptions, Unreadable> {
  const reader = new Reader(args, specs, hyphens === 'ignored');
  return reader.read();
}

class Reader {
  private readonly values = new Map<string, string[]>();
  private readonly positionals: string[] = [];
  private readonly inOrder: GivenOption[] = [];
  private at = 0;
  private again: OptionSpec | undefined;

  constructor(
    private readonly args: readonly string[],
    private readonly specs: readonly OptionSpec[],
    private readonly joins: boolean,
  ) {}

  read(): Result<ParsedOptions, Unreadable> {
    while (this.at < this.args.length) {
      const word = this.args[this.at++] ?? '';
      if (word === '--') {
        this.positionals.push(...this.args.slice(this.at));
        break;
      }
      const refusal = this.word(word);
      if (this.again) return err({ by: 'lvm', why: repeatedWords(this.again) });
      if (refusal !== undefined) return err({ by: 'getopt', why: refusal });
    }
    const { values, positionals, inOrder } = this;
    return ok({ values, positionals, inOrder });
  }

  private word(word: string): string | undefined {
    if (word.startsWith('--')) return this.long(word.slice(2));
    if (word.startsWith('-') && word.length > 1) return this.short(word.slice(1));
    this.positionals.push(word);
    return undefined;
  }

  private long(given: string): string | undefined {
    const text = this.joins ? joined(given) : given;
    const [name = '', ...rest] = text.split('=');
    const exact = this.specs.filter((spec) => spec.long === name);
    const begun = this.specs.filter(({ long }) => long.startsWith(name));
    const found = exact.length > 0 ? exact.slice(0, 1) : withoutTwins(begun);
    if (found.length > 1) {
      const choices = found.map(({ long }) => `'--${long}'`).join(' ');
      return `option '--${text}' is ambiguous; possibilities: ${choices}`;
    }
    const spec = found[0];
    if (!spec) return `unrecognized option '--${text}'`;
    if (spec.value === undefined) {
      if (rest.length > 0) return `option '--${spec.long}' doesn't allow an argument`;
      this.add(spec, '');
      return undefined;
    }
    if (rest.length > 0) this.add(spec, rest.join('='));
    else if (this.at < this.args.length) this.add(spec, this.args[this.at++] ?? '');
    else return `option '--${spec.long}' requires an argument`;
    return undefined;
  }

  private short(letters: string): string | undefined {
    for (let at = 0; at < letters.length; at++) {
      const letter = letters.charAt(at);
      const spec = this.specs.find(({ short }) => short === letter);
      if (!spec) return `invalid option -- '${letter}'`;
      if (spec.value === undefined) {
        this.add(spec, '');
        continue;
      }
      const attached = letters.slice(at + 1);
      if (attached !== '') this.add(spec, attached);
      else if (this.at < this.args.length) this.add(spec, this.args[this.at++] ?? '');
      else return `option requires an argument -- '${letter}'`;
      return undefined;
    }
    return undefined;
  }

  private add(spec: OptionSpec, value: string): void {
    const before = this.values.get(spec.long);
    if (before && !spec.repeats) this.again ??= spec;
    this.values.set(spec.long, [...(before ?? []), value]);
    this.inOrder.push({ long: spec.long, value });
  }
}

/** The name without its hyphens; the value keeps its own. */
const joined = (text: string): string => text.replace(/^[^=]*/, (name) => name.replaceAll('-', ''));

/** An option with two letters stands twice in a table. */
const withoutTwins = (specs: readonly OptionSpec[]): readonly OptionSpec[] =>
  specs.filter((spec, at) => specs.findIndex(({ long }) => long === spec.long) === at);

/** `-n/--name`, as LVM names an option in what it says. */
const repeatedWords = ({ short, long }: OptionSpec): string =>
  `Option ${short === undefined ? '' : `-${short}/`}--${long} may not be repeated.`;
