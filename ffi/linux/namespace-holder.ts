import { AT_FDCWD, O_RDONLY } from "./constants.ts";
import { EINVAL, ENOENT, ESRCH } from "./errno.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { linkAt, type Namespace, startOf, textOf } from "./namespace.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A process that keeps a mount namespace alive, and the path by which the namespace can be entered. */
export interface Holder {
  readonly path: string;
  /** A process that is in the namespace, or keeps it open. */
  readonly process: number;
}

/** The result of a search for a holder. A search is complete only if all of /proc could be read. */
export interface Search {
  readonly holder?: Holder | undefined;
  readonly isComplete: boolean;
}

// EINVAL is the mountinfo of a process that has ended and was not waited for.
const GONE = [ENOENT, ESRCH, EINVAL];

/** Finds a holder of a mount namespace: a process in it, best the one that wrote the mark; a descriptor of it; or a mount of it. */
export async function findHolder(sys: Syscalls, mark: Namespace): Promise<Search> {
  const { process, started } = mark;
  const search = new ProcSearch(sys, mark);
  if (search.isStill(process, started))
    return { holder: { path: `/proc/${process}/ns/mnt`, process }, isComplete: true };
  const processes = [...search.names("/proc").filter((name) => /^\d+$/.test(name))];
  const ways: ((process: string) => string | undefined | Promise<string | undefined>)[] = [
    (process) => search.link(`/proc/${process}/ns/mnt`),
    (process) => search.inside(`/proc/${process}/task`, "/ns/mnt"),
    (process) => search.inside(`/proc/${process}/fd`, ""),
    (process) => search.mount(process),
  ];
  for (const way of ways) {
    for (const process of processes) {
      await sys.pause();
      const path = await way(process);
      if (path !== undefined) return { holder: { path, process: Number(process) }, isComplete: true };
    }
  }
  return { isComplete: search.isComplete };
}

class ProcSearch {
  isComplete = true;
  readonly #sys: Syscalls;
  readonly #wanted: string;
  readonly #id: number | undefined;

  constructor(sys: Syscalls, { inode, id }: Namespace) {
    this.#sys = sys;
    this.#wanted = `mnt:[${inode}]`;
    this.#id = id;
  }

  // A user who may not see a process's namespace may still see that it is the process that wrote the mark.
  isStill(process: number, started: number): boolean {
    const path = `/proc/${process}/ns/mnt`;
    if (this.link(path) !== undefined) return true;
    if (this.isComplete) return false;
    return this.#unlessGone(() => startOf(this.#sys, process)) === started;
  }

  names(directory: string): string[] {
    const list = () =>
      this.#sys.using(this.#sys.openDirectory(AT_FDCWD, directory, O_RDONLY), (fd) => this.#sys.list(fd));
    return this.#unlessGone(list) ?? [];
  }

  link(path: string): string | undefined {
    const isIt = () => linkAt(this.#sys, path) === this.#wanted && this.#hasId(path);
    return this.#unlessGone(isIt) ? path : undefined;
  }

  // The number of a namespace that is gone goes to the next one that is made. One that cannot be asked is taken for it. Opening a link
  // of /proc leads there directly.
  #hasId(path: string): boolean {
    if (this.#id === undefined) return true;
    try {
      const id = this.#sys.using(this.#sys.openFile(path), (fd) => this.#sys.mountNamespaceId(fd));
      return id === undefined || id === this.#id;
    } catch (error) {
      if (error instanceof SyscallError && !GONE.includes(error.errno)) return true;
      throw error;
    }
  }

  async inside(directory: string, below: string): Promise<string | undefined> {
    for (const name of this.names(directory)) {
      await this.#sys.pause();
      const path = this.link(`${directory}/${name}${below}`);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  // A namespace can be bound on a file, as `ip netns` does. It is not asked for its id: a server that hangs may be on the way there.
  mount(process: string): string | undefined {
    const text = this.#unlessGone(() => textOf(this.#sys.readFile(`/proc/${process}/mountinfo`)));
    if (!text?.includes(this.#wanted)) return undefined;
    const found = parseMountinfo(text).find(({ fstype, root }) => fstype === "nsfs" && root === this.#wanted);
    return found && `/proc/${process}/root${found.point}`;
  }

  // Processes end during the search.
  #unlessGone<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      if (!GONE.includes(error.errno)) this.isComplete = false;
      return undefined;
    }
  }
}
