import { readFileSync, readlinkSync, statSync } from "node:fs";
import { env } from "node:process";
import { Syscalls } from "../../ffi/linux/syscalls.ts";
import { libc } from "./runtimes.ts";

/** How mounts propagate in this test's namespace. */
export const propagation: string = env.GUESTSHARE_TEST_PROPAGATION ?? "unknown";

/** Whether root here is the machine's root, and not an ordinary user in a user namespace of its own. */
export const isMachineRoot: boolean =
  readFileSync("/proc/self/uid_map", "utf8").trim().split(/ +/)[2] === "4294967295";

/** The mount namespace of a process: its number, and the id that no other one gets. */
export function namespaceOf(process: number): { inode: number; id: number } {
  const path = `/proc/${process}/ns/mnt`;
  const sys = new Syscalls(libc);
  const id = sys.using(sys.openFile(path), (fd) => sys.mountNamespaceId(fd));
  return { inode: statSync(path).ino, id: id as number };
}

/**
 * Nothing may be mounted but in a mount namespace that was made for the tests.
 *
 * @throws {Error} in any other one.
 */
export function requireOwnNamespace(): void {
  const parent = env.GUESTSHARE_TEST_PARENT_NAMESPACE;
  const own = readlinkSync("/proc/self/ns/mnt");
  if (parent === undefined || parent === own) {
    throw new Error("Cannot mount in the machine's own namespace: run these tests by `npm test -- host`");
  }
  const isShared = /^\d+ \d+ \S+ \S+ \/ .* shared:/m.test(readFileSync("/proc/self/mountinfo", "latin1"));
  if (propagation !== (isShared ? "shared" : "private")) {
    throw new Error(`Cannot test with propagation ${propagation}: "/" is ${isShared ? "shared" : "private"}`);
  }
}
