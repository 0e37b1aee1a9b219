import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { O_RDONLY } from "./constants.ts";
import { makeDirectories } from "./directory.ts";
import { EAGAIN } from "./errno.ts";
import { LONGEST_PAUSE_MS, Turn } from "./lock-turn.ts";
import { MARK } from "./mark.ts";
import type { Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** How the lock of a sandbox's directory is taken. */
export interface LockOptions {
  /** The mode with which the directory is made, with the missing ones above it; without one it has to be there. */
  readonly makeMode?: number | undefined;
  /** How long another process may hold it before that is an error. */
  readonly timeoutMs: number;
}

/** The lock of a sandbox: flock on its directory. The lock ends with the process that holds it. */
export class Lock {
  /** The descriptor of the directory that the sandbox's is in. */
  readonly parent: number;
  /** The directory's name there. */
  readonly name: string;
  /** Whether taking the lock made the directory, and nobody else has used it since. */
  readonly made: boolean;
  /** A descriptor of the directory. */
  readonly directory: number;
  /** What the name led to when the lock was taken. */
  readonly found: Statx;
  /** Whether the name led to another mount of the directory: something was mounted or unmounted there meanwhile. */
  readonly isCovered: boolean;
  readonly #sys: Syscalls;
  readonly #turn: Turn;

  constructor(sys: Syscalls, parent: number, name: string, locked: LockedDirectory) {
    this.#sys = sys;
    this.parent = parent;
    this.name = name;
    this.directory = locked.fd;
    this.found = locked.found;
    this.isCovered = locked.isCovered;
    this.made = locked.made;
    this.#turn = locked.turn;
  }

  /** Where the directory is. */
  get place(): Place {
    return { directory: this.parent, name: this.name };
  }

  /** Whether this process has used the lock for so long that another one should have it now. */
  isTurnOver(): boolean {
    return this.#turn.isOver();
  }

  release(): void {
    this.#sys.closeLater(this.directory);
    this.#sys.closeLater(this.parent);
    this.#sys.closeLate();
    this.#turn.pause();
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
    const locked = await lockDirectory(sys, path, parent, options);
    if (locked) return new Lock(sys, parent, name, locked);
  } catch (error) {
    sys.close(parent);
    throw error;
  }
  sys.close(parent);
  return undefined;
}

function openParent(sys: Syscalls, path: string, makeMode: number | undefined): number | undefined {
  // The directories above a sandbox's are no part of it: their links are followed, and they are never removed.
  const found = unlessMissing(() => sys.openPath(path));
  if (found !== undefined || makeMode === undefined) return found;
  makeDirectories(sys, path, makeMode);
  return sys.openPath(path);
}

interface LockedFile {
  readonly fd: number;
  readonly found: Statx;
  readonly isCovered: boolean;
}

interface LockedDirectory extends LockedFile {
  readonly made: boolean;
  readonly turn: Turn;
}

async function lockDirectory(
  sys: Syscalls,
  path: string,
  parent: number,
  { makeMode, timeoutMs }: LockOptions,
): Promise<LockedDirectory | undefined> {
  const name = basename(path);
  const turn = Turn.at(path);
  for (;;) {
    const made = makeMode !== undefined && unlessThere(() => sys.mkdir(parent, name, makeMode));
    if (made) turn.begin(); // nobody waits for what was not there
    try {
      const locked = await lockIfSame(sys, parent, name, { turn, timeoutMs });
      if (locked) return { ...locked, made: made && !locked.found.isMountRoot, turn };
    } catch (error) {
      if (made) failAfter(error, () => sys.rmdir(parent, name));
      throw error;
    }
    if (makeMode === undefined && !unlessMissing(() => sys.statx(parent, name))) return undefined;
  }
}

// Locks the directory that a name leads to. Undefined where the name leads to another directory once the lock is taken.
async function lockIfSame(
  sys: Syscalls,
  parent: number,
  name: string,
  patience: Patience,
): Promise<LockedFile | undefined> {
  const fd = unlessMissing(() => sys.openDirectory(parent, name, O_RDONLY));
  if (fd === undefined) return undefined;
  let isLocked = false;
  try {
    await wait(sys, fd, patience);
    const now = unlessMissing(() => sys.statx(parent, name));
    const own = sys.statx(fd);
    isLocked = now?.isSameFile(own) ?? false;
    return isLocked && now ? { fd, found: now, isCovered: now.mountId !== own.mountId } : undefined;
  } finally {
    if (!isLocked) sys.close(fd);
  }
}

interface Patience {
  readonly turn: Turn;
  readonly timeoutMs: number;
}

// A process that has to wait takes the ticket first, and so does one whose turn is over: the lock goes to whoever has the ticket.
async function wait(sys: Syscalls, fd: number, { turn, timeoutMs }: Patience): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  const isPatient = turn.isOver();
  if (!isPatient && sys.tryLock(fd)) return;
  // The mark's own lock.
  const ticket = unlessMissing(() => sys.openToRead(fd, MARK));
  try {
    if (ticket !== undefined) await poll(sys, ticket, endMs);
    else if (isPatient) await sleep(2 * LONGEST_PAUSE_MS);
    await poll(sys, fd, endMs);
    turn.begin();
  } finally {
    if (ticket !== undefined) sys.close(ticket);
  }
}

async function poll(sys: Syscalls, fd: number, endMs: number): Promise<void> {
  for (let pauseMs = 1; !sys.tryLock(fd); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    if (performance.now() > endMs) {
      throw new SyscallError("flock", EAGAIN, "another process holds the sandbox's lock; try again later");
    }
    await sleep(pauseMs);
  }
}
