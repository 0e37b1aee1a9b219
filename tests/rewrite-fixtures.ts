/**
 * `npm run fixtures`: has each row of tests/fixtures expect what the core answers, after a wanted change of plans. Only
 * what rows expect is written; what there is to review is the difference that git shows. A row whose plan has become a
 * refusal, or the reverse, is told and left alone. Without a name of a file, the pictures are drawn anew, too.
 *
 *     rewrite-fixtures.js [--flips] [a piece of a file's name]...
 *
 * With --flips those are rewritten too. Change core/ and `npm run build:core` first.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "../mod.ts";
import { fixtureDirectory, fixtureFiles, readRows } from "./support/fixtures/fixtures.ts";
import { rewriteRows } from "./support/fixtures/rewrite.ts";
import { answerOf, digestOf, expectedOf, requestOf } from "./support/fixtures/rows.ts";
import { samplePictures } from "./support/picture/samples.ts";

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((word) => word !== "--flips");
  const idle = words.filter((word) => !fixtureFiles.some((file) => file.includes(word)));
  if (idle.length > 0) {
    console.error(`Cannot rewrite: no file of tests/fixtures has ${idle.join(" or ")} in its name`);
    return 2;
  }
  const core = await load();
  let isFlipLeft = false;
  for (const file of fixtureFiles) {
    if (words.length > 0 && !words.some((word) => file.includes(word))) continue;
    const path = join(fixtureDirectory, file);
    const mayFlip = args.includes("--flips");
    const { text, changed, flips } = rewriteRows(core, file, readFileSync(path, "utf8"), mayFlip);
    if (changed.length > 0) writeFileSync(path, text);
    if (changed.length > 0) console.log(`${file}: ${changed.length} rows rewritten`);
    for (const flip of flips) console.log(`FLIPPED${mayFlip ? "" : ", and left"}: ${file}: ${flip}`);
    if (flips.length > 0 && !mayFlip) isFlipLeft = true;
  }
  const rows = fixtureFiles.flatMap(readRows).filter((entry) => typeof entry !== "string");
  const answers = rows.map((row) => answerOf(core, requestOf(row)));
  const wrong = rows.filter((row, i) => expectedOf(row) !== answers[i]).length;
  if (wrong === 0) writeFileSync(join(fixtureDirectory, "digest.txt"), `${await digestOf(answers)}\n`);
  else console.log(`${wrong} rows are not what the core answers, so digest.txt stays`);
  if (words.length === 0)
    for (const [name, svg] of Object.entries(samplePictures()))
      writeFileSync(join(fixtureDirectory, "pictures", name), svg);
  return isFlipLeft ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
