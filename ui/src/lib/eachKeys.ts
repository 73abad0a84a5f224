/**
 * Keys of items for `{#each}`, by their place: the id, and for one that comes again
 * its number, too. What came from elsewhere may name a thing twice; a key may not.
 */
export function eachKeys<T>(items: readonly T[], idOf: (item: T) => string): string[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const id = idOf(item);
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    // One that looks like such a key is written as one.
    const plain = before === 0 && !id.startsWith('|');
    return plain ? id : `|${before}|${id}`;
  });
}

/** The same, of items that have an id. */
export function idKeys(items: readonly { id: string }[]): string[] {
  return eachKeys(items, ({ id }) => id);
}
