import { Buffer } from "node:buffer";
import { mayHang } from "./cached-source.ts";
import type { Host } from "./host.ts";
import { keepAlive, type LetGo } from "./keep-alive.ts";
import type { Mount } from "./mount.ts";
import { HUB, type Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";

// An empty file in the hub says that some share is of a filesystem whose server may not answer. It ends with the hub.
const REMOTE = `${HUB}/.remote`;

/**
 * Shares whose last unmount may wait for a server. Where the hub has such a share, mounts are looked up before an unmount;
 * most hubs have none, and need no look-up.
 */
export class RemoteShares {
  readonly #host: Host;
  readonly #sandbox: Place;
  #isMarked: boolean | undefined;

  /** Of a sandbox whose lock is held, by where its directory is. */
  constructor(host: Host, sandbox: Place) {
    this.#host = host;
    this.#sandbox = sandbox;
  }

  /** Notes in the hub that there is such a share. */
  mark(): void {
    const { sys } = this.#host;
    const { directory, name } = this.#sandbox;
    if (this.#isMarked !== true) unlessThere(() => sys.makeFile(directory, `${name}/${REMOTE}`));
    this.#isMarked = true;
  }

  /** Whether the hub has such a share. */
  isMarked(): boolean {
    this.#isMarked ??= this.#look();
    return this.#isMarked;
  }

  // Where something else is in the hub's place, there is no such file.
  #look(): boolean {
    const { directory, name } = this.#sandbox;
    try {
      return this.#host.sys.statx(directory, `${name}/${REMOTE}`) !== undefined;
    } catch (error) {
      if (error instanceof SyscallError) return false;
      throw error;
    }
  }

  /** Keeps a mount and its submounts alive where they may wait for a server: then their unmount does not wait. */
  async keepAlive(file: Statx): Promise<LetGo> {
    const { sys, table } = this.#host;
    const mounts = (await table.tree(file)).filter(({ fstype }) => mayHang(fstype));
    const fds: number[] = [];
    try {
      for (const mount of mounts) fds.push(...this.#open(mount));
      return await keepAlive(fds);
    } finally {
      for (const fd of fds) sys.close(fd);
    }
  }

  // A mount's root is cached as long as it is mounted. A mount that another one hides is not reached: its unmount does not wait
  // either.
  #open({ id, point }: Mount): number[] {
    const { sys } = this.#host;
    const path = Buffer.from(point, "latin1").toString();
    const fd = unlessMissing(() => sys.openCached(path));
    if (fd === undefined) return [];
    if (sys.statx(fd).mountId === id) return [fd];
    sys.close(fd);
    return [];
  }
}
