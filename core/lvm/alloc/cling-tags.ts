/** PVs that belong together because of their tags: `allocation/cling_tag_list` (lvm.conf(5)). */
import type { LvmId } from '../../base/ids.ts';

export class ClingTags {
  /** @param tags without `@`; `*` is any. @param tagsOf the tags of each PV. */
  constructor(
    private readonly tags: readonly string[],
    private readonly tagsOf: ReadonlyMap<LvmId, readonly string[]>,
  ) {}

  /** Whether the two carry the same tag, one of those that count. */
  match(one: LvmId, other: LvmId): boolean {
    return this.shared(this.of(one), this.of(other));
  }

  /** Of PVs in the order given those that share no such tag with one before them. */
  apart<T extends { readonly pvId: LvmId }>(places: readonly T[]): readonly T[] {
    const used: string[] = [];
    return places.filter(({ pvId }) => {
      if (this.shared(this.of(pvId), used)) return false;
      used.push(...this.of(pvId));
      return true;
    });
  }

  private shared(some: readonly string[], others: readonly string[]): boolean {
    const both = some.filter((tag) => others.includes(tag));
    return this.tags.some((tag) => (tag === '*' ? both.length > 0 : both.includes(tag)));
  }

  private of(pvId: LvmId): readonly string[] {
    return this.tagsOf.get(pvId) ?? [];
  }
}
