import type { Row } from "../../picture/mod.ts";

/** The row that a key leads to in a column: arrows, Home, End. Undefined for other keys. */
export function rowAfterKey(rows: readonly Row[], at: number, key: string): Row | undefined {
  const row = rows[at];
  if (!row) return undefined;
  if (key === "ArrowDown") return rows[at + 1] ?? row;
  if (key === "ArrowUp") return rows[at - 1] ?? row;
  if (key === "Home") return rows[0];
  if (key === "End") return rows.at(-1);
  if (key === "ArrowRight") return (rows[at + 1]?.depth ?? 0) > row.depth ? rows[at + 1] : row;
  if (key === "ArrowLeft") return rows.slice(0, at).findLast(({ depth }) => depth < row.depth) ?? row;
  return undefined;
}

// A pause as long as this begins a new word.
const PAUSE_MS = 800;

/** What was typed to find a row by its name. */
export class TypeAhead {
  #typed = "";
  #lastMs = 0;

  /** The next row whose name begins with what was typed, from the row at `at` on and around. */
  rowAfter(rows: readonly Row[], at: number, character: string, nowMs: number): Row | undefined {
    this.#typed = nowMs - this.#lastMs > PAUSE_MS ? character : this.#typed + character;
    this.#lastMs = nowMs;
    const typed = this.#typed.toLowerCase();
    const from = this.#typed.length === 1 ? at + 1 : at;
    const order = [...rows.slice(from), ...rows.slice(0, from)];
    return order.find(({ label }) => label.replace(/^\/+/, "").toLowerCase().startsWith(typed));
  }
}
