/** What a gate says of a mount. */
export type GateCode =
  | "host-root"
  | "kernel-filesystem"
  | "runtime-socket"
  | "refused-path"
  | "writable"
  | "too-many-mounts"
  | "relative-source"
  | "unjudged-type"
  | "unknown-source"
  | "gate-failed";

/** A mount that the rules refuse. */
export interface GateFinding {
  /** The kind of what is wrong. */
  readonly code: GateCode;
  /** The mount's JSON path in what the runtime asked: `container.mounts[3]`, or `adjust.mounts[0]` for one of another plugin. */
  readonly path: string;
  /** The JSON path of the rule. */
  readonly rule: string;
  /** Where the container would have it. */
  readonly destination: string;
  /** What it is of. */
  readonly source: string;
  /** The plugin that wants it, by index and name; undefined for a mount of the container's own. */
  readonly plugin: string | undefined;
  /** Why: the end of a sentence. */
  readonly because: string;
}

/** A finding about a mount, or about all of a container. */
export function findingOf(
  { path, destination, source, plugin }: Pick<GateFinding, "path" | "destination" | "source" | "plugin">,
  code: GateCode,
  rule: string,
  because: string,
): GateFinding {
  return { code, path, rule, destination, source, plugin, because };
}

// What deceives whoever reads it: what moves a terminal's cursor, changes the order of a line, or cannot be written as UTF-8.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const LONGEST_SHOWN = 120;
const LONGEST_SENTENCE = 3900;

/** A text of others between quotes: short, on one line, with what could deceive as numbers. */
export function shown(text: string): string {
  const start = Array.from(text.slice(0, 2 * LONGEST_SHOWN))
    .slice(0, LONGEST_SHOWN)
    .join("");
  const line = JSON.stringify(start).replace(hidden, (found) => {
    return `\\u{${(found.codePointAt(0) as number).toString(16)}}`;
  });
  return start.length < text.length ? `${line.slice(0, -1)}…"` : line;
}

/** A finding as a sentence of one line. */
export function sentenceOf({ code, path, rule, destination, source, plugin, because }: GateFinding): string {
  const by = plugin === undefined ? "" : `, set by ${shown(plugin)}`;
  const what = code === "too-many-mounts" ? "mount" : `mount ${shown(source)} on ${shown(destination)}`;
  return `Cannot ${what} (${path}${by}): ${code} (${because}; rule ${rule})`;
}

/** What a runtime is told of findings: one line of less than 4,000 bytes, which fits into one frame of every runtime. */
export function verdictOf(findings: readonly GateFinding[]): string {
  const sentences: string[] = [];
  let bytes = 0;
  for (const finding of findings) {
    const sentence = sentenceOf(finding);
    bytes += new TextEncoder().encode(sentence).length + 2;
    if (bytes > LONGEST_SENTENCE) break;
    sentences.push(sentence);
  }
  const left = findings.length - sentences.length;
  return left === 0 ? sentences.join("; ") : `${sentences.join("; ")}; and ${left} more`;
}
