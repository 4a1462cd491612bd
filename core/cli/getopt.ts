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
}

const option = (long: string, short: string | undefined): OptionSpec =>
  short === undefined ? { long } : { long, short };

/** An option that is there or not, or several times (`-ff`). */
export const flag = (long: string, short?: string): OptionSpec => option(long, short);
export const valued = (long: string, short: string | undefined, value: string): OptionSpec => ({
  ...option(long, short),
  value,
});

export interface ParsedOptions {
  /** Values in the order given; an option without a value has an empty string each time. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** @returns the sentence of getopt on refusal. */
export function parseOptions(
  args: readonly string[],
  specs: readonly OptionSpec[],
): Result<ParsedOptions, string> {
  const reader = new Reader(args, specs);
  return reader.read();
}

class Reader {
  private readonly values = new Map<string, string[]>();
  private readonly positionals: string[] = [];
  private at = 0;

  constructor(
    private readonly args: readonly string[],
    private readonly specs: readonly OptionSpec[],
  ) {}

  read(): Result<ParsedOptions, string> {
    while (this.at < this.args.length) {
      const word = this.args[this.at++] ?? '';
      if (word === '--') {
        this.positionals.push(...this.args.slice(this.at));
        break;
      }
      const refusal = this.word(word);
      if (refusal !== undefined) return err(refusal);
    }
    return ok({ values: this.values, positionals: this.positionals });
  }

  private word(word: string): string | undefined {
    if (word.startsWith('--')) return this.long(word.slice(2));
    if (word.startsWith('-') && word.length > 1) return this.short(word.slice(1));
    this.positionals.push(word);
    return undefined;
  }

  private long(text: string): string | undefined {
    const [name = '', ...rest] = text.split('=');
    const exact = this.specs.filter((spec) => spec.long === name);
    const found = exact.length > 0 ? exact : this.specs.filter(({ long }) => long.startsWith(name));
    if (found.length > 1) {
      const choices = found.map(({ long }) => `'--${long}'`).join(' ');
      return `option '--${name}' is ambiguous; possibilities: ${choices}`;
    }
    const spec = found[0];
    if (!spec) return `unrecognized option '--${name}'`;
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
    this.values.set(spec.long, [...(this.values.get(spec.long) ?? []), value]);
  }
}
