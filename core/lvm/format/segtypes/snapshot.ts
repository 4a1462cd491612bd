/** `snapshot`: links a store to the volume whose former contents it keeps (reference 2.6.4). */
import { sectors } from '../../../base/units.ts';
import { U32_MAX, type Fields } from '../config/fields.ts';
import { intLine, printConfig, textLine } from '../config/print.ts';
import type { SnapshotSegment } from '../model.ts';
import type { AreaNames, SegmentType } from './type.ts';

export const snapshot: SegmentType<SnapshotSegment> = {
  kind: 'snapshot',
  words: ['snapshot'],

  parse(head, _word, fields, names) {
    const chunkSize = sectors(fields.int('chunk_size', { max: U32_MAX }));
    const origin = volume(fields, 'origin', fields.text('origin'), names);
    const merging = fields.optionalText('merging_store');
    // As Linux: it would not know which of the two is meant.
    if (merging !== undefined && fields.optionalText('cow_store') !== undefined) {
      fields.fail('cow_store', 'there is a merging_store beside it');
    }
    const key = merging === undefined ? 'cow_store' : 'merging_store';
    const store = volume(fields, key, merging ?? fields.text(key), names);
    return {
      kind: 'snapshot',
      ...head,
      chunkSize,
      origin,
      store,
      merging: merging !== undefined,
      extra: fields.rest(),
    };
  },

  word: () => 'snapshot',

  print: ({ chunkSize, origin, store, merging, extra }) =>
    intLine('chunk_size', chunkSize) +
    textLine('origin', origin) +
    textLine(storeKey({ merging }), store) +
    printConfig(extra),

  reportName: () => 'snapshot',
  areas: () => [],
};

/** The key of the text under which the store stands. */
export const storeKey = ({ merging }: Pick<SnapshotSegment, 'merging'>): string =>
  merging ? 'merging_store' : 'cow_store';

function volume(fields: Fields, key: string, name: string, names: AreaNames): string {
  if (!names.hasLv(name)) fields.fail(key, `"${name}" is not a volume of the group`);
  return name;
}
