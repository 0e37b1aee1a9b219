/** Does something with each of some items, in order, so many at a time; the results in the items' order. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  atATime: number,
  perform: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const row = async () => {
    for (const [at, item] of rest) results[at] = await perform(item);
  };
  await Promise.all(Array.from({ length: atATime }, row));
  return results;
}
