/** Prints what the lines below are about. */
export function heading(text: string): void {
  console.log(`\n${text}`);
}

/** Prints rows, each column as wide as its widest cell. */
export function table(...rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  for (const row of rows) {
    console.log(`  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
  }
}
