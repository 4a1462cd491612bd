/** `error` and `zero`: a length and nothing below (reference 2.6.6). */
import { printConfig } from '../config/print.ts';
import type { VirtualSegment } from '../model.ts';
import type { SegmentType } from './type.ts';

const virtual = (kind: VirtualSegment['kind']): SegmentType<VirtualSegment> => ({
  kind,
  words: [kind],
  parse: (head, _word, fields) => ({ kind, ...head, extra: fields.rest() }),
  word: () => kind,
  print: (segment) => printConfig(segment.extra),
  reportName: () => kind,
  areas: () => [],
});

export const error = virtual('error');
export const zero = virtual('zero');
