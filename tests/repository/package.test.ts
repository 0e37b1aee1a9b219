import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { readJson } from "../support/package/compile.ts";
import { Packed } from "../support/package/packed.ts";
import { packageRoot } from "../support/package-root.ts";
import { ownRuntime } from "../support/runtimes.ts";

// The package as it is installed: its doors are bundles, and its other tests import file by file.

const packed = new Packed();
after(() => packed.remove());

interface Door {
  readonly types?: string;
  readonly default: string;
}

const entries = Object.entries<Door | string>(readJson("package.json").exports).map(([name, door]) => ({
  name: name.replace(".", "guestshare"),
  ...(typeof door === "string" ? { default: door } : door),
}));
const doors = entries.flatMap(({ types, ...door }) =>
  types && door.default.endsWith(".js") ? [{ types, ...door }] : [],
);
/** The command of the package. */
const command: string = readJson("package.json").bin.guestshare;
const files = readdirSync(packed.packagePath, { recursive: true, encoding: "utf8" });
const textOf = (file: string) => readFileSync(join(packed.packagePath, file), "utf8");

test("each file that package.json names is in the package", () => {
  for (const { types, default: path } of entries)
    for (const named of types ? [types, path] : [path])
      assert.ok(existsSync(join(packed.packagePath, named)), named);
});

test("the package's JavaScript is what its doors, its command and its page load, and nothing else", () => {
  const page = "dist/preview/page.js";
  const looking = "dist/doors/looking.js"; // started by the door of nodes
  const loaded = new Set([...doors.map((door) => posix.normalize(door.default)), command, page, looking]);
  for (const file of loaded)
    for (const path of importedBy(file))
      if (path.startsWith(".")) loaded.add(posix.join(dirname(file), path));
  assert.deepEqual(files.filter((file) => file.endsWith(".js")).sort(), [...loaded].sort());
  assert.ok(loaded.size < 100, `${loaded.size} files`);
});

test("the package's types are what its doors' types import, and nothing else", () => {
  const needed = new Set(entries.flatMap(({ types }) => (types ? [posix.normalize(types)] : [])));
  for (const file of needed)
    for (const path of importedBy(file))
      if (path.startsWith(".")) needed.add(posix.join(dirname(file), path.replace(/\.[jt]s$/, ".d.ts")));
  assert.ok(needed.size > 100, `${needed.size} files`);
  assert.deepEqual(files.filter((file) => file.endsWith(".ts")).sort(), [...needed].sort());
});

test("the package has nothing twice: no source beside its bundle, no map, no two files with the same bytes", () => {
  const paths = files.filter((file) => statSync(join(packed.packagePath, file)).isFile());
  assert.deepEqual(
    paths.filter((file) => /\.map$|(?<!\.d)\.ts$|\.tgz$/.test(file)),
    [],
  );
  const texts = paths.map((file) => readFileSync(join(packed.packagePath, file), "latin1"));
  assert.equal(new Set(texts).size, texts.length);
  assert.ok(paths.length < 450, `${paths.length} files`);
  for (const file of files.filter((file) => file.endsWith(".js")))
    assert.doesNotMatch(textOf(file), /sourceMappingURL/, file);
});

test("core.wasm's types name what it exports", () => {
  const exports = WebAssembly.Module.exports(
    new WebAssembly.Module(readFileSync(join(packed.packagePath, "wasm/core.wasm"))),
  );
  const named = textOf("wasm/core.wasm.d.ts").matchAll(/^export (?:const|function) (\w+)/gm);
  assert.deepEqual(exports.map(({ name }) => name).sort(), Array.from(named, ([, name]) => name).sort());
});

for (const door of doors) {
  test(`${door.name} of the package gives what its sources give`, async () => {
    const [folder, ending] = ownRuntime === "deno" ? ["./", ".ts"] : ["./dist/", ".js"];
    const path = door.types.replace("./dist/types/", folder).replace(/\.d\.ts$/, ending);
    const expected = await import(pathToFileURL(join(packageRoot, path)).href);
    const printed = packed.run(
      `import * as door from ${JSON.stringify(door.name)}; console.log(JSON.stringify(Object.keys(door)));`,
    );
    assert.deepEqual(JSON.parse(printed).sort(), Object.keys(expected).sort());
  });
}

test("the package's command says how it is used", () => {
  const printed = packed.run(`
    import { execFileSync } from "node:child_process";
    import { execPath, versions } from "node:process";
    const run = "deno" in versions ? ["run", "-A", "--node-modules-dir=manual"] : [];
    console.log(execFileSync(execPath, [...run, "node_modules/guestshare/${command}", "--help"], { encoding: "utf8" }));`);
  assert.match(printed, /^Usage: guestshare /);
  assert.match(textOf(command), /^#!\/usr\/bin\/env node\n/);
});

test("what several doors of the package give is the same thing", () => {
  const printed = packed.run(`
    const doors = await Promise.all(${JSON.stringify(doors.map(({ name }) => name))}.map((name) => import(name)));
    const found = new Map();
    const other = [];
    let shared = 0;
    for (const [name, value] of doors.flatMap((door) => Object.entries(door))) {
      if (found.has(name)) shared += 1;
      if (found.has(name) && found.get(name) !== value) other.push(name);
      found.set(name, value);
    }
    console.log(JSON.stringify({ shared, other }));`);
  const { shared, other } = JSON.parse(printed);
  assert.deepEqual(other, []);
  assert.ok(shared >= 5, `${shared} names`);
});

test("an error of one door is an instance of another door's class, also what a door loads later", () => {
  const printed = packed.run(`
    import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
    import { FormatError } from "guestshare";
    import { AgentError, connectAgent } from "guestshare/agent";
    import { sandboxOf } from "guestshare/configuration";
    import { CopyError, EmbeddedGuest, EmbeddedGuestError, FilesystemShare } from "guestshare/host";

    const caught = (work) => Promise.resolve().then(work).then(() => undefined, (error) => error);
    const directory = mkdtempSync("/tmp/guestshare-test-");
    writeFileSync(directory + "/file", "text");
    const guest = await EmbeddedGuest.serve(directory, directory + "/agent.sock", { shareDir: "/elsewhere" });
    const agent = await connectAgent(guest.address);
    const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { agent });
    const mount = { source: directory + "/file", destination: "/file" };
    const copying = await caught(() => share.shareFile({ id: "c1" }, mount));
    const seen = [
      (await caught(() => sandboxOf("[hypervisor", { id: "s1" }))) instanceof FormatError,
      (await caught(() => EmbeddedGuest.serve("/missing", directory + "/b.sock"))) instanceof EmbeddedGuestError,
      copying instanceof CopyError,
      copying.cause instanceof AgentError,
    ];
    await agent.close();
    await guest.close();
    rmSync(directory, { recursive: true });
    console.log(JSON.stringify(seen));`);
  assert.deepEqual(JSON.parse(printed), [true, true, true, true]);
});

test("guestshare of the package runs in a browser: it loads nothing but its own files", () => {
  const loaded = new Set([posix.normalize(doors[0]?.default ?? "")]);
  for (const file of loaded) for (const path of importedBy(file)) loaded.add(posix.join(dirname(file), path));
  assert.ok(loaded.size > 0);
  for (const file of loaded) assert.ok(files.includes(file), file);
});

// By from, import or import(), as both the bundler and the compiler write them.
function importedBy(file: string): string[] {
  const found = textOf(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"\s]+)"/g);
  return Array.from(found, ([, path = ""]) => path);
}
