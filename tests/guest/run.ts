/**
 * Runs the tests with a real guest: `npm run test:guest`, as root, with QEMU under emulation. Pieces of file names choose
 * among them. Mounts and processes are in namespaces that end with the tests.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { argv, env, execPath } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import { boundNamespaces } from "../support/runner/bound-namespaces.ts";
import { mountTemporary } from "../support/runner/temporary.ts";
import { denoPath } from "../support/runner/tools.ts";
import { findVirtiofsd, missing } from "./support/needs.ts";

const LONGEST_MINUTES = 30;
const directory = join(packageRoot, "dist/tests/guest");

function filesOf(pieces: readonly string[]): string[] {
  const names = readdirSync(directory).filter((name) => name.endsWith(".test.js"));
  const chosen = names.filter((name) => pieces.length === 0 || pieces.some((piece) => name.includes(piece)));
  return chosen.sort().map((name) => join(directory, name));
}

type Propagation = "private" | "shared";

// Shares reach a virtiofsd by propagation. These tests go through it while it changes.
const alsoShared = ["while-it-runs", "fight"];

function run(propagation: Propagation, files: readonly string[]): boolean {
  if (files.length === 0) return true;
  console.log(`\n=== guest: a real one, propagation ${propagation}`);
  const [program, ...namespaces] = boundNamespaces;
  // virtiofsd keeps notes in /run.
  const share = propagation === "shared" ? "mount --make-rshared / && " : "";
  const own = `mount -t tmpfs -o mode=0755 run /run && ${mountTemporary([findVirtiofsd()])}`;
  const prepare = ["sh", "-c", `${share}${own} && exec "$@"`, "sh"];
  const options = ["--test", "--test-reporter=spec", "--test-concurrency=1", "--enable-source-maps"];
  const environment = {
    ...env,
    NO_COLOR: "1",
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_PROPAGATION: propagation,
    GUESTSHARE_TEST_DENO: denoPath() ?? "",
  };
  const command = [...namespaces, ...prepare, execPath, ...options, ...files];
  const end = { timeout: LONGEST_MINUTES * 60_000, killSignal: "SIGKILL" } as const; // with all that is in it
  const { status, error } = spawnSync(program, command, { stdio: "inherit", env: environment, ...end });
  if (error)
    console.log(`FAILED: given up, after ${LONGEST_MINUTES} minutes at the latest: ${error.message}`);
  return status === 0;
}

function main(pieces: readonly string[]): number {
  const what = missing();
  if (what !== "") {
    console.log(`FAILED: cannot boot a guest: ${what}`);
    return 1;
  }
  const files = filesOf(pieces);
  if (files.length === 0) console.log(`FAILED: no file of tests has ${pieces.join(" or ")} in its name`);
  const again = files.filter((file) => alsoShared.some((name) => file.includes(name)));
  const results = [run("private", files), run("shared", again)];
  return files.length > 0 && results.every((isGood) => isGood) ? 0 : 1;
}

process.exitCode = main(argv.slice(2));
