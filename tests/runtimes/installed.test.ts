import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, pid } from "node:process";
import { test } from "node:test";
import { readJson } from "../support/package/compile.ts";
import { ownRuntime } from "../support/runtimes.ts";

// Run by `npm run test:runtimes`, which installs the package for it.

const folder = env.GUESTSHARE_TEST_INSTALLED ?? "";
const { exports, version } = readJson("package.json");
const doors = Object.entries<{ default?: string }>(exports).flatMap(([name, door]) =>
  door.default?.endsWith(".js") ? [name.replace(".", "guestshare")] : [],
);

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, ...args: string[]): Ended {
  const flags = ownRuntime === "deno" ? ["run", "-A", "--node-modules-dir=manual"] : [];
  return spawnSync(execPath, [...flags, file, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
}

function runProgram(code: string): unknown {
  const file = join(folder, `program-${pid}.mjs`);
  writeFileSync(file, code);
  const { status, stdout, stderr } = run(file);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

for (const door of doors) {
  test(`${door} is imported, and gives something`, () => {
    const code = `import * as door from "${door}"; console.log(JSON.stringify(Object.keys(door)));`;
    assert.ok((runProgram(code) as string[]).length > 1);
  });
}

test("a plan is made, by guestshare and by its core.wasm alone", () => {
  const answers = runProgram(`
    import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    import { load } from "guestshare";
    const request = new TextEncoder().encode('{"op":"prepare","sandbox":{"id":"s1"}}');
    const file = readFileSync(fileURLToPath(import.meta.resolve("guestshare/core.wasm")));
    const core = new WebAssembly.Instance(new WebAssembly.Module(file)).exports;
    const start = core.input(request.length);
    new Uint8Array(core.memory.buffer, start, request.length).set(request);
    const length = core.plan(start, request.length);
    const answer = new TextDecoder().decode(new Uint8Array(core.memory.buffer, core.output(), length));
    console.log(JSON.stringify([(await load()).planJson(request), answer]));`) as string[];
  assert.match(answers[0] ?? "", /"steps":\[\{"op":"mkdir"/);
  assert.equal(answers[1], answers[0]);
});

test("system calls are made by what npm installed", () => {
  const seen = runProgram(`
    import { openLibc } from "guestshare/host";
    const libc = await openLibc();
    const EBADF = -9;
    const calls = ["ftruncate", "fchmod"].map((name) => libc.call(name, 999, 0) === EBADF);
    console.log(JSON.stringify([libc.name, ...calls]));`);
  assert.deepEqual(seen, [ownRuntime === "deno" ? "deno" : "ffi-rs", true, true]);
});

const command = realpathSync(join(folder, "node_modules/.bin/guestshare"));

test("the command says how it is used, and its version", () => {
  const help = run(command, "--help");
  assert.deepEqual([help.status, help.stderr], [0, ""]);
  assert.match(help.stdout, /^Usage: guestshare/);
  assert.equal(run(command, "--version").stdout, `${version}\n`);
});

test("the command refuses a word that it does not know by its exit code", () => {
  const { status, stderr } = run(command, "aply");
  assert.equal(status, 64, stderr);
});
