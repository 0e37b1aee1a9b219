import { curveKinds, type Mark, traits } from "../marks.ts";
import type { Row } from "../picture.ts";

/** The sign of a row that something is wrong with. */
export const WRONG = "!";

/** The signs of a row: how it gets its content, and what holds for it. */
export function signsOf({ by, traits: ofRow, details }: Row): string {
  const wrong = details.findings.length > 0 ? WRONG : "";
  const signs = ofRow.map((trait) => traits[trait].sign);
  return `${wrong}${by ? curveKinds[by].sign : ""}${signs.join("")}`;
}

/** All signs with what they stand for: of how content gets to a row, and of what holds for it. */
export const legend: readonly (readonly string[])[] = [
  Object.values(curveKinds).map(textOf),
  [...Object.values(traits), { sign: WRONG, meaning: "something is wrong" }].map(textOf),
];

function textOf({ sign, meaning }: Mark): string {
  return `${sign} ${meaning}`;
}
