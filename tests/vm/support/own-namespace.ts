import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { pid } from "node:process";
import { Child } from "../../support/child.ts";
import { commandOf } from "../../support/runtimes.ts";

/** What makes a command one of an ordinary user, who has no rights over this machine: outside of its user namespace its root is nobody. */
export const asUser = ["unshare", "--user", "--map-root-user", "env", "-u", "XDG_RUNTIME_DIR"] as const;

/** An id of this test alone: the machine may have others in other namespaces. */
export const own: string = `own-${pid}`;

/** A program that has shares open in a namespace of its own, and where they are. */
export async function inside(
  command: readonly string[],
): Promise<{ child: Child; scratch: string; view: string }> {
  const child = new Child(command as [string, ...string[]]);
  const { scratch, directory: view } = JSON.parse(await child.line());
  return { child, scratch, view };
}

/** Where the guest has a file that another program adds to the shares of an id. */
export async function added(...args: string[]): Promise<string> {
  return new Child([...commandOf("enter-shares"), ...args]).line();
}

/** The shares that a program prints at its end. */
export async function lastOf(child: Child): Promise<string[]> {
  const { code, stdout, stderr } = await child.end();
  assert.equal(code, 0, stderr);
  const shares = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  return shares.map((share: { source: string; target: string }) => `${share.source} -> ${share.target}`);
}

/** Kills a program, and waits until what it had mounted is gone. */
export async function killed(child: Child, directory: string): Promise<void> {
  await child.kill();
  for (let tries = 0; namespacesWith(directory).length > 0; tries += 1) {
    assert.ok(tries < 100, "its mounts are left");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The other mount namespaces that have something mounted in a directory. */
export function namespacesWith(directory: string): string[] {
  const script = 'for p in /proc/[0-9]*; do grep -qs " $1/" $p/mountinfo && readlink $p/ns/mnt; done; true';
  const found = execFileSync("sh", ["-c", script, "sh", directory], { encoding: "utf8" });
  return [...new Set(found.split("\n").filter((line) => line !== ""))];
}
