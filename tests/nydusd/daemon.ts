import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { env } from "node:process";
import { Nydusd } from "../../ffi/nydusd.ts";
import { Child } from "../support/child.ts";
import type { Scratch } from "../support/scratch.ts";

const nydusdPath = env.GUESTSHARE_NYDUSD ?? "";
const imagePath = env.GUESTSHARE_NYDUS_IMAGE ?? "";

/** A real nydusd in a test's scratch directory, and what it serves. */
export interface Daemon {
  readonly nydusd: Nydusd;
  readonly process: Child;
  /** The path where its filesystem is mounted. */
  at(mountpoint: string): string;
}

/** A nydusd that serves its filesystem by FUSE, and runs. It ends with the test. */
export async function startDaemon(
  scratch: Scratch,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<Daemon> {
  const socketPath = `${scratch.path}/api.sock`;
  const target = scratch.directory("fuse");
  const process = startWith("fuse", "--mountpoint", target, "--apisock", socketPath);
  const nydusd = new Nydusd({ socketPath, timeoutMs });
  await nydusd.waitUntilRunning();
  return { nydusd, process, at: (mountpoint) => target + mountpoint };
}

/** Whether this nydusd was built with its virtio-fs daemon. */
export function hasVirtiofs(): boolean {
  const { stdout } = spawnSync(nydusdPath, ["virtiofs", "--help"], { encoding: "utf8" });
  return stdout.includes("--sock");
}

/** A nydusd with these arguments. It ends with the test. */
export function startWith(...args: readonly string[]): Child {
  // A limit of open files that it wants to raise may be fixed here.
  return new Child([nydusdPath, ...args, "--rlimit-nofile", "0"]);
}

/** An image of a directory: what a mount needs. Version 5 or 6 of the format. */
export function buildImage(
  scratch: Scratch,
  tree: string,
  version: "5" | "6",
): { source: string; config: string } {
  const [blobs, cache] = [scratch.directory(`blobs${version}`), `${scratch.path}/cache${version}`];
  mkdirSync(cache, { recursive: true });
  const source = `${scratch.path}/image${version}.boot`;
  execFileSync(imagePath, ["create", "-t", "directory", "-v", version, "-D", blobs, "-B", source, tree], {
    stdio: "pipe",
  });
  const backend = { type: "localfs", config: { dir: blobs } };
  const blobCache = { type: "blobcache", config: { work_dir: cache } };
  return { source, config: JSON.stringify({ device: { backend, cache: blobCache }, mode: "direct" }) };
}
