import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";
import { allOf, type Mutant } from "./draw.ts";

/** A mutant that was judged. */
export interface Judged {
  readonly room: string;
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly code: string;
  /** The test of the short run that failed; null where the mutant lived. */
  readonly short: string | null;
  /** The same of the whole run, which is asked about those that lived. */
  readonly whole?: string | null;
  /** Written by hand: why no test can tell it from the original. */
  readonly equivalent?: string;
}

const path = join(packageRoot, "tests/mutants/list.json");

/** The list that stays in the repository. */
export function readList(): Judged[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).mutants as Judged[]) : [];
}

export function writeList(command: string, mutants: readonly Judged[]): void {
  writeFileSync(path, `${JSON.stringify({ command, mutants }, undefined, 2)}\n`);
}

type Named = Pick<Judged, "file" | "line" | "operator" | "code">;

/** Whether two are the same mutant. */
export function isSame(a: Named, b: Named): boolean {
  return a.file === b.file && a.line === b.line && a.operator === b.operator && a.code === b.code;
}

/** The mutants of a room that the list has as killed, where they are now; and those whose code is gone. */
export function listedNow(room: string): { readonly found: Mutant[]; readonly gone: Judged[] } {
  const all = allOf(room);
  const [found, gone]: [Mutant[], Judged[]] = [[], []];
  for (const one of readList().filter((listed) => listed.room === room && listed.short !== null)) {
    const distance = (mutant: Mutant) => Math.abs(mutant.line - one.line);
    const [nearest] = all
      .filter((mutant) => isSame({ ...mutant, code: codeOf(mutant), line: one.line }, one))
      .sort((a, b) => distance(a) - distance(b));
    if (nearest === undefined) gone.push(one);
    else found.push(nearest);
  }
  return { found, gone };
}

/** A mutation as it is read. */
export function codeOf({ before, after }: Mutant): string {
  return `${before.trim()} => ${after.trim() || "nothing"}`;
}

/** A line for each mutant, and what all of them say of the short run. */
export function tableOf(mutants: readonly Judged[]): string {
  const lines = mutants.map((one) => {
    const place = `${one.room.padEnd(6)} ${`${one.file}:${one.line}`.padEnd(36)} ${one.operator}: ${one.code}`;
    return `${verdictOf(one).padEnd(10)} ${place}`;
  });
  const count = (word: string) => mutants.filter((one) => verdictOf(one) === word).length;
  const [short, whole] = [count("killed"), count("by whole")];
  const share = ((100 * short) / Math.max(1, short + whole)).toFixed(1);
  return [
    ...lines,
    `The short run kills ${short}, the whole one ${whole} more: ${share} % of ${short + whole}. ${count("lives")} live, ${count("equivalent")} are equivalent, ${count("not asked")} live and the whole run was not asked.`,
  ].join("\n");
}

function verdictOf({ short, whole, equivalent }: Judged): string {
  if (short !== null) return "killed";
  if (equivalent !== undefined) return "equivalent";
  if (whole === undefined) return "not asked";
  return whole === null ? "lives" : "by whole";
}
