import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { Virtiofsd } from "../../../../vm/mod.ts";
import { packageRoot } from "../../../support/package-root.ts";
import { ownRuntime } from "../../../support/runtimes.ts";
import type { Scratch } from "../../../support/scratch.ts";
import { inGuest } from "../guest-test.ts";
import { image } from "./image.ts";
import type { AgentBoot } from "./run-row.ts";

const words =
  ownRuntime === "deno" ? ["run", "-A", "--no-check", "examples/runtime.ts"] : ["dist/examples/runtime.js"];

/** The program of docs/agent.md runs a bundle: its outputs and its exit code are those of the container's program. */
export async function runExample(scratch: Scratch, boot: AgentBoot): Promise<void> {
  const sandbox = scratch.sandbox({ guestDir: inGuest });
  const view = await scratch
    .share(sandbox)
    .prepare()
    .then(() => scratch.inSandbox("shared"));
  const sharedBy = `${scratch.path}/virtiofsd.sock`;
  const daemon = await Virtiofsd.start({ directory: view }, { socket: sharedBy });
  const { address, end } = await boot(scratch, { disks: [], machine: "pc", sharedBy });
  try {
    const ended = await run([address, JSON.stringify(sandbox), bundleIn(scratch)]);
    assert.deepEqual(ended, { code: 5, stdout: "of the host", stderr: "oh\n" });
  } finally {
    await end();
    await daemon.end();
  }
  assert.deepEqual(readdirSync(scratch.hostDir), [], "something of the sandbox is left");
}

/** A bundle whose program prints a file that is shared with it; its path. */
function bundleIn(scratch: Scratch): string {
  image(scratch, "bundles/c1/rootfs", "data");
  scratch.file("data/file", "of the host");
  const args = ["/bin/sh", "-c", "cat /data/file; echo oh >&2; exit 5"];
  const data = {
    destination: "/data",
    source: `${scratch.path}/data`,
    type: "bind",
    options: ["rbind", "ro"],
  };
  const process = { args, env: ["PATH=/bin"], cwd: "/" };
  const bundle = join(scratch.path, "bundles/c1");
  const config = { ociVersion: "1.1.0", root: { path: "rootfs" }, process, mounts: [data] };
  writeFileSync(`${bundle}/config.json`, JSON.stringify(config));
  return bundle;
}

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(execPath, [...words, ...args], { cwd: packageRoot, stdio: ["ignore", "pipe", "pipe"] });
  const seen = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      seen[name] += text;
    });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...seen })));
}
