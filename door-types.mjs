// Removes all declarations from dist/types but those that the doors' types need, which package.json names; run by `npm run build`.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, posix } from "node:path";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const folder = "dist/types";

const needed = new Set(
  Object.values(exports).flatMap(({ types }) =>
    types?.startsWith(`./${folder}/`) ? [posix.relative(folder, types)] : [],
  ),
);
for (const file of needed)
  for (const path of importedBy(file)) needed.add(posix.join(posix.dirname(file), path));
for (const file of readdirSync(folder, { recursive: true }))
  if (file.endsWith(".d.ts") && !needed.has(file)) rmSync(join(folder, file));

/** The declarations of ours that a declaration imports, by their paths from it. */
function importedBy(file) {
  const text = readFileSync(join(folder, file), "utf8");
  const paths = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"\s]+)"/g);
  return Array.from(paths, ([, path]) => path.replace(/\.[jt]s$/, ".d.ts"));
}
