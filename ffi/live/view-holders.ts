import { readMountinfo } from "../../table/mod.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { EINVAL, ENOENT, ESRCH } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** Who has directories open. */
export interface Holders {
  /** A process for each directory that somebody has open, or has as its root or working directory, by its device and inode. */
  readonly processes: ReadonlyMap<string, number>;
  /** Whether each process could be looked at. */
  readonly isComplete: boolean;
  /** The same, whatever the first process has open: it starts no virtiofsd of `guestshare/vm`. */
  readonly isCompleteButInit: boolean;
}

// A process, or what it had open, is gone meanwhile.
const GONE = [ENOENT, ESRCH, EINVAL];

// Some machines let nobody look at the first process, but at its mounts.
const INIT = 1;

/** The processes that have directories open, by the directories' device and inode: a virtiofsd has its view. */
export async function holdersOf(sys: Syscalls, directories: ReadonlySet<string>): Promise<Holders> {
  return (await searchHolders(sys, directories))(directories);
}

/** Looks at all processes once; gives the function that says who has some of the directories open. */
export async function searchHolders(
  sys: Syscalls,
  directories: ReadonlySet<string>,
): Promise<(some: ReadonlySet<string>) => Holders> {
  const search = new Search(sys, directories);
  await search.run();
  return (some) => search.of(some);
}

class Search {
  readonly #processes = new Map<string, number>();
  #isComplete = true;
  #isInitHidden = false;
  #initDevices: ReadonlySet<string> | undefined;
  readonly #sys: Syscalls;
  readonly #wanted: ReadonlySet<string>;

  constructor(sys: Syscalls, wanted: ReadonlySet<string>) {
    this.#sys = sys;
    this.#wanted = wanted;
  }

  of(some: ReadonlySet<string>): Holders {
    const isInitSeen = some.size === 0 || !this.#isInitHidden || !this.#mayInitHold(some);
    const isCompleteButInit = some.size === 0 || this.#isComplete;
    const processes = new Map([...this.#processes].filter(([identity]) => some.has(identity)));
    return { processes, isComplete: isCompleteButInit && isInitSeen, isCompleteButInit };
  }

  async run(): Promise<void> {
    if (this.#wanted.size === 0) return;
    for (const process of this.#names("/proc").filter((name) => /^[0-9]+$/.test(name))) {
      for (const link of ["root", "cwd"]) this.#look(Number(process), `/proc/${process}/${link}`);
      for (const fd of this.#names(`/proc/${process}/fd`, Number(process))) {
        this.#look(Number(process), `/proc/${process}/fd/${fd}`);
        const pause = this.#sys.pause();
        if (pause) await pause;
      }
    }
  }

  // Opening only names what the link leads to: no server is asked.
  #look(process: number, path: string): void {
    this.#unlessGone(process, () =>
      this.#sys.using(this.#sys.openPath(path), (fd) => {
        const { identity } = this.#sys.statx(fd);
        if (this.#wanted.has(identity)) this.#processes.set(identity, process);
      }),
    );
  }

  #names(directory: string, process = 0): string[] {
    const list = () =>
      this.#sys.using(this.#sys.openDirectory(AT_FDCWD, directory, O_RDONLY), (fd) => this.#sys.list(fd));
    return this.#unlessGone(process, list) ?? [];
  }

  #unlessGone<T>(process: number, look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      if (GONE.includes(error.errno)) return undefined;
      if (process === INIT) this.#isInitHidden = true;
      else this.#isComplete = false;
      return undefined;
    }
  }

  // It can have opened only what is mounted where it lives.
  #mayInitHold(some: ReadonlySet<string>): boolean {
    try {
      this.#initDevices ??= new Set(
        readMountinfo(this.#sys.readFile(`/proc/${INIT}/mountinfo`)).mounts.map(({ device }) => device),
      );
      const devices = this.#initDevices;
      return [...some].some((identity) => devices.has(identity.slice(0, identity.lastIndexOf(":"))));
    } catch (error) {
      if (error instanceof SyscallError) return true;
      throw error;
    }
  }
}
