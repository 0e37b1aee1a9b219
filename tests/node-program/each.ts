/** Does something to each, so many at a time. */
export async function each<T>(
  all: readonly T[],
  atOnce: number,
  perform: (one: T) => Promise<void>,
): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await perform(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
