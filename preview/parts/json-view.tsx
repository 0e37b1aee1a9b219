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

// Line by line: JSON has no line break but between its values.
function escapedJson(value: unknown): string {
  return compactJson(value).split("\n").map(escaped).join("\n");
}
