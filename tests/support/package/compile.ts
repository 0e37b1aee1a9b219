import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { packageRoot } from "../package-root.ts";
import { ownRuntime } from "../runtimes.ts";

// What a program has that uses the package, at its strictest.
const compilerOptions = {
  ...{ target: "es2022", module: "nodenext", types: ["node"], noEmit: true },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
};

/** A program's name and its TypeScript. */
export interface Program {
  readonly name: string;
  readonly code: string;
}

/** What the compiler of this runtime says of programs that use the package as its users do. */
export function compiled(programs: readonly Program[]): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "guestshare-test-"));
  try {
    const files = programs.map(({ name, code }) => {
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

// With what docs/install.md says that Deno takes for a checkout.
function denoCheck(folder: string, files: readonly string[]): [string, ...string[]] {
  const install = readFileSync(join(packageRoot, "docs/install.md"), "utf8");
  const [, config = ""] = /^```json\n([\s\S]*?)^```/m.exec(install) ?? [];
  const { imports } = JSON.parse(config.replaceAll("../guestshare/", `${packageRoot}/`));
  const { compilerOptions, nodeModulesDir } = readJson("deno.json");
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "deno.json"), JSON.stringify({ compilerOptions, nodeModulesDir, imports }));
  return [execPath, "check", ...files];
}

/** A JSON file of the package. */
// biome-ignore lint/suspicious/noExplicitAny: its readers know what it holds
export function readJson(name: string): any {
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
