/** Seconds as a person says them: "42 s", "3 min 5 s". */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How long things take that begin in order, so many at a time: ", 3 min 5 s expected". Nothing where it is not known. */
export function expectedTogether(
  things: readonly { readonly expectedSeconds: number | undefined; readonly missing: string }[],
  atATime: number,
): string {
  const ends = Array.from({ length: atATime }, () => 0);
  for (const { expectedSeconds, missing } of things) {
    if (expectedSeconds === undefined) return "";
    ends.sort((a, b) => a - b);
    ends[0] = (ends[0] ?? 0) + (missing === "" ? expectedSeconds : 0);
  }
  return `, ${minutes(Math.max(...ends))} expected on two quiet cores`;
}
