/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const below = sorted[Math.ceil(half) - 1] ?? Number.NaN;
  const above = sorted[Math.floor(half)] ?? Number.NaN;
  return (below + above) / 2;
}

/** The median of what so many rounds give, after rounds that do not count. The numbers are words of a command line. */
export async function medianOf(
  round: () => Promise<number>,
  { rounds = "", warmUps = "" }: { rounds: string | undefined; warmUps: string | undefined },
): Promise<number> {
  for (let i = 0; i < Number(warmUps); i++) await round();
  const values: number[] = [];
  for (let i = 0; i < Number(rounds); i++) values.push(await round());
  return median(values);
}
