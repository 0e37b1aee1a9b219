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
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const LONGEST_SHOWN = 160;
const MOST_BYTES = 3900;
const MOST_CHARACTERS = 1900;

/** A text of others between quotes: short, on one line, with what could deceive as numbers. */
export function shown(text: string): string {
  let line = "";
  for (const character of text.slice(0, LONGEST_SHOWN)) {
    const code = (character.codePointAt(0) as number).toString(16);
    const next = /["\\]/.test(character) ? `\\${character}` : character.replace(hidden, `\\u{${code}}`);
    if (line.length + next.length > LONGEST_SHOWN) return `"${line}…"`;
    line += next;
  }
  return text.length > LONGEST_SHOWN ? `"${line}…"` : `"${line}"`;
}

// What cannot be done, where it is not about one mount.
const actions: Readonly<Partial<Record<GateCode, string>>> = {
  "too-many-mounts": "mount all of the container's mounts",
  "gate-failed": "judge the container",
};

/** A finding as a sentence of one line. */
export function sentenceOf({ code, path, rule, destination, source, plugin, because }: GateFinding): string {
  const by = plugin === undefined ? "" : `, set by ${shown(plugin)}`;
  const action = actions[code] ?? `mount ${shown(source)} on ${shown(destination)}`;
  return `Cannot ${action} (${path}${by}): ${code} (${because}; rule ${rule})`;
}

/**
 * What a runtime is told of findings: one line of less than 2,000 characters, which a plugin does not cut, and less than 4,000 bytes,
 * which is in one frame of every runtime.
 */
export function verdictOf(findings: readonly GateFinding[]): string {
  let text = "";
  let count = 0;
  for (const finding of findings) {
    const longer = text === "" ? sentenceOf(finding) : `${text}; ${sentenceOf(finding)}`;
    if (longer.length > MOST_CHARACTERS || new TextEncoder().encode(longer).length > MOST_BYTES) break;
    text = longer;
    count += 1;
  }
  const left = findings.length - count;
  return left === 0 ? text : `${text}; and ${left} more`;
}
