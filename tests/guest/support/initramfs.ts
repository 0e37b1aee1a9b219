import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpioOf, type Entry } from "../../../vm/machine/cpio.ts";
import { modulesOf } from "../../../vm/machine/modules.ts";
import { packageRoot } from "../../support/package-root.ts";
import { findTool } from "../../support/runner/tools.ts";
import { programOf } from "./program.ts";

const sources = ["init", "files", "programs", "tree", "fight", "terminals", "json"];

const made = new Map<string, Buffer>();

/**
 * The guest's own files: our program as /init, busybox, and these modules of the kernel with what they need. They are made
 * once in a process. Programs of this machine are in /usr/bin there, and the libraries that they need in their places.
 */
export function initramfsOf(
  directory: string,
  modules: string,
  names: readonly string[],
  programs: readonly string[] = [],
): Buffer {
  const key = [modules, ...names, ...programs].join(" ");
  const bytes = made.get(key) ?? makeInitramfs(directory, modules, names, programs);
  made.set(key, bytes);
  return bytes;
}

let init: Buffer | undefined;

function makeInitramfs(
  directory: string,
  modules: string,
  names: readonly string[],
  programs: readonly string[],
): Buffer {
  const loaded = modulesOf(modules, names);
  const list = loaded.map(({ name }) => `/modules/${name}\n`).join("");
  init ??= readFileSync(builtInit(directory));
  return cpioOf([
    ...["dev", "bin", "modules"].map((path) => ({ path, mode: 0o755 })),
    file("init", init, 0o755),
    file("bin/busybox", readFileSync(findTool("busybox") as string), 0o755),
    file("modules/list", Buffer.from(list)),
    ...loaded.map(({ name, bytes }) => file(`modules/${name}`, bytes)),
    ...programs.flatMap(programOf),
  ]);
}

function file(path: string, bytes: Buffer, mode = 0o644): Entry {
  return { path, mode, bytes };
}

/** The path of our program, built in this directory. */
function builtInit(directory: string): string {
  const path = join(directory, "init");
  const files = sources.map((name) => join(packageRoot, "tests/guest/support/guest", `${name}.c`));
  const options = ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"];
  execFileSync("gcc", [...options, "-o", path, ...files], { stdio: ["ignore", "pipe", "inherit"] });
  return path;
}
