import { Buffer } from "node:buffer";
import type { Agent } from "../agent/agent.ts";
import type { Host } from "../linux/host.ts";
import type { FileStatx } from "../linux/structs.ts";
import { Contents } from "./contents.ts";
import type { CopyItem } from "./copy-error.ts";
import { type CopySession, inSession } from "./copy-session.ts";
import { Directories, rootOf } from "./directories.ts";
import { DirectoryCopier } from "./directory-copier.ts";
import { type Entry, isGone, pathIn } from "./entry.ts";
import { Finder } from "./finder.ts";
import type { CopyResult } from "./ledger.ts";
import { openSource } from "./mounts.ts";
import type { CopyOptions } from "./options.ts";

export { DATA_LINK } from "./directory-copier.ts";
export { type Entry, isGone } from "./entry.ts";
export type { CopyResult } from "./ledger.ts";
export type { CopyOptions } from "./options.ts";

/**
 * Copies from a directory what `choose` wants, in the order that it wants.
 *
 * @throws {TypeError} for paths and options that cannot be.
 * @throws {CopyError} as `copyTree` does.
 */
export function copySelectively(
  host: Host,
  item: CopyItem,
  agent: Agent,
  options: CopyOptions,
  choose: (copy: SelectiveCopy) => Promise<void>,
): Promise<CopyResult> {
  return inSession(host, item, agent, options, async (session) => {
    const { fd, file } = openSource(host, session.mounts, item.path);
    const directories = new Directories(host.sys, fd);
    try {
      await choose(new SelectiveCopy(session, directories, rootOf(item, file)));
    } finally {
      directories.close();
      host.sys.close(fd);
    }
  });
}

/** What came of some names of a directory. A name that was not tried any more, because the copy failed, is in none of them. */
export interface CopiedNames {
  /** They were not there as they had been found: list the directory again. */
  readonly again: ReadonlySet<string>;
  /** The agent has them. */
  readonly arrived: ReadonlySet<string>;
  /** The guest does not have them, or not whole: the result of the copy says why. */
  readonly skipped: ReadonlySet<string>;
}

/** A copy of a directory whose parts are chosen one by one. */
export class SelectiveCopy {
  /** The directory. */
  readonly root: Entry;
  readonly #session: CopySession;
  readonly #directories: Directories;
  readonly #finder: Finder;
  readonly #copier: DirectoryCopier;

  constructor(session: CopySession, directories: Directories, root: Entry) {
    this.root = root;
    this.#session = session;
    this.#directories = directories;
    this.#finder = new Finder(session, directories);
    this.#copier = new DirectoryCopier(session, directories);
  }

  /** Counts how much there is, if the options ask for a total. */
  async count(): Promise<void> {
    const { ledger, settings } = this.#session;
    if (settings.total) ledger.total = await this.#finder.total(this.root);
  }

  /** Throws why the copy is over, if it is. */
  check(): void {
    this.#session.sender.check();
  }

  /** The names in a directory. `onNames` is given the number of names as they are read, and may throw. */
  list(directory: Entry, onNames?: (count: number) => void): string[] {
    return this.#finder.list(directory, onNames);
  }

  /** The same, for a copy of all names: the result names those that are not UTF-8. */
  listToCopy(directory: Entry, onNames?: (count: number) => void): string[] {
    return this.#finder.listToCopy(directory, onNames);
  }

  /** What has a name in a directory; undefined if nothing has. */
  find(directory: Entry, name: string): Entry | undefined {
    return this.#finder.find(directory, name);
  }

  /** The present state of a directory. */
  stat(directory: Entry): FileStatx {
    return this.#finder.stat(directory);
  }

  /** Closes what was opened to look into a directory. */
  leave(directory: Entry): void {
    this.#directories.forget(directory);
  }

  /** Lets other events have a turn after many system calls. */
  async pause(): Promise<void> {
    await this.#session.host.sys.pause();
  }

  /** Copies a directory without its contents. False if it cannot be copied: the result of the copy says why. */
  async copyDirectory(directory: Entry, file: FileStatx): Promise<boolean> {
    const { ledger } = this.#session;
    const reason = directory.parent && this.#finder.obstacle(directory);
    if (reason) {
      ledger.skip(directory.path, reason);
      return false;
    }
    await this.#copier.send(directory, file);
    ledger.arrived(directory.path);
    return true;
  }

  /** Sends a directory's mode and owner once more: agents change them when they write into the directory. */
  restoreDirectory(directory: Entry, file: FileStatx): Promise<void> {
    return this.#copier.send(directory, file);
  }

  /** Copies entries of a directory. If the copy fails meanwhile, this still says what arrived; `check` throws the failure. */
  async copyNames(directory: Entry, names: readonly string[]): Promise<CopiedNames> {
    const { sender, ledger } = this.#session;
    const arrived = new Set<string>();
    const contents = new Contents(directory, ledger, arrived);
    const skippedBefore = ledger.skipped.length;
    let isDirectoryGone = false;
    try {
      await this.#copier.copyNames(contents, names);
    } catch (error) {
      isDirectoryGone = isGone(error);
      if (!isDirectoryGone) sender.stop(directory, error, "host");
    }
    const skippedPaths = new Set(ledger.skipped.slice(skippedBefore).map(({ path }) => path));
    const skipped = new Set(names.filter((name) => skippedPaths.has(pathIn(directory, name))));
    const isAgain = (name: string) =>
      contents.isAgain(name) || (isDirectoryGone && !arrived.has(name) && !skipped.has(name));
    return { again: new Set(names.filter(isAgain)), arrived, skipped };
  }

  /** Copies one entry alone: a directory under another name in the guest, or a link that leads elsewhere there. */
  async copyAs(
    entry: Entry,
    { name = entry.name, target = entry.target }: { name?: string; target?: Uint8Array | undefined },
  ): Promise<"again" | "arrived" | "skipped"> {
    const parent = entry.parent ?? this.root;
    const guestPath = `${parent.guestPath}/${name}`;
    const contents = new Contents(parent, this.#session.ledger);
    await this.#copier.copyAlone(contents, {
      ...entry,
      target,
      guestPath,
      guestBytes: Buffer.byteLength(guestPath),
    });
    if (!contents.isComplete) return "again";
    return contents.count > 0 ? "arrived" : "skipped";
  }
}
