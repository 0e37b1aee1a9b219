// Bundles the package's doors and its command, which package.json names; run by `npm run build`. What several doors load, or one loads later by
// import(), is in files that they share: a class of one door is the same class in another.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { rolldown } from "rolldown";

const { exports, bin } = JSON.parse(readFileSync("package.json", "utf8"));
const doors = Object.values(exports).filter((door) => door.default?.endsWith(".js"));
const moduleOf = (name) => {
  const door = doors.find((door) => basename(door.default) === `${name}.js`);
  return resolve(door.types.replace(/^\.\/dist\/types\/(.*)\.d\.ts$/, "$1.ts"));
};
const names = doors.map((door) => basename(door.default, ".js"));

/** All modules that are loaded with a module at once. */
function loadedWith(id, graph) {
  const loaded = new Set([id]);
  for (const one of loaded)
    for (const imported of graph.getModuleInfo(one)?.importedIds ?? []) loaded.add(imported);
  return loaded;
}

let loadedBy;

// Each file costs Node half a millisecond, so there are few. What only one door loads, or a later import(), rolldown puts in files
// by itself.
function fileOf(id, graph) {
  loadedBy ??= new Map(names.map((name) => [name, loadedWith(moduleOf(name), graph)]));
  const having = names.filter((name) => loadedBy.get(name).has(id));
  const others = having.filter((name) => name !== "host" && name !== "vm");
  // The door of virtual machines loads the host's, and has what is its own beside it.
  if (having.every((name) => name === "vm")) return null;
  if (others.length === 0) return "host";
  if (!others.includes("mod")) return having.includes("host") ? "agents" : null;
  return others.length === 1 ? "plan" : "words";
}

const commandFile = resolve("cli/bin.ts");
const planFile = resolve("cli/commands/plan.ts");

// Of the command line, in one file each: what every command loads, and what planning loads beside that.
function commandFileOf(id, graph) {
  if (!id.startsWith(resolve("cli"))) return null;
  if (loadedWith(commandFile, graph).has(id)) return id === commandFile ? null : "command";
  return loadedWith(planFile, graph).has(id) && id !== planFile ? "planning" : null;
}

// Of the first group that it is in.
const groupOf = (name, i, { length }) => ({
  name: (id, graph) => ((commandFileOf(id, graph) ?? fileOf(id, graph)) === name ? name : null),
  debugName: name,
  priority: length - i,
});

const outdir = "dist/doors";
const bundle = await rolldown({
  input: {
    ...Object.fromEntries(names.map((name) => [name, moduleOf(name)])),
    [basename(bin.guestshare, ".js")]: resolve("cli/bin.ts"),
    // A program of its own, which the door of nodes starts.
    looking: resolve("node/places/looking.ts"),
  },
  external: /^[^./]/,
  platform: "node",
});
const { output } = await bundle.write({
  dir: outdir,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
  // Functions keep their names, by which a stack trace is found in the sources. Doc comments are in the types.
  comments: { jsdoc: false },
  codeSplitting: { groups: ["words", "plan", "agents", "host", "command", "planning"].map(groupOf) },
});
await bundle.close();

// What an earlier build left. What is still needed is not gone for a moment: a program may be loading it.
const made = new Set(output.map(({ fileName }) => fileName));
for (const name of readdirSync(outdir)) if (!made.has(name)) rmSync(join(outdir, name));

// Tests start this program a thousand times: as one file, it is there in half the time.
const program = "dist/tests/support/programs/obey.js";
const whole = await rolldown({ input: program, external: /^[^./]/, platform: "node" });
await whole.write({ file: program, format: "esm", sourcemap: true, codeSplitting: false });
await whole.close();
