/** `allocation/cling_tag_list`: what of it counts, and what LVM says of the rest (lvm.conf(5)). */
import type { Notice } from '../../contract/errors.ts';
import type { ConfigScalar } from '../format/model.ts';

interface ClingList {
  /** Without `@`. */
  readonly tags: readonly string[];
  readonly notices: readonly Notice[];
}

/** @param items as the setting has them; undefined: it is not set. */
export function readClingTags(items: readonly ConfigScalar[] | undefined): ClingList {
  if (!items) return { tags: [], notices: [] };
  const tags: string[] = [];
  const notices: Notice[] = [];
  const first = items.map(oddity).find((why) => why !== undefined);
  const odd = items.length === 0 ? 'empty-list' : first;
  if (odd) notices.push({ code: 'cling-list-odd', why: odd });
  if (items.length === 0) notices.push(ignored('no-string'));
  for (const item of items) {
    if (item.kind !== 'string') notices.push(ignored('no-string'));
    else if (item.value === '') notices.push(ignored('empty'));
    else if (!item.value.startsWith('@')) notices.push(ignored('no-at', item.value));
    else if (item.value === '@') notices.push(ignored('no-tag'));
    else tags.push(item.value.slice(1));
  }
  return { tags, notices };
}

function oddity(item: ConfigScalar): 'integer' | 'float' | 'empty-string' | undefined {
  if (item.kind === 'string') return item.value === '' ? 'empty-string' : undefined;
  return item.kind === 'int' ? 'integer' : 'float';
}

const ignored = (why: 'no-string' | 'empty' | 'no-at' | 'no-tag', text = ''): Notice => ({
  code: 'cling-tag-ignored',
  why,
  text,
});
