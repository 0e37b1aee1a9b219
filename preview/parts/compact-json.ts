// A line as long as this is still read at a glance.
const WIDTH = 100;

/** A value as JSON over several lines: what fits in a line stays in one. */
export function compactJson(value: unknown, indent = ""): string {
  const line = lineOf(value);
  if (line.length + indent.length <= WIDTH || typeof value !== "object" || value === null) return line;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => compactJson(item ?? null, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${JSON.stringify(name)}: ${compactJson(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

function lineOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => lineOf(item ?? null)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const items = Object.entries(value).filter(([, item]) => item !== undefined);
  if (items.length === 0) return "{}";
  return `{ ${items.map(([name, item]) => `${JSON.stringify(name)}: ${lineOf(item)}`).join(", ")} }`;
}
