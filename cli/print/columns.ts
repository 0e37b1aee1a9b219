/** The lines of a table: its headings and rows, each column as wide as its widest cell, two spaces apart. */
export function columnLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, at) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[at] ?? "")), widthOf(heading)),
  );
  return [headings, ...rows].map((row) =>
    widths
      .map((width, at) => padded(row[at] ?? "", width))
      .join("  ")
      .trimEnd(),
  );
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - widthOf(text));
}

// Marks that combine with the character before take no room, and those of East Asia take two columns.
const combining = /\p{Mn}|\p{Me}/u;
const wide =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) if (!combining.test(character)) width += wide.test(character) ? 2 : 1;
  return width;
}

/** A node of a tree as it is printed: with the lines that stand before its name, and the node above it. */
export interface TreeRow<Node> {
  readonly node: Node;
  readonly prefix: string;
  readonly parent: Node | undefined;
}

/** The nodes of trees, in the order in which they are printed. */
export function treeRows<Node extends { readonly children: readonly Node[] }>(
  roots: readonly Node[],
): TreeRow<Node>[] {
  const rows: TreeRow<Node>[] = [];
  const add = (node: Node, parent: Node | undefined, prefix: string, below: string) => {
    rows.push({ node, prefix, parent });
    const last = node.children.at(-1);
    for (const child of node.children) {
      if (child === last) add(child, node, `${below}└─`, `${below}  `);
      else add(child, node, `${below}├─`, `${below}│ `);
    }
  };
  for (const root of roots) add(root, undefined, "", "");
  return rows;
}
