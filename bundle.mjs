// Bundles the package's doors, which package.json names; run by `npm run build`. What several doors load, or one loads later by
// import(), is a file that they share: a class of one door is the same class in another.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const doors = Object.values(exports).filter(({ types }) => types);
const entryPoints = doors.map((door) => ({
  in: door.types.replace(/\.d\.ts$/, ".js"),
  out: basename(door.default, ".js"),
}));

const outdir = "dist/doors";
const options = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  // The lines of a stack trace are found in the sources, which the package has.
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
};
const { metafile } = await build({ ...options, entryPoints, outdir, splitting: true, metafile: true });

// What an earlier build left. What is still needed is not gone for a moment: a program may be loading it.
const made = new Set(Object.keys(metafile.outputs));
for (const name of readdirSync(outdir)) {
  if (!made.has(join(outdir, name))) rmSync(join(outdir, name));
}

// Tests start this program a thousand times: as one file, it is there in half the time.
const program = "dist/tests/support/programs/obey.js";
await build({ ...options, entryPoints: [program], outfile: program, allowOverwrite: true });
