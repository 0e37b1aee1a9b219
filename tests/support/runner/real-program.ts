import { spawnSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, getuid } from "node:process";
import { packageRoot } from "../package-root.ts";
import { boundNamespaces } from "./bound-namespaces.ts";
import { denoPath, findTool, isExecutable } from "./tools.ts";

/** Why tests with somebody else's programs cannot run, whose absolute paths are in these variables; "" where they can. */
export function lackingPrograms(variables: readonly string[]): string {
  for (const name of variables) {
    const path = env[name] ?? "";
    if (!path.startsWith("/"))
      return `${name} has to be the absolute path of a program, not ${JSON.stringify(path)}`;
    if (!isExecutable(path)) return `${name} is no program: ${JSON.stringify(path)}`;
  }
  if (getuid?.() !== 0) return "only root may mount";
  const lacks = ["unshare", "setpriv"].filter((name) => !findTool(name));
  return lacks.length === 0 ? "" : `${lacks.join(", ")} not installed (apt-get install util-linux)`;
}

/**
 * Runs the tests in a folder of tests, on the runtimes that are named, or on both, in namespaces of mounts and processes
 * that end with them. Whether all of them passed.
 */
export function runInNamespaces(folder: string, runtimes: readonly string[]): boolean {
  const nodeFiles = testsIn(join(packageRoot, "dist/tests", folder), ".test.js");
  const denoFiles = testsIn(join(packageRoot, "tests", folder), ".test.ts");
  const commands = {
    node: [execPath, "--test", "--test-reporter=spec", "--test-concurrency=1", ...nodeFiles],
    deno: [denoPath() ?? "deno", "test", "-A", "--no-check", ...denoFiles],
  };
  const chosen = Object.entries(commands).filter(
    ([name]) => runtimes.length === 0 || runtimes.includes(name),
  );
  if (chosen.length === 0) console.log(`FAILED: no runtime is called ${runtimes.join(" or ")}`);
  const results = chosen.map(([, command]) => run(command));
  return results.length > 0 && results.every((isGood) => isGood);
}

function testsIn(directory: string, ending: string): string[] {
  const names = readdirSync(directory).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => join(directory, name));
}

function run(command: readonly string[]): boolean {
  const [program, ...namespaces] = boundNamespaces;
  const environment = {
    ...env,
    NO_COLOR: "1",
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_PROPAGATION: "private",
  };
  const { status } = spawnSync(program, [...namespaces, ...command], { stdio: "inherit", env: environment });
  return status === 0;
}
