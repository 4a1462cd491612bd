/** Texts of a group's volumes, one behind the other, and where each of them ends. */
import { ByteText } from '../../base/byte-text.ts';
import type { LvChange } from './per-version.ts';
import type { LogicalVolume } from './model.ts';

export interface LvsText {
  readonly text: ByteText;
  /** Offsets into the text, one per volume. */
  readonly ends: Uint32Array;
}

export function lvsText(texts: readonly string[]): LvsText {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [index, text] of texts.entries()) ends[index] = end += text.length;
  return { text: ByteText.of(texts.join('')), ends };
}

/** Where the text of the volume at this place begins: where the one before it ends. */
export const startOf = ({ ends }: LvsText, index: number): number => ends[index - 1] ?? 0;

/** The texts after a change: what is the same is taken over in two pieces, however long. */
export function withChange(
  known: LvsText,
  { at, removed, added }: LvChange,
  print: (lvs: readonly LogicalVolume[]) => LvsText,
): LvsText {
  if (removed.length === 0 && added.length === 0) return known;
  const made = print(added);
  const kept = known.ends.length - at - removed.length;
  const [from, to] = [startOf(known, at), startOf(known, at + removed.length)];
  const ends = new Uint32Array(at + added.length + kept);
  ends.set(known.ends.subarray(0, at));
  const shift = from + made.text.length - to;
  for (const [index, end] of made.ends.entries()) ends[at + index] = from + end;
  for (let index = 0; index < kept; index++) {
    ends[at + added.length + index] = (known.ends[at + removed.length + index] ?? 0) + shift;
  }
  return {
    text: ByteText.of(known.text.slice(0, from), made.text, known.text.slice(to)),
    ends,
  };
}
