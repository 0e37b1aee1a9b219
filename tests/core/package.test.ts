import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
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
  readonly types: string;
  readonly default: string;
}

const doors = Object.entries<Door | string>(readJson("package.json").exports).flatMap(([name, door]) =>
  typeof door === "string" ? [] : [{ name: name.replace(".", "guestshare"), ...door }],
);
/** The command of the package. */
const command: string = readJson("package.json").bin.guestshare;
const files = readdirSync(packed.packagePath, { recursive: true, encoding: "utf8" });
const textOf = (file: string) => readFileSync(join(packed.packagePath, file), "utf8");

test("each file that package.json names is in the package", () => {
  for (const door of Object.values<Door | string>(readJson("package.json").exports)) {
    for (const path of typeof door === "string" ? [door] : [door.types, door.default])
      assert.ok(existsSync(join(packed.packagePath, path)), path);
  }
});

test("the package's JavaScript is what its doors and its command load, and nothing else", () => {
  const loaded = new Set([...doors.map((door) => posix.normalize(door.default)), command]);
  for (const file of loaded)
    for (const path of importedBy(file))
      if (path.startsWith(".")) loaded.add(posix.join(dirname(file), path));
  assert.deepEqual(files.filter((file) => file.endsWith(".js")).sort(), [...loaded].sort());
  assert.ok(loaded.size < 60, `${loaded.size} files`);
});

test("the types that the doors' types import are in the package", () => {
  const types = files.filter((file) => file.endsWith(".d.ts"));
  assert.ok(types.length > 100, `${types.length} files`);
  for (const file of types) {
    const imported = importedBy(file).filter((path) => path.startsWith("."));
    for (const path of imported) {
      const found = posix.join(dirname(file), path.replace(/\.[jt]s$/, ".d.ts"));
      assert.ok(types.includes(found), `${file} imports ${path}`);
    }
  }
});

test("the sources that stack traces name are in the package", () => {
  const maps = files.filter((file) => file.endsWith(".js.map"));
  assert.ok(maps.length > 0);
  for (const map of maps) {
    const { sources, sourcesContent } = JSON.parse(textOf(map));
    assert.equal(sourcesContent, undefined);
    for (const source of sources) {
      assert.match(source, /\.ts$/);
      assert.ok(files.includes(posix.join(dirname(map), source)), `${map} names ${source}`);
    }
  }
});

for (const door of doors) {
  test(`${door.name} of the package gives what its sources give`, async () => {
    const source = ownRuntime === "deno" ? door.types.replace("./dist/", "") : door.types;
    const path = source.replace(/\.d\.ts$/, ownRuntime === "deno" ? ".ts" : ".js");
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
