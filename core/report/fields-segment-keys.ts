/** What fills the columns of segment types that are read here and not run: thin, cache, VDO. */
import type { Segment } from '../lvm/format/model.ts';
import { ofSegment } from './fields-segment.ts';
import type { Getter, Getters } from './fields.ts';
import { intOf, plainType, textOf } from './relations.ts';
import { amount, EMPTY, flag, list, none, text, type Value } from './value.ts';

const entriesOf = (segment: Segment) => (segment.kind === 'foreign' ? segment.entries : []);

const numberIn = (segment: Segment, key: string): Value => {
  const value = intOf(entriesOf(segment), key);
  return value === undefined ? none() : amount(value);
};

const number = (key: string, ...types: readonly string[]): Getter =>
  ofSegment(
    (segment) => (types.includes(plainType(segment)) ? numberIn(segment, key) : none()),
    none(),
  );

const word = (key: string, ...types: readonly string[]): Getter =>
  ofSegment((segment) =>
    types.includes(plainType(segment)) ? text(textOf(entriesOf(segment), key) ?? '') : EMPTY,
  );

const zero = ofSegment(
  (segment) => {
    const value = intOf(entriesOf(segment), 'zero_new_blocks');
    return flag(plainType(segment) === 'thin-pool' ? value === 1n : undefined, 'zero');
  },
  flag(undefined, 'zero'),
);

/** VDO keeps these in its pool's segment; no group with one is run or made here. */
const VDO = [
  'vdo_compression',
  'vdo_deduplication',
  'vdo_use_metadata_hints',
  'vdo_minimum_io_size',
  'vdo_block_map_cache_size',
  'vdo_block_map_era_length',
  'vdo_use_sparse_index',
  'vdo_index_memory_size',
  'vdo_slab_size',
  'vdo_ack_threads',
  'vdo_bio_threads',
  'vdo_bio_rotation',
  'vdo_cpu_threads',
  'vdo_hash_zone_threads',
  'vdo_logical_threads',
  'vdo_physical_threads',
  'vdo_max_discard',
  'vdo_header_size',
];

export const SEGMENT_KEY_VALUES: Getters = {
  thin_count: ofSegment((segment, vg, { lv }) => {
    if (plainType(segment) !== 'thin-pool') return none();
    const users = vg.vg.lvs.filter((one) =>
      one.segments.some((other) => textOf(entriesOf(other), 'thin_pool') === lv?.name),
    );
    return amount(users.length);
  }, none()),
  discards: word('discards', 'thin-pool'),
  cache_metadata_format: number('metadata_format', 'cache', 'cache-pool'),
  cache_mode: word('cache_mode', 'cache', 'cache-pool'),
  zero,
  transaction_id: number('transaction_id', 'thin', 'thin-pool'),
  thin_id: number('device_id', 'thin'),
  cache_policy: word('policy', 'cache', 'cache-pool'),
  cache_settings: () => list([]),
  ...Object.fromEntries(VDO.map((name) => [name, () => none()])),
  vdo_write_policy: () => EMPTY,
};
