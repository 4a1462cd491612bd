/** Words of the text format (reference 2.1). A NUL ends the text. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { ConfigScalar } from '../model.ts';

/** Where and why a text is not what the grammar says. */
export interface ConfigError {
  /** Character (= byte) offset in the text. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** A clause without a full stop. */
  readonly why: string;
}

export type Punctuation = '{' | '}' | '[' | ']' | ',' | '=';

export type Token =
  | { readonly kind: 'punctuation'; readonly offset: number; readonly mark: Punctuation }
  | { readonly kind: 'scalar'; readonly offset: number; readonly scalar: ConfigScalar }
  | { readonly kind: 'end'; readonly offset: number };

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);
/** Longer than any 64-bit number with room for zeros in front: no quadratic conversions. */
const MAX_DIGITS = 64;

export class Scanner {
  private at = 0;
  private readonly end: number;

  constructor(private readonly text: string) {
    const nul = text.indexOf('\0');
    this.end = nul < 0 ? text.length : nul;
  }

  /** @param inValue only where a value is expected; a name may look like a number. */
  next(inValue: boolean): Result<Token, ConfigError> {
    this.skipBlank();
    const offset = this.at;
    if (offset >= this.end) return ok({ kind: 'end', offset });
    const mark = this.text.charAt(offset);
    if (isPunctuation(mark)) {
      this.at++;
      return ok({ kind: 'punctuation', offset, mark });
    }
    if (mark === '"' || mark === "'") return this.quoted(offset, mark);
    if (inValue && startsNumber(mark)) return this.number(offset);
    while (this.at < this.end && !endsWord(this.text.charCodeAt(this.at))) this.at++;
    const value = this.text.slice(offset, this.at);
    return scalar(offset, { kind: 'string', value, bare: true });
  }

  fault(offset: number, why: string): ConfigError {
    let line = 1;
    for (let at = this.text.indexOf('\n'); at >= 0 && at < offset; line++) {
      at = this.text.indexOf('\n', at + 1);
    }
    return { offset, line, why };
  }

  private skipBlank(): void {
    for (; this.at < this.end; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (isSpace(code)) continue;
      if (code !== HASH) return;
      const newline = this.text.indexOf('\n', this.at);
      this.at = newline < 0 ? this.end : newline;
    }
  }

  /** In double quotes a backslash goes before a quote or a backslash; elsewhere it is itself. */
  private quoted(offset: number, quote: string): Result<Token, ConfigError> {
    const close = quote.charCodeAt(0);
    let escaped = false;
    for (this.at++; this.at < this.end; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === close) {
        const raw = this.text.slice(offset + 1, this.at++);
        const value = escaped ? raw.replace(/\\(["\\])/g, '$1') : raw;
        return scalar(offset, { kind: 'string', value });
      }
      if (code === BACKSLASH && quote === '"') {
        escaped = true;
        this.at++;
      }
    }
    return err(this.fault(offset, 'a string is not closed'));
  }

  private number(offset: number): Result<Token, ConfigError> {
    let float = this.text.charAt(offset) === '.';
    for (this.at++; this.at < this.end; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === DOT && !float) float = true;
      else if (code < ZERO || code > NINE) break;
    }
    const spelled = this.text.slice(offset, this.at);
    if (!/[0-9]/.test(spelled)) return err(this.fault(offset, `"${spelled}" is not a number`));
    if (float) return scalar(offset, { kind: 'float', text: spelled });
    const value = integer(spelled);
    if (value === undefined) return err(this.fault(offset, 'an integer is not a 64-bit number'));
    return scalar(offset, { kind: 'int', value });
  }
}

/** A sign and digits; octal after a leading zero. */
function integer(spelled: string): bigint | undefined {
  const signed = spelled.startsWith('-') || spelled.startsWith('+');
  const digits = signed ? spelled.slice(1) : spelled;
  if (digits.length > MAX_DIGITS) return undefined;
  const octal = digits.length > 1 && digits.startsWith('0');
  if (octal && /[89]/.test(digits)) return undefined;
  const magnitude = BigInt(octal ? `0o${digits}` : digits);
  const value = spelled.startsWith('-') ? -magnitude : magnitude;
  return value >= INT_MIN && value <= INT_MAX ? value : undefined;
}

const scalar = (offset: number, value: ConfigScalar): Result<Token, ConfigError> =>
  ok({ kind: 'scalar', offset, scalar: value });

const HASH = 0x23;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

const isPunctuation = (mark: string): mark is Punctuation =>
  mark === '{' || mark === '}' || mark === '[' || mark === ']' || mark === ',' || mark === '=';
const startsNumber = (mark: string): boolean =>
  (mark >= '0' && mark <= '9') || mark === '.' || mark === '+' || mark === '-';
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const endsWord = (code: number): boolean =>
  isSpace(code) || code === HASH || code === 0x3d || code === 0x7b || code === 0x7d;
