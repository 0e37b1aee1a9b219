import { Buffer } from "node:buffer";
import { mayHang } from "./at-hand.ts";
import type { Host } from "./host.ts";
import { keepAlive, type LetGo } from "./keep-alive.ts";
import type { Mount } from "./mount.ts";
import { HUB } from "./names.ts";
import type { Place } from "./place.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";

// An empty file in the hub, which goes with it: some share is of a filesystem whose server may not answer.
const REMOTE = `${HUB}/.remote`;

/**
 * Shares whose last unmount may wait for a server. Where the hub has one, whatever is unmounted is looked at before; hubs
 * without one, as most are, are unmounted without a look.
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

  /** Says in the hub that there is such a share. */
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

  // Where something else is in the hub's place, nothing says so.
  #look(): boolean {
    const { directory, name } = this.#sandbox;
    try {
      return this.#host.sys.statx(directory, `${name}/${REMOTE}`) !== undefined;
    } catch (error) {
      if (error instanceof SyscallError) return false;
      throw error;
    }
  }

  /** Keeps a mount and those below alive where they may wait for a server: whoever unmounts them does not wait. */
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

  // Its root is cached as long as it is mounted. What another mount hides is not reached, and not waited for either.
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
