import { Buffer } from "node:buffer";
import type { ChildProcess } from "node:child_process";
import { readProcessStat } from "../../words/process-stat.ts";
import { MOUNT_ATTR_IDMAP } from "./constants.ts";
import { EINVAL, ENOENT, EPERM, ETIMEDOUT } from "./errno.ts";
import { textOf } from "./namespace.ts";
import { pid as ownPid } from "./process.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** One run of ids, by OCI's names. */
export interface IdMapping {
  /** The first id as the source's filesystem has it: the "inside" of user_namespaces(7). */
  readonly containerID: number;
  /** The first id that the share shows instead: the "outside". */
  readonly hostID: number;
  readonly size: number;
}

/**
 * The ids of an idmapped mount. As runc does, OCI's mappings are those of the user namespace as they stand, and such a
 * mount reads them so: with { containerID: 1000, hostID: 2000, size: 1 } a file that belongs to 1000 shows as 2000's, and
 * what 2000 makes there belongs to 1000. Files of other ids show as 65534's, and other ids can make none (EOVERFLOW).
 */
export interface IdMappings {
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
}

/** The lines of uid_map or gid_map that say mappings. */
export function linesOf(mappings: readonly IdMapping[] = []): string[] {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`);
}

/** Makes a detached tree show other ids; with `recursive` all mounts below too, or none. */
export function idmapTree(sys: Syscalls, tree: number, recursive: boolean, mappings: IdMappings): void {
  const namespace = openUserNamespace(sys, mappings);
  sys.using(namespace, () => {
    try {
      sys.set(tree, recursive, { attributes: MOUNT_ATTR_IDMAP, userNamespace: namespace });
    } catch (error) {
      throw explained(error, {
        [EINVAL]: `the filesystem of the source${recursive ? ", or of a mount below it," : ""} cannot be idmapped`,
        [EPERM]: "only root of the machine may idmap its filesystems, and none that is idmapped already",
      });
    }
  });
}

let spawn: typeof import("node:child_process").spawn | undefined;

/** Loads what starts children, before `idmapTree` is called: few shares are idmapped. */
export async function loadIdmap(): Promise<void> {
  ({ spawn } = await import("node:child_process"));
}

const LONGEST_MS = 2000;

// A process with threads, as a runtime is, cannot make a user namespace for itself: a child makes it, and is killed when the
// namespace has a descriptor. Should we be killed before that, the child ends soon by itself.
function openUserNamespace(sys: Syscalls, { uidMappings, gidMappings }: IdMappings): number {
  if (!uidMappings?.length || !gidMappings?.length)
    throw new SyscallError("mount_setattr", EINVAL, "idmap needs uidMappings and gidMappings");
  const child = start();
  try {
    const namespace = awaitNamespace(sys, child.pid as number);
    try {
      writeMap(sys, `/proc/${child.pid}/uid_map`, uidMappings);
      writeMap(sys, `/proc/${child.pid}/gid_map`, gidMappings);
    } catch (error) {
      sys.close(namespace);
      throw error;
    }
    return namespace;
  } finally {
    child.kill("SIGKILL");
    child.unref();
  }
}

function start(): ChildProcess {
  let child: ChildProcess | undefined;
  let why = "";
  try {
    child = spawn?.("unshare", ["--user", "sleep", "10"], { stdio: "ignore", cwd: "/" });
    child?.on("error", () => {}); // a missing pid has reported it before
  } catch (error) {
    why = `: ${(error as Error).message}`; // Deno's permissions
  }
  if (child?.pid !== undefined) return child;
  const reason = `idmap needs the program unshare of util-linux, and in Deno --allow-run=unshare --allow-env${why}`;
  throw new SyscallError("execve", ENOENT, reason);
}

// Until the child has made its namespace it is in ours.
function awaitNamespace(sys: Syscalls, pid: number): number {
  const end = performance.now() + LONGEST_MS;
  const own = sys.using(sys.openFile("/proc/self/ns/user"), (fd) => sys.statx(fd));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (performance.now() < end) {
    const isEnded = stateOf(sys, pid) === "Z";
    const namespace = openUnless(sys, `/proc/${pid}/ns/user`, own);
    if (namespace !== undefined) return namespace;
    if (isEnded) {
      const reason = "unshare made no user namespace: this machine may forbid it (user.max_user_namespaces)";
      throw new SyscallError("unshare", EPERM, reason);
    }
    Atomics.wait(pause, 0, 0, 1);
  }
  throw new SyscallError("unshare", ETIMEDOUT, `there was no user namespace after ${LONGEST_MS} ms`);
}

function openUnless(sys: Syscalls, path: string, other: Statx): number | undefined {
  const fd = sys.openFile(path);
  let isOther = true;
  try {
    isOther = sys.statx(fd).isSameFile(other);
  } finally {
    if (isOther) sys.close(fd);
  }
  return isOther ? undefined : fd;
}

function stateOf(sys: Syscalls, pid: number): string {
  const bytes = unlessMissing(() => sys.readFile(`/proc/${pid}/stat`));
  const { state, parent } = readProcessStat(textOf(bytes ?? new Uint8Array()));
  // Ids of other processes are in the /proc of another PID namespace: nothing may be written to those.
  if (parent === ownPid) return state;
  throw new SyscallError("unshare", ENOENT, "/proc does not show our own processes");
}

function writeMap(sys: Syscalls, path: string, mappings: readonly IdMapping[]): void {
  try {
    sys.writeFile(path, Buffer.from(`${linesOf(mappings).join("\n")}\n`));
  } catch (error) {
    throw explained(error, {
      [EINVAL]:
        "the kernel takes at most 340 mappings in 4 KiB of text, none of them empty, and none that overlap",
      [EPERM]: "only root of the machine may map all ids; there are some that are not mapped here",
    });
  }
}

function explained(error: unknown, reasons: Readonly<Record<number, string>>): unknown {
  if (!(error instanceof SyscallError)) return error;
  return new SyscallError(error.call, error.errno, reasons[error.errno]);
}
