import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { O_RDONLY } from "./constants.ts";
import { EAGAIN, errnoOf } from "./errno.ts";
import { failAfter, SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** How the lock of a sandbox's directory is taken. */
export interface LockOptions {
  /** The mode with which the directory is made, with the missing ones above it; without one it has to be there. */
  readonly makeMode?: number | undefined;
  /** How long another process may hold it before that is an error. */
  readonly timeoutMs: number;
}

/** The lock of a sandbox: flock on its directory. It goes with the process that holds it. */
export class Lock {
  /** The descriptor of the directory that the sandbox's is in. */
  readonly parent: number;
  /** The directory's name there. */
  readonly name: string;
  /** Whether taking the lock made the directory, and nobody else has used it since. */
  readonly made: boolean;
  readonly #sys: Syscalls;
  readonly #fd: number;

  constructor(sys: Syscalls, parent: number, name: string, held: { fd: number; made: boolean }) {
    this.#sys = sys;
    this.parent = parent;
    this.name = name;
    this.#fd = held.fd;
    this.made = held.made;
  }

  release(): void {
    this.#sys.close(this.#fd);
    this.#sys.close(this.parent);
  }
}

/**
 * The lock of a sandbox's directory, as soon as no other process holds it; undefined where there is no directory.
 *
 * @throws {SyscallError} EAGAIN after the time-out, and whatever opening and making the directory can give.
 */
export async function takeLock(sys: Syscalls, path: string, options: LockOptions): Promise<Lock | undefined> {
  const parent = openParent(sys, dirname(path), options.makeMode);
  if (parent === undefined) return undefined;
  const name = basename(path);
  try {
    const held = await hold(sys, parent, name, options);
    if (held) return new Lock(sys, parent, name, held);
  } catch (error) {
    sys.close(parent);
    throw error;
  }
  sys.close(parent);
  return undefined;
}

function openParent(sys: Syscalls, path: string, makeMode: number | undefined): number | undefined {
  // The directories above a sandbox's are no part of it: their links are followed, and they are never removed.
  if (makeMode === undefined) return unlessMissing(() => sys.openPath(path));
  makeDirectories(path, makeMode);
  return sys.openPath(path);
}

// Not `recursive`: Node 20 then never comes back from a directory that answers ENOENT, as those of proc do.
function makeDirectories(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error; // Deno's, which names the permission that is missing
    if (code !== "EEXIST") throw new SyscallError("mkdir", errnoOf(code));
  }
}

interface Held {
  readonly fd: number;
  readonly made: boolean;
}

async function hold(
  sys: Syscalls,
  parent: number,
  name: string,
  { makeMode, timeoutMs }: LockOptions,
): Promise<Held | undefined> {
  for (;;) {
    const made = makeMode !== undefined && unlessThere(() => sys.mkdir(parent, name, makeMode));
    try {
      const held = await tryHold(sys, parent, name, timeoutMs);
      if (held) return { fd: held.fd, made: made && !held.isMounted };
    } catch (error) {
      if (made) failAfter(error, () => sys.rmdir(parent, name));
      throw error;
    }
    if (makeMode === undefined && !exists(sys, parent, name)) return undefined;
  }
}

/** The lock of the directory that has this name when the lock is held; undefined where the name was another's meanwhile. */
async function tryHold(
  sys: Syscalls,
  parent: number,
  name: string,
  timeoutMs: number,
): Promise<{ fd: number; isMounted: boolean } | undefined> {
  const fd = unlessMissing(() => sys.openDirectory(parent, name, O_RDONLY));
  if (fd === undefined) return undefined;
  let isHeld = false;
  try {
    await wait(sys, fd, timeoutMs);
    const now = unlessMissing(() => sys.statx(parent, name));
    isHeld = now?.isSameFile(sys.statx(fd)) ?? false;
    return isHeld && now ? { fd, isMounted: now.isMountRoot } : undefined;
  } finally {
    if (!isHeld) sys.close(fd);
  }
}

function exists(sys: Syscalls, parent: number, name: string): boolean {
  return unlessMissing(() => sys.statx(parent, name)) !== undefined;
}

async function wait(sys: Syscalls, fd: number, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (let pauseMs = 1; !sys.tryLock(fd); pauseMs = Math.min(pauseMs * 2, 20)) {
    if (performance.now() > end) {
      throw new SyscallError("flock", EAGAIN, "another process holds the sandbox's lock; try again later");
    }
    await sleep(pauseMs);
  }
}
