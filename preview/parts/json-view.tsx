import type { JSX } from "preact";
import { escaped } from "../../picture/mod.ts";
import { compactJson } from "./compact-json.ts";
import { ScrollingText } from "./scrolling-text.tsx";

/** A value under a title. */
export function JsonView({ title, value }: { readonly title: string; readonly value: unknown }): JSX.Element {
  return (
    <div>
      <h3>{title}</h3>
      <ScrollingText label={title} text={escapedJson(value)} />
    </div>
  );
}

// More of them take a browser longer than a key stroke.
const MOST_ITEMS = 200;

/** The items of a list, as many as a browser shows at once. */
export function JsonList({
  title,
  list,
}: {
  readonly title: string;
  readonly list: readonly unknown[];
}): JSX.Element {
  return (
    <>
      <JsonView title={title} value={list.slice(0, MOST_ITEMS)} />
      {list.length > MOST_ITEMS && (
        <small>and {list.length - MOST_ITEMS} more, which the saved JSON has</small>
      )}
    </>
  );
}

// Line by line: JSON has no line break but between its values.
function escapedJson(value: unknown): string {
  return compactJson(value).split("\n").map(escaped).join("\n");
}
