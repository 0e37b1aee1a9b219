import type { JsonText } from "./json-text.ts";

/** How a new value is written where an old one was: what is in both keeps the layout and the escapes that it has. */
export function renewed(old: JsonText | undefined, value: unknown): string {
  if (old === undefined) return written(value);
  if (JSON.stringify(JSON.parse(old.text)) === JSON.stringify(value)) return old.text;
  if (Array.isArray(value) && old.items) return renewedArray(old.items, value);
  if (typeof value === "object" && value !== null && old.fields) return renewedObject(old, value);
  return written(value);
}

function renewedObject({ text, fields }: JsonText, value: object): string {
  const members = Object.entries(value).map(
    ([name, inner]) => `${written(name)}: ${renewed(fields?.get(name), inner)}`,
  );
  // biome leaves an object on several lines where its first field is on a line of its own.
  return `${/^\{\s*\n/.test(text) ? "{\n" : "{ "}${members.join(", ")}}`;
}

function renewedArray(old: readonly JsonText[], values: readonly unknown[]): string {
  const oldJson = old.map(({ text }) => JSON.stringify(JSON.parse(text)));
  const newJson = values.map((value) => JSON.stringify(value));
  const items: string[] = [];
  let oldAt = 0;
  let newAt = 0;
  for (const [oldNext, newNext] of [...kept(oldJson, newJson), [old.length, values.length]] as const) {
    // What stands between two kept ones was changed where there are as many as before; else some are new.
    const isPaired = oldNext - oldAt === newNext - newAt;
    for (let i = newAt; i < newNext; i += 1)
      items.push(renewed(isPaired ? old[oldAt + i - newAt] : undefined, values[i]));
    if (oldNext < old.length) items.push((old[oldNext] as JsonText).text);
    oldAt = oldNext + 1;
    newAt = newNext + 1;
  }
  return `[${items.join(", ")}]`;
}

/** The places of a longest common subsequence, in both. */
function kept(before: readonly string[], after: readonly string[]): [number, number][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const lengthAt = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      (lengths[i] as Uint32Array)[j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  const places: [number, number][] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) places.push([i++, j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1;
    else j += 1;
  }
  return places;
}

// A delete cannot be seen in a text: it is escaped, as control characters are.
function written(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}
