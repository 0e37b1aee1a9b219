import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
    const [program, ...args] = ownRuntime === "deno" ? denoCheck(folder, files) : compiler(folder, files);
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// With what the README says that Deno takes for a checkout.
function denoCheck(folder: string, files: readonly string[]): [string, ...string[]] {
  const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
  const [, config = ""] = /^```json\n([\s\S]*?)^```/m.exec(readme) ?? [];
  const { imports } = JSON.parse(config.replaceAll("../guestshare/", `${packageRoot}/`));
  const { compilerOptions, nodeModulesDir } = readJson("deno.json");
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "deno.json"), JSON.stringify({ compilerOptions, nodeModulesDir, imports }));
  return [execPath, "check", ...files];
}

test("the versions that the README maps for Deno are the package's", () => {
  const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
  const { dependencies } = readJson("package.json");
  const mapped = [...readme.matchAll(/"npm:\/?((?:@\w+\/)?[\w-]+)@([\d.]+)\/?"/g)];
  assert.equal(mapped.length, 3);
  for (const [, name = "", version] of mapped) assert.equal(version, dependencies[name], name);
});

function readJson(name: string) {
  return JSON.parse(readFileSync(join(packageRoot, name), "utf8"));
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
