import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import test from "node:test";
import { type CodeBlock, documentedBlocks } from "../support/code-blocks.ts";
import { packageRoot } from "../support/package-root.ts";
import { ownRuntime } from "../support/runtimes.ts";

// What a program has that pastes them, at its strictest.
const compilerOptions = {
  ...{ target: "es2022", module: "nodenext", types: ["node"], noEmit: true },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
};

test("what the documents show compiles as TypeScript, under strict options", () => {
  const { status, output } = checked(documentedBlocks());
  assert.equal(status, 0, output);
});

test("a program that does not compile is told", () => {
  const code = 'import { load } from "guestshare";\nconst core: string = await load();\nconsole.log(core);\n';
  const { status, output } = checked([{ name: "a wrong one", code, output: undefined }]);
  assert.notEqual(status, 0);
  assert.match(output, /Type 'Core' is not assignable to type 'string'/);
});

function checked(blocks: readonly CodeBlock[]): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "guestshare-test-"));
  try {
    const files = blocks.map(({ name, code }) => {
      const file = join(folder, `${name.replace(/[^\w.]+/g, "-")}.ts`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    });
    const [program, ...args] = ownRuntime === "deno" ? denoCheck(files) : compiler(folder, files);
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function denoCheck(files: readonly string[]): [string, ...string[]] {
  return [execPath, "check", "--config", join(packageRoot, "deno.json"), ...files];
}

// As where the package was installed.
function compiler(folder: string, files: readonly string[]): [string, ...string[]] {
  for (const name of ["@types/node", "@bufbuild/protobuf"]) link(folder, name, join("node_modules", name));
  link(folder, "guestshare", "");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  return [join(packageRoot, "node_modules/.bin/tsc"), "-p", folder];
}

function link(folder: string, name: string, path: string): void {
  const place = join(folder, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(packageRoot, path), place);
}
