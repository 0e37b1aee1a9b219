import { type Picture, type Row, traits } from "../../../picture/mod.ts";

/** The columns of a picture as text: rows with their kinds, how they get their content, and their marks, such as "/etc [mount bound r]". */
export function columnLines({ columns }: Picture): string[] {
  return Object.entries(columns).flatMap(([name, rows]) => [
    `# ${name}`,
    ...rows.map((row) => `${"  ".repeat(row.depth)}${row.label} [${marksOf(row)}]`),
  ]);
}

/** The curves of a picture as text, such as "bound /etc/hosts -> c1-hosts: read-only". */
export function curveLines(picture: Picture): string[] {
  const labels = new Map(rowsOf(picture).map(({ id, label }) => [id, label]));
  return picture.curves.map(
    ({ kind, from, to, traits }) => `${kind} ${labels.get(from)} -> ${labels.get(to)}: ${traits.join(" ")}`,
  );
}

/** All rows of a picture. */
export function rowsOf({ columns }: Picture): Row[] {
  return [...columns.host, ...columns.hub, ...columns.guest];
}

function marksOf({ kind, by, traits: ofRow }: Row): string {
  const signs = ofRow.map((trait) => traits[trait].sign).join("");
  return [kind, by, signs].filter(Boolean).join(" ");
}
