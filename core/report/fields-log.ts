/** What fills the columns of a command's log. */
import { must } from '../base/assert.ts';
import type { Getters } from './fields.ts';
import type { LogEntry } from './log-book.ts';
import { amount, text, type Value } from './value.ts';

const of =
  (show: (entry: LogEntry) => Value): Getters[string] =>
  ({ logged }) =>
    show(must(logged, 'an entry of the log'));

export const LOG_VALUES: Getters = {
  log_seq_num: of(({ seq }) => amount(seq)),
  log_type: of(({ type }) => text(type)),
  log_context: of(() => text('processing')),
  log_object_type: of(({ object }) => text(object?.type ?? '')),
  log_object_name: of(({ object }) => text(object?.name ?? '')),
  log_object_id: of(({ object }) => text(object?.id ?? '')),
  log_object_group: of(({ object }) => text(object?.group ?? '')),
  log_object_group_id: of(({ object }) => text(object?.groupId ?? '')),
  log_message: of(({ message }) => text(message)),
  log_errno: of(({ errno }) => amount(errno)),
  log_ret_code: of(({ code }) => amount(code)),
};
