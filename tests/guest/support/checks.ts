import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import type { AgentStorage } from "../../../ffi/mod.ts";
import type { Argument } from "./channel.ts";
import type { Guest } from "./guest.ts";
import { hostTree, pathOf, type TreeEntry } from "./tree.ts";

// The host's side is read here by the plainest means, and never from a plan.

/** The guest has at this path the very files of a path on the host: names, kinds, modes, owners, contents. */
export async function assertSame(guest: Guest, guestPath: string, hostPath: string): Promise<void> {
  assert.deepEqual(await guest.tree(guestPath), hostTree(hostPath), `${guestPath} is not ${hostPath}`);
}

/** The guest has this tree at a path. */
export async function assertTree(guest: Guest, guestPath: string, tree: readonly TreeEntry[]): Promise<void> {
  assert.deepEqual(await guest.tree(guestPath), tree, `${guestPath} is another tree`);
}

// What these drivers make is a directory, and no mount.
const withoutMount = ["local", "watchable-bind"];

/** Each storage is in the guest, where it says and what it says. */
export async function assertStorages(guest: Guest, storages: readonly AgentStorage[]): Promise<void> {
  for (const { driver, mountPoint, fstype } of storages) {
    if (withoutMount.includes(driver)) await guest.tree(mountPoint);
    else await assertMounted(guest, mountPoint, fstype);
  }
}

/** The guest has mounted a filesystem of this type at a path. */
export async function assertMounted(guest: Guest, path: string, fstype: string): Promise<void> {
  assert.equal((await mountOn(guest, path))?.[2], fstype, `on ${path}`);
}

const limits = ["ro", "nosuid", "nodev", "noexec"];

/** What is mounted at a path has those limits in the guest that these words say. */
export async function assertLimits(guest: Guest, path: string, words: readonly string[]): Promise<void> {
  const seen = (await mountOn(guest, path))?.[3]?.split(",") ?? [];
  const own = words.map((word) => (word === "rro" ? "ro" : word));
  for (const limit of limits) assert.equal(seen.includes(limit), own.includes(limit), `${limit} on ${path}`);
}

/** The fields of the topmost mount on a path of the guest, as in proc(5). */
async function mountOn(guest: Guest, path: string): Promise<string[] | undefined> {
  const lines = (await guest.read("/proc/self/mounts")).trimEnd().split("\n");
  const mounted = path.replace(/\/+$/, "");
  return lines.map((line) => line.split(" ")).findLast(([, point]) => point === mounted);
}

/** The guest can change nothing at this path or below it, by no call, and the host's files stay as they are. */
export async function assertReadOnly(guest: Guest, guestPath: string, hostPath: string): Promise<void> {
  const before = hostTree(hostPath);
  for (const entry of await guest.tree(guestPath)) {
    for (const call of changesOf(pathOf(guestPath, entry), entry.kind))
      await assert.rejects(guest.call(...call), { code: "EROFS" }, call.join(" "));
  }
  assert.deepEqual(hostTree(hostPath), before, `${hostPath} changed`);
}

function changesOf(path: Buffer, kind: TreeEntry["kind"]): Argument[][] {
  const made = Buffer.concat([path, Buffer.from("/made-by-the-guest")]);
  const own = ["chown", path, "1", "1"];
  if (kind === "link") return [own];
  const changes = [own, ["chmod", path, "777"]];
  if (kind === "file") return [...changes, ["write", path, "x"]];
  if (kind !== "directory") return changes;
  return [...changes, ["mkdir", made, "755"], ["write", made, "x"], ["symlink", "x", made]];
}

/** What the guest writes at this path, a file or in a directory, is on the host, and only there. */
export async function assertWritable(guest: Guest, guestPath: string, hostPath: string): Promise<void> {
  const name = lstatSync(hostPath).isDirectory() ? "/made-by-the-guest" : "";
  const content = `written by the guest at ${guestPath}`;
  await guest.write(guestPath + name, content);
  assert.equal(readFileSync(hostPath + name, "utf8"), content);
  if (name === "") return;
  await guest.call("rename", guestPath + name, `${guestPath}/renamed`);
  assert.deepEqual([existsSync(hostPath + name), existsSync(`${hostPath}/renamed`)], [false, true]);
  await guest.call("unlink", `${guestPath}/renamed`);
  await assertSame(guest, guestPath, hostPath);
}
