import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { pid } from "node:process";
import type { Bind } from "../../../ffi/linux/attach-share.ts";
import { bindSource, type Hold } from "../../../ffi/linux/bind.ts";
import { AT_FDCWD, O_PATH } from "../../../ffi/linux/constants.ts";
import { type Host, hostOf } from "../../../ffi/linux/host.ts";
import type { Place } from "../../../ffi/linux/names.ts";
import { RemoteShares } from "../../../ffi/linux/remote-shares.ts";
import { Staging } from "../../../ffi/linux/staging.ts";
import { type Libc, SyscallError } from "../../../ffi/mod.ts";
import { mountOn } from "../mounts.ts";
import { libc } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";
import { stateOf } from "../state.ts";

/** What a test binds: all that is left out is as little as there can be. */
export type Binding = Partial<Bind> & { readonly source: string };

/** What is known while the lock of a sandbox is held, by where its directory is. */
export function holdOf(host: Host, sandbox: Place): Hold {
  return { staging: new Staging(host, sandbox), remote: new RemoteShares(host, sandbox) };
}

/** Binds a source in the hub of a prepared sandbox, as a plan's step does; whether it was not there yet. */
export async function bindInHub(
  scratch: Scratch,
  name: string,
  binding: Binding,
  way: Libc = libc,
): Promise<boolean> {
  const host: Host = hostOf(way);
  const { sys } = hostOf(libc);
  const sandboxes = sys.openDirectory(AT_FDCWD, scratch.hostDir, O_PATH);
  const hub = sys.openDirectory(AT_FDCWD, scratch.hub(""), O_PATH);
  const bind = { recursive: false, attributes: [], ...binding };
  try {
    const hold = holdOf(host, { directory: sandboxes, name: "s1" });
    return await bindSource(host, bind, { directory: hub, name }, hold);
  } finally {
    host.sys.closeLate(); // as at the end of a hold
    for (const fd of [hub, sandboxes]) sys.close(fd);
  }
}

/** The options of the mount at a share's path, sorted; in the hub, where the view's copy must have the same ones. */
export function optionsOf(scratch: Scratch, name: string): string {
  const [inHub = "", inView = ""] = [scratch.hub(name), scratch.view(name)].map((path) =>
    mountOn(path)?.options.split(",").sort().join(),
  );
  if (inHub === inView) return inHub;
  throw new Error(`Cannot tell the options of ${name}: the hub has ${inHub}, the view ${inView}`);
}

/** The error of a binding that is refused, after which all must be as before it. */
export async function refusedBinding(
  scratch: Scratch,
  name: string,
  binding: Binding,
  way: Libc = libc,
): Promise<SyscallError> {
  await noChildren();
  const before = stateOf(scratch.hostDir);
  try {
    await bindInHub(scratch, name, binding, way);
  } catch (error) {
    assert.ok(error instanceof SyscallError);
    await noChildren();
    assert.deepEqual(stateOf(scratch.hostDir), before, `something is left after: ${error.message}`);
    return error;
  }
  throw new Error(`Cannot find a refusal: ${JSON.stringify(binding)} was bound`);
}

/** Waits till no process is left that we started: the runtime learns of a killed one's end a moment later. */
export async function noChildren(): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
    if (found.length === 0) return;
    assert.ok(performance.now() < end, `processes ${found} are left`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function parentOf(name: string): number {
  try {
    const text = readFileSync(`/proc/${name}/stat`, "latin1");
    return Number(text.slice(text.lastIndexOf(")")).split(" ")[2]);
  } catch {
    return 0; // it has just ended
  }
}
