/**
 * Runs the tests with a real nydusd, on Node and on Deno: `npm run test:nydusd`, as root, with the absolute paths of two
 * programs in GUESTSHARE_NYDUSD and GUESTSHARE_NYDUS_IMAGE. Mounts and processes are in namespaces that end with the tests.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readlinkSync } from "node:fs";
import { join } from "node:path";
import { argv, env, execPath, getuid } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import { denoPath, findTool } from "../support/runner/tools.ts";

/** What is missing to run them; empty where nothing is. */
function missing(): string {
  for (const name of ["GUESTSHARE_NYDUSD", "GUESTSHARE_NYDUS_IMAGE"]) {
    const path = env[name] ?? "";
    if (!path.startsWith("/"))
      return `${name} has to be the absolute path of a program, not ${JSON.stringify(path)}`;
    if (!isExecutable(path)) return `${name} is no program: ${JSON.stringify(path)}`;
  }
  if (getuid?.() !== 0) return "only root may mount through /dev/fuse";
  if (!isExecutable("/dev/fuse", constants.R_OK)) return "there is no /dev/fuse";
  return findTool("unshare") ? "" : "unshare is not installed";
}

function isExecutable(path: string, mode: number = constants.X_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function run(command: readonly string[]): boolean {
  const options = ["-m", "--propagation", "private", "-p", "-f", "--kill-child", "--mount-proc", "--"];
  const environment = {
    ...env,
    NO_COLOR: "1",
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_PROPAGATION: "private",
  };
  const { status } = spawnSync("unshare", [...options, ...command], { stdio: "inherit", env: environment });
  return status === 0;
}

function main(words: readonly string[]): number {
  const what = missing();
  if (what !== "") {
    console.log(`FAILED: cannot test with a real nydusd: ${what}`);
    return 1;
  }
  const node = [
    execPath,
    "--test",
    "--test-reporter=spec",
    join(packageRoot, "dist/tests/nydusd/real.test.js"),
  ];
  const deno = [denoPath() ?? "", "test", "-A", "--no-check", join(packageRoot, "tests/nydusd/real.test.ts")];
  const commands = { node, deno };
  const chosen = Object.entries(commands).filter(([name]) => words.length === 0 || words.includes(name));
  const results = chosen.map(([, command]) => run(command));
  return results.length > 0 && results.every((isGood) => isGood) ? 0 : 1;
}

process.exitCode = main(argv.slice(2));
