/** The first place where two values of JSON differ, such as "mounts[0].facts.kind", with what is there in each. */
export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
}

/** Where two values differ; undefined where they do not. A field that is undefined is as one that is absent. */
export function differenceOf(before: unknown, now: unknown, path = ""): Difference | undefined {
  if (Object.is(before, now)) return undefined;
  if (!isComposed(before) || !isComposed(now) || Array.isArray(before) !== Array.isArray(now))
    return { path, before, now };
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const separator = path === "" ? "" : ".";
    const below = Array.isArray(before) ? `${path}[${name}]` : `${path}${separator}${name}`;
    const found = differenceOf(before[name], now[name], below);
    if (found) return found;
  }
  return undefined;
}

function isComposed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
