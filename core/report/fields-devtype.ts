/** What fills the columns of the kinds of block devices. */
import { must } from '../base/assert.ts';
import type { DeviceType } from './device-types.ts';
import type { Getters } from './fields.ts';
import { amount, text, type Value } from './value.ts';

const of =
  (show: (type: DeviceType) => Value): Getters[string] =>
  ({ devtype }) =>
    show(must(devtype, 'a kind of devices'));

export const DEVTYPE_VALUES: Getters = {
  devtype_name: of(({ name }) => text(name)),
  devtype_max_partitions: of(({ partitions }) => amount(partitions)),
  devtype_description: of(({ about }) => text(about)),
};
