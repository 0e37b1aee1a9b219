import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arch, execPath } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import { denoPath } from "../support/runner/tools.ts";

/** A runtime that the package is for. */
export interface Runtime {
  readonly name: string;
  readonly kind: "node" | "deno" | "bun";
  /** Its program. */
  readonly path: string;
}

// Packages of npm that have a runtime's program and nothing to run when they are installed.
const ofNode = `node-linux-${arch}`;
const ofBun = `@oven/bun-linux-${arch === "arm64" ? "aarch64" : "x64"}`;
const packages = {
  node22: `npm:${ofNode}@22.23.5`,
  node24: `npm:${ofNode}@24.22.3`,
  node26: `npm:${ofNode}@26.12.1`,
  bun: `npm:${ofBun}@1.4.5`,
};

const folder = join(packageRoot, "dist/runtimes");

/** The runtimes that the repository does not bring with it, from npm: they are large, so they are installed only for these tests. */
export function installRuntimes(): Runtime[] {
  const manifest = JSON.stringify({ private: true, dependencies: packages });
  const path = join(folder, "package.json");
  if (!existsSync(join(folder, "node_modules")) || readFileSync(path, "utf8") !== manifest) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, manifest);
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"];
    const { status } = spawnSync("npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });
    if (status !== 0) throw new Error(`Cannot install ${Object.values(packages).join(", ")}`);
  }
  return Object.keys(packages).map((name) => {
    const kind = name === "bun" ? "bun" : "node";
    return { name, kind, path: join(folder, "node_modules", name, "bin", kind) };
  });
}

/** The runtimes that the repository is developed with: this Node, and Deno from npm. */
export function ownRuntimes(): Runtime[] {
  const [major] = process.versions.node.split(".");
  return [
    { name: `node${major}`, kind: "node", path: execPath },
    { name: "deno", kind: "deno", path: denoPath() ?? "deno" },
  ];
}
