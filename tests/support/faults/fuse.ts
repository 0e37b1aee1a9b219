import { writeFileSync } from "node:fs";
import { Child } from "../child.ts";
import { commandOf } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";

/** A FUSE filesystem that may stop answering, or die. It has "file", "directory" and any "file-<number>". */
export class Fuse {
  /** Where it is mounted. */
  readonly path: string;
  readonly #stop: string;
  readonly #server: Child;

  private constructor(path: string, stop: string, server: Child) {
    this.path = path;
    this.#stop = stop;
    this.#server = server;
  }

  /** Mounts one in a scratch directory. Its names are cached for so many seconds; 0 is never. On a device its unmount asks the server; a `user` lets nobody else in. */
  static async mount(
    scratch: Scratch,
    name: string,
    {
      cacheSeconds = 0,
      device = "",
      user = "",
    }: { cacheSeconds?: number; device?: string; user?: string } = {},
  ): Promise<Fuse> {
    const path = scratch.directory(name);
    const stop = `${scratch.path}/stop-${name.replaceAll("/", "-")}`;
    const server = new Child([...commandOf("fuse-server"), path, stop, `${cacheSeconds}`, device, user]);
    const line = await server.line();
    if (line !== "mounted") throw new Error(`Cannot mount a FUSE filesystem: ${line}`);
    return new Fuse(path, stop, server);
  }

  /** From now on the server answers nothing. */
  hang(): void {
    writeFileSync(this.#stop, "");
  }

  /** From now on the server lists no directory any more, and answers all else. */
  hangLists(): void {
    writeFileSync(`${this.#stop}-lists`, "");
  }

  /** Ends the server: the filesystem is dead (ENOTCONN). */
  async die(): Promise<void> {
    await this.#server.kill();
  }
}
