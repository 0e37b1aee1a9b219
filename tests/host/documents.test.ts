import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import test, { after } from "node:test";
import { requireOwnNamespace } from "../support/namespace.ts";
import { type CodeBlock, documentedBlocks } from "../support/package/code-blocks.ts";
import { Packed } from "../support/package/packed.ts";
import { packageRoot } from "../support/package-root.ts";
import type { Shown } from "../support/programs/documented.ts";
import { commandOf, ownRuntime } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";

// Each program gets a namespace of its own, with a /run of its own: the machine's is never written to.
const inside = ["-m", "sh", "-c", 'mount -t tmpfs run /run && exec "$@"', "sh"];

const install = readFileSync(join(packageRoot, "docs/install.md"), "utf8");

const blocks = documentedBlocks();

test("the documents show programs", () => {
  assert.ok(blocks.length >= 6, `only ${blocks.length} were found`);
});

const LONGEST_MS = 600_000; // where one of them does not end

// The short run on Node has one program run most of them. What starts itself anew, in a namespace, is a program of its own.
const isTogether = ownRuntime === "node" && rounds(0, 1) > 0;
const together = blocks.filter(({ code }) => isTogether && !/\b(?:inOwnNamespace|enterShares)\(/.test(code));
let shown: readonly Shown[] | undefined;

for (const block of blocks) {
  test(`${block.name} runs, and prints what it says`, () => {
    requireOwnNamespace();
    const printed = together.includes(block) ? printedTogether(block) : run(...evaluated(block));
    if (block.output !== undefined) assert.equal(printed, block.output);
  });
}

function printedTogether(block: CodeBlock): string {
  shown ??= showTogether();
  const { printed, problem } = shown[together.indexOf(block)] as Shown;
  assert.equal(problem, "");
  return printed;
}

function showTogether(): Shown[] {
  const input = JSON.stringify(together.map(({ code }) => code));
  const { status, stdout, stderr } = spawnSync("unshare", ["-m", ...commandOf("documented")], {
    ...{ cwd: packageRoot, encoding: "utf8", input, timeout: LONGEST_MS },
  });
  assert.equal(status, 0, stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("an example that was written for Deno runs here too", () => {
  requireOwnNamespace();
  const program = ownRuntime === "deno" ? denoProgram : nodeProgram;
  const printed = run(execPath, ...program, "/etc/hosts");
  assert.match(
    printed,
    /^bind .*c1-0011223344556677-hosts\nthe guest finds it at .*c1-0011223344556677-hosts\n$/,
  );
});

const denoProgram = ["run", "--no-check", "examples/plan.ts"];
const nodeProgram = ["--import", "./dist/examples/deno-shim.js", "dist/examples/plan.js"];

function evaluated({ code }: CodeBlock): string[] {
  if (ownRuntime === "deno") return [execPath, "eval", "--ext=ts", code];
  return [execPath, "--input-type=module", "--eval", code];
}

const run = (...command: string[]): string => runIn(packageRoot, ...command);

function runIn(cwd: string, ...command: string[]): string {
  const { status, stdout, stderr } = spawnSync("unshare", [...inside, ...command], { cwd, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

if (ownRuntime === "deno") {
  // Node finds the package's bundles by package.json, as in node_modules; here deno.json leads to the sources.
  const packed = new Packed();
  after(() => packed.remove());
  for (const block of blocks.filter(({ name }) => name.includes(".md,"))) {
    test(`${block.name} prints the same with the package from node_modules`, () => {
      requireOwnNamespace();
      const command = [execPath, "eval", "--node-modules-dir=manual", "--ext=ts", block.code];
      const printed = runIn(packed.path, ...command);
      if (block.output !== undefined) assert.equal(printed, block.output);
    });
  }

  test("the permissions that docs/install.md names are enough to mount", () => {
    const [, flags = ""] = /To mount, `(--allow-\S+)` is enough/.exec(install) ?? [];
    const body = `
      import { FilesystemShare } from "guestshare/host";
      const share = new FilesystemShare({ id: "s1" });
      await share.prepare();
      await share.shareFile({ id: "c1" }, { source: "/etc/passwd", destination: "/etc/passwd", options: ["ro"] });
      await share.cleanup({ revoke: true });
      console.log("done");`;
    assert.equal(allowed(flags, body), "done\n");
  });

  test("the permissions that docs/install.md names are enough to copy", () => {
    const [, flags = ""] =
      /^ {4}(--allow-ffi --allow-net=\S+ --allow-write=\S+ --allow-read=\S+)$/m.exec(install) ?? [];
    const body = `
      import { connectAgent } from "guestshare/agent";
      import { FilesystemShare } from "guestshare/host";
      const agent = await connectAgent("unix:///run/agent.sock");
      const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { agent });
      await share.shareFile({ id: "c1" }, { source: "/run/greeting", destination: "/greeting" });
      await agent.close();
      console.log("done");`;
    // The guest ends with the program: its standard input does.
    const guest = `
      import { mkdirSync, writeFileSync } from "node:fs";
      import { EmbeddedGuest } from "guestshare/host";
      mkdirSync("/run/guest");
      writeFileSync("/run/greeting", "hello");
      await EmbeddedGuest.serve("/run/guest", "/run/agent.sock");
      process.stdin.resume().on("end", () => process.exit());`;
    assert.equal(allowed(flags, body, guest), "done\n");
  });
}

// What a program prints that may do so much and no more; with another one beside it that may do all.
function allowed(flags: string, program: string, beside?: string): string {
  requireOwnNamespace();
  // The program comes on standard input: its file would have to be readable too.
  const alone = 'printf %s "$0" | "$@" -';
  const both = `exec 3>&1; { ${alone} >&3 3>&-; } | ${quoted(evaluated({ name: "", code: beside ?? "", output: "" }))}`;
  const config = ["--config", "deno.json", "--no-check", "--no-prompt", "--ext=ts"];
  const command = [execPath, "run", ...config, ...flags.trim().split(/\s+/)];
  return run("sh", "-c", beside === undefined ? alone : both, program, ...command);
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
