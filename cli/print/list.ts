import { columnLines, treeRows } from "./columns.ts";
import { escaped } from "./escaped.ts";
import type { Filesystem } from "./filesystems.ts";
import type { ListColumn, ListValue } from "./list-columns.ts";

/** A list for people: a table, in which TARGET is a tree. */
export function listLines(filesystems: readonly Filesystem[], columns: readonly ListColumn[]): string[] {
  const rows = treeRows(filesystems).map(({ node, prefix, parent }) =>
    columns.map(({ name, of }) =>
      name === "TARGET" ? prefix + escaped(nameBelow(node, parent)) : cellOf(of(node)),
    ),
  );
  const headings = columns.map(({ name }) => name);
  return columnLines(headings, rows);
}

/** A list as findmnt's `--json` has it: an object for each mount, with those below as `children`. */
export function listJson(filesystems: readonly Filesystem[], columns: readonly ListColumn[]): object[] {
  return filesystems.map((filesystem) => {
    const { children } = filesystem;
    const fields = columns.map(({ name, of }) => [name.toLowerCase(), of(filesystem)]);
    const below = children.length > 0 ? { children: listJson(children, columns) } : {};
    return { ...Object.fromEntries(fields), ...below };
  });
}

// In a tree the directory above is read from above.
function nameBelow({ target }: Filesystem, parent: Filesystem | undefined): string {
  const above = parent && `${parent.target}/`;
  return above && target.startsWith(above) ? target.slice(above.length) : target;
}

function cellOf(value: ListValue): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return escaped(typeof value === "object" ? value.join() : String(value));
}
