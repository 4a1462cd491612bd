/** Adding and taking away tags: what pvchange, vgchange and lvchange share. */
export interface TagChange {
  /** Without the `@`. */
  readonly addTags?: readonly string[];
  readonly deleteTags?: readonly string[];
}

/** New tags stand behind the old ones, each once. */
export function tagged(tags: readonly string[], change: TagChange): readonly string[] {
  const kept = tags.filter((tag) => !(change.deleteTags ?? []).includes(tag));
  return [...new Set([...kept, ...(change.addTags ?? [])])];
}
