import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Core } from "../../mod.ts";
import { type JsonText, readJsonText } from "./json-text.ts";
import { packageRoot } from "./package-root.ts";
import { renewed } from "./renew-json.ts";
import { answerOf, expectedOf, type Row, requestOf } from "./rows.ts";

/** What became of a file of rows. */
export interface Rewritten {
  /** The new text: only what rows expect has changed. */
  readonly text: string;
  /** The names of the rows that expect something else now. */
  readonly changed: readonly string[];
  /** Rows whose plan has become a refusal, or the reverse; they are left as they were unless `mayFlip`. */
  readonly flips: readonly string[];
}

/** The text of a file of rows in which each row expects what the core answers. */
export function rewriteRows(core: Core, file: string, text: string, mayFlip: boolean): Rewritten {
  const changed: string[] = [];
  const flips: string[] = [];
  let rewritten = "";
  let at = 0;
  for (const entry of readJsonText(text).items ?? []) {
    if (!entry.fields) continue; // a heading
    const row = JSON.parse(entry.text) as Row;
    const answer = answerOf(core, requestOf(row));
    if (answer === expectedOf(row)) continue;
    const kind = "steps" in JSON.parse(answer) ? "plan" : "refusal";
    if (!(kind in row)) flips.push(`${row.name}: it has become a ${kind}, ${answer.slice(0, 200)}`);
    if (!(kind in row) && !mayFlip) continue;
    changed.push(row.name);
    const { start, end, old } = expectationIn(entry, kind);
    rewritten += `${text.slice(at, start)}"${kind}": ${renewed(old, JSON.parse(answer))}`;
    at = end;
  }
  if (changed.length === 0) return { text, changed, flips };
  return { text: formatted(file, rewritten + text.slice(at)), changed, flips };
}

// Where a row says what it expects, with the name before it. The old value is of use to a new one of its kind.
function expectationIn({ fields }: JsonText, kind: "plan" | "refusal") {
  const name = fields?.has("plan") ? "plan" : "refusal";
  const value = fields?.get(name) as JsonText;
  const old = name === kind ? value : undefined;
  return { start: value.start - `"${name}": `.length, end: value.end, old };
}

function formatted(file: string, text: string): string {
  const biome = join(packageRoot, "node_modules/.bin/biome");
  const args = ["format", `--stdin-file-path=tests/fixtures/${file}`];
  const { status, stdout, stderr } = spawnSync(biome, args, {
    cwd: packageRoot,
    input: text,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`Cannot format ${file}: ${stderr}`);
  return stdout;
}
