import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleOf, named } from "../support/cli/in-sandbox.ts";
import { binary, runProgram } from "../support/cli/run-command.ts";
import { loadedWith } from "../support/package/imports.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare plan --offline` loads what plans, and nothing that makes system calls or talks to an agent.

// Writes what Node loads: each module's URL, and at the end the libraries of the process.
const hooks = `import { writeSync } from "node:fs";
export async function load(url, context, next) {
  writeSync(2, "loads " + url + "\\n");
  return next(url, context);
}`;
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const preload = dataUrl(`import { register } from "node:module";
import { writeSync } from "node:fs";
register(${JSON.stringify(dataUrl(hooks.replaceAll("\\\\", "\\")))});
process.on("exit", () => {
  for (const path of process.report.getReport().sharedObjects) writeSync(2, "loads " + path + "\\n");
});`);

/** What a plan of a bundle loads on Node. */
function loadedBy(words: readonly string[]): string[] {
  const [program, ...args] = binary;
  const { exitCode, stderr } = runProgram([program, "--import", preload, ...args, ...words]);
  assert.equal(exitCode, 0, stderr);
  return Array.from(stderr.matchAll(/^loads (.*)$/gm), ([, path = ""]) => path);
}

const isOfHost = (path: string) =>
  /\/host(?:-\w+)?\.js|koffi|ffi-rs|\.node$|protobuf|_pb|smol-toml/.test(path);

if (ownRuntime === "node") {
  mountTest(
    "offline it loads neither FFI nor protobuf; with a look at the sources it loads FFI",
    (scratch) => {
      const words = ["plan", ...named(scratch), bundleOf(scratch)];
      const offline = loadedBy([...words, "--offline"]);
      assert.ok(
        offline.some((path) => path.endsWith("/doors/guestshare.js")),
        offline.join("\n"),
      );
      assert.deepEqual(offline.filter(isOfHost), []);
      const online = loadedBy(words);
      assert.ok(
        online.some((path) => path.endsWith(".node")),
        online.join("\n"),
      );
      assert.deepEqual(
        online.filter((path) => /protobuf|_pb/.test(path)),
        [],
      );
    },
  );
} else {
  mountTest("offline it may neither open a library, nor run, nor write anything", (scratch) => {
    const words = ["plan", ...named(scratch), bundleOf(scratch)];
    const [program, run, , ...file] = binary;
    const allowed = [program, run as string, "--allow-read", "--allow-env", ...file] as const;
    assert.equal(runProgram([...allowed, ...words, "--offline"]).exitCode, 0);
    const { exitCode, stderr } = runProgram([...allowed, ...words]);
    assert.ok(exitCode !== 0 && /ffi/.test(stderr), stderr);
  });
}

test("what planning loads at once is of the planner", () => {
  const loaded = loadedWith("cli/commands/plan.ts");
  assert.ok(loaded.includes("mod.ts"));
  assert.deepEqual(
    loaded.filter((path) => /^ffi\/|^@bufbuild|^koffi|^ffi-rs|^smol-toml/.test(path)),
    [],
  );
});
