import { AT_FDCWD, O_RDONLY } from "./constants.ts";
import { EINVAL, ENOENT, ESRCH } from "./errno.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { linkAt, type Namespace, startOf, textOf } from "./namespace.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** What keeps a mount namespace alive, and by which path it can be entered. */
export interface Holder {
  readonly path: string;
  /** A process that is in it, or holds it. */
  readonly process: number;
}

/** A search for who holds a mount namespace. Nothing is missed only if all of /proc could be read. */
export interface Search {
  readonly holder?: Holder | undefined;
  readonly isComplete: boolean;
}

// EINVAL is the mountinfo of a process that has ended and was not waited for.
const GONE = [ENOENT, ESRCH, EINVAL];

/** Who holds a mount namespace: a process in it, best the one that said so; a descriptor of it; or a mount of it. */
export async function findHolder(sys: Syscalls, { inode, process, started }: Namespace): Promise<Search> {
  const looking = new Looking(sys, `mnt:[${inode}]`);
  if (looking.isStill(process, started))
    return { holder: { path: `/proc/${process}/ns/mnt`, process }, isComplete: true };
  const processes = [...looking.names("/proc").filter((name) => /^\d+$/.test(name))];
  const ways: ((process: string) => string | undefined | Promise<string | undefined>)[] = [
    (process) => looking.link(`/proc/${process}/ns/mnt`),
    (process) => looking.inside(`/proc/${process}/task`, "/ns/mnt"),
    (process) => looking.inside(`/proc/${process}/fd`, ""),
    (process) => looking.mount(process),
  ];
  for (const way of ways) {
    for (const process of processes) {
      await sys.pause();
      const path = await way(process);
      if (path !== undefined) return { holder: { path, process: Number(process) }, isComplete: true };
    }
  }
  return { isComplete: looking.isComplete };
}

class Looking {
  isComplete = true;
  readonly #sys: Syscalls;
  readonly #wanted: string;

  constructor(sys: Syscalls, wanted: string) {
    this.#sys = sys;
    this.#wanted = wanted;
  }

  // Whoever may not see in which namespace a process is may still see that it is the one that wrote the mark.
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
    return this.#unlessGone(() => linkAt(this.#sys, path)) === this.#wanted ? path : undefined;
  }

  async inside(directory: string, below: string): Promise<string | undefined> {
    for (const name of this.names(directory)) {
      await this.#sys.pause();
      const path = this.link(`${directory}/${name}${below}`);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  // A namespace can be bound on a file, as `ip netns` does.
  mount(process: string): string | undefined {
    const text = this.#unlessGone(() => textOf(this.#sys.readFile(`/proc/${process}/mountinfo`)));
    if (!text?.includes(this.#wanted)) return undefined;
    const found = parseMountinfo(text).find(({ fstype, root }) => fstype === "nsfs" && root === this.#wanted);
    return found && `/proc/${process}/root${found.point}`;
  }

  // Processes end while we look.
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
