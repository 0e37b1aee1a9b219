import { O_PATH } from "./constants.ts";
import { EEXIST, ENOENT } from "./errno.ts";
import { mustBeGuard, repairGuard } from "./guard.ts";
import type { Host } from "./host.ts";
import { mustBeHub } from "./hub.ts";
import type { Lock } from "./lock.ts";
import { isInHub, namesBelow, type Place, VIEW } from "./names.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";
import { type Hub, mustBeView } from "./view.ts";

// How many directories are open on the way when the hub or the view is next.
const HUB_DEPTH = 1;

interface OpenDirectory {
  readonly path: string;
  readonly name: string;
  readonly fd: number;
}

/**
 * The way from a sandbox's directory to a target: one name at a time, following no link. The directories of one way stay
 * open for the next one.
 */
export class Reach {
  readonly #host: Host;
  readonly #lock: Lock;
  readonly #root: string;
  /** Whether the open directory of the sandbox is its guard. */
  #isGuarded = false;
  /** Whether the lock's descriptor is of what the sandbox's name leads to. */
  #isAtLock: boolean;
  /** The hub on the way. */
  #hub: Hub | undefined;
  /** Whether the view was checked since the lock was taken. */
  #hasView = false;
  /** The open directories, the sandbox's own first: the next target is often in one of them. */
  readonly #way: OpenDirectory[] = [];

  constructor(host: Host, lock: Lock, root: string) {
    this.#host = host;
    this.#lock = lock;
    this.#root = root;
    this.#isAtLock = !lock.isCovered;
  }

  /** Where a path is; undefined where a directory on the way is missing, or the hub is not mounted. */
  find(path: string): Place | undefined {
    const cut = path.lastIndexOf("/");
    const open = this.#openAt(path.slice(0, cut));
    if (open) {
      const name = path.slice(cut + 1);
      if (name !== "" && name !== "." && name !== "..") return { directory: open.fd, name };
    }
    const names = [this.#lock.name, ...namesBelow(this.#root, path)];
    const name = names.pop() as string;
    if (names.length === 0) return this.#lock.place;
    const directory = this.#open(names);
    return directory === undefined ? undefined : { directory, name };
  }

  /**
   * The place for something new. The first place in the hub has the view checked: without a view the guest sees nothing.
   *
   * @throws {SyscallError} ENOENT where the sandbox is not prepared, and for a wrong view.
   */
  must(path: string): Place {
    const place = this.find(path);
    if (!place) throw notPrepared();
    if (!this.#hasView && isInHub(this.#root, path)) this.#mustHaveView();
    return place;
  }

  /** Notes that the view was made, or seen, just now. */
  trustView(): void {
    this.#hasView = true;
  }

  /** Closes the directories that are open at a path and below it: something else will be there. */
  forget(path: string): void {
    if (path === this.#root || path.lastIndexOf("/") === this.#root.length) this.#hasView = false;
    if (path === this.#root) this.#isAtLock = false;
    const open = this.#openAt(path);
    if (open) this.#closeFrom(this.#way.indexOf(open));
  }

  #openAt(path: string): OpenDirectory | undefined {
    for (const directory of this.#way) if (directory.path === path) return directory;
    return undefined;
  }

  /** Closes the directories, with the lock at the latest. */
  close(): void {
    for (const fd of this.#leave(0)) this.#host.sys.closeLater(fd);
  }

  #open(names: readonly string[]): number | undefined {
    const common = this.#common(names);
    // A directory further down stays open: the next target may be there again.
    if (common === names.length) return this.#way[common - 1]?.fd;
    this.#closeFrom(common);
    for (const name of names.slice(this.#way.length)) {
      const fd = this.#enter(this.#way.at(-1)?.fd ?? this.#lock.parent, name);
      if (fd === undefined) return undefined;
      const above = this.#way.at(-1)?.path;
      this.#way.push({ path: above === undefined ? this.#root : `${above}/${name}`, name, fd });
    }
    return this.#way.at(-1)?.fd;
  }

  #enter(directory: number, name: string): number | undefined {
    const { sys } = this.#host;
    if (this.#way.length === 0 && this.#isAtLock) {
      this.#enterSandbox(this.#lock.found);
      return this.#lock.directory;
    }
    const fd = unlessMissing(() => sys.openDirectory(directory, name, O_PATH));
    if (fd === undefined) return undefined;
    try {
      if (this.#mayEnter(fd, name === VIEW)) return fd;
    } catch (error) {
      sys.close(fd);
      throw error;
    }
    sys.close(fd);
    return undefined;
  }

  // Shares go into a hub below a guard, and nothing of ours is in anything else that is mounted there. In the view only
  // what others mounted is unmounted.
  #mayEnter(fd: number, isView: boolean): boolean {
    const depth = this.#way.length;
    const found = this.#host.sys.statx(fd);
    if (depth > HUB_DEPTH && !found.isMountRoot) return true;
    if (depth > HUB_DEPTH) throw new SyscallError("statx", EEXIST, "another share has this name");
    if (depth === HUB_DEPTH) return isView ? this.#isGuarded && found.isMountRoot : this.#mayEnterHub(found);
    this.#enterSandbox(found);
    return true;
  }

  #enterSandbox(found: Statx): void {
    const { place } = this.#lock;
    this.#isGuarded = found.isMountRoot;
    if (found.isMountRoot) repairGuard(this.#host, place, mustBeGuard(this.#host, place, found));
  }

  #mayEnterHub(file: Statx): boolean {
    if (!this.#isGuarded || !file.isMountRoot) return false;
    this.#hub = { file, mount: mustBeHub(this.#host, file) };
    return true;
  }

  #mustHaveView(): void {
    const guard = this.#way[0]?.fd as number;
    const found = unlessMissing(() => this.#host.sys.statx(guard, VIEW));
    mustBeView(this.#host, found, this.#hub as Hub);
    this.#hasView = true;
  }

  #common(names: readonly string[]): number {
    let length = 0;
    while (length < names.length && this.#way[length]?.name === names[length]) length += 1;
    return length;
  }

  #closeFrom(length: number): void {
    for (const fd of this.#leave(length)) this.#host.sys.close(fd);
  }

  // The descriptors that are to be closed: one is the lock's own.
  #leave(length: number): number[] {
    const fds = this.#way.splice(length).map(({ fd }) => fd);
    return fds.filter((fd) => fd !== this.#lock.directory);
  }
}

/** Nothing can be added to a sandbox that has no directory, or no hub in it. */
export function notPrepared(): SyscallError {
  return new SyscallError("openat", ENOENT, "the sandbox is not prepared; call prepare first");
}
