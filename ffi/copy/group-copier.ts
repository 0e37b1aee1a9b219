import { S_IFREG } from "../linux/constants.ts";
import type { Contents } from "./contents.ts";
import type { CopySession } from "./copy-session.ts";
import type { Directories } from "./directories.ts";
import { type Entry, isDirectory, isFile } from "./entry.ts";
import { type CopiedFile, FileCopier } from "./file-copier.ts";
import type { Finder } from "./finder.ts";
import { sendLink } from "./link.ts";
import { NOTHING } from "./sender.ts";
import type { StemGroup } from "./temporary-name.ts";

/** Copies the files and links of a directory that share one temporary name, one after the other. */
export class GroupCopier {
  readonly #session: CopySession;
  readonly #finder: Finder;
  readonly #files: FileCopier;

  constructor(session: CopySession, directories: Directories, finder: Finder) {
    this.#session = session;
    this.#finder = finder;
    this.#files = new FileCopier(session, directories);
  }

  /** Finds a group's entries in a lane that was entered, and begins to copy its files and links. Gives its directories. */
  async begin(contents: Contents, group: StemGroup): Promise<Entry[]> {
    const { lanes } = this.#session.sender;
    let entries: Entry[];
    try {
      entries = await this.#find(contents, group);
    } catch (error) {
      lanes.give(1);
      throw error;
    }
    const directories = entries.filter(isDirectory);
    const others = directories.length === 0 ? entries : entries.filter((entry) => !isDirectory(entry));
    if (others.length === 0) lanes.give(1);
    else {
      const inTheWay = entries.find((entry) => entry.name === group.temporary && !isFile(entry));
      contents.tasks.add(this.#copyInOrder(contents, group, { entries: others, inTheWay }));
    }
    return directories;
  }

  /** Copies one file or link alone. */
  async copyAlone(contents: Contents, entry: Entry): Promise<void> {
    await this.#session.sender.enter();
    const group = { temporary: "", names: [entry.name] };
    await this.#copyInOrder(contents, group, { entries: [entry] });
  }

  // The entries of a group that can be copied.
  async #find(contents: Contents, { temporary, names }: StemGroup): Promise<Entry[]> {
    const { directory } = contents;
    let entries: Entry[] = [];
    const earlier = contents.sentAs(temporary);
    // A file that was sent under the temporary name is about to be destroyed, and has to be sent once more.
    const all = typeof earlier === "number" && !names.includes(temporary) ? [...names, temporary] : names;
    for (const name of all) {
      const pause = this.#session.host.sys.pause();
      if (pause) await pause;
      const entry = this.#finder.find(directory, name);
      const isBlocked = entry && earlier === "other" && isFile(entry) && name !== temporary;
      const reason = entry && (isBlocked ? "taken-name" : this.#finder.obstacle(entry));
      if (!entry) contents.copyAgain(name);
      else if (reason) this.#session.ledger.skip(entry.path, reason);
      else if (entries.length > 0) entries.push(entry);
      else entries = [entry]; // nearly always it is the only one, and to push makes room for 16 more
    }
    return entries;
  }

  // In a lane that was entered. The lane is left at the end.
  async #copyInOrder(
    contents: Contents,
    group: StemGroup,
    { entries, inTheWay }: { entries: readonly Entry[]; inTheWay?: Entry | undefined },
  ): Promise<void> {
    const { temporary } = group;
    const earlier = contents.sentAs(temporary);
    const first = entries.find((entry) => isFile(entry) && entry.name !== temporary);
    try {
      if (first && typeof earlier === "number") {
        await this.#files.finishTemporary(first, earlier);
        contents.movedAway(temporary);
      } else if (first && inTheWay) await this.#clear(inTheWay);
      for (const entry of entries) {
        const pause = this.#session.host.sys.pause();
        if (pause) await pause;
        if (entry.name === temporary && isBehind(contents, group)) contents.copyAgain(entry.name);
        else await this.#copy(contents, entry);
      }
    } finally {
      this.#session.sender.lanes.give(1);
    }
  }

  #copy(contents: Contents, entry: Entry): Promise<void> {
    const { name } = entry;
    const copied: Promise<CopiedFile | undefined> = entry.target
      ? sendLink(this.#session, entry).then((isSent) => (isSent ? undefined : "skipped"))
      : this.#files.copy(entry);
    return copied.then(
      (outcome) => {
        if (outcome === "again") contents.copyAgain(name);
        else if (outcome !== "skipped") contents.sent(name, outcome);
      },
      (error) => {
        throw this.#session.sender.stop(entry, error, "host");
      },
    );
  }

  // Has the agent put an empty file in the place of an entry that an earlier copy may have left there.
  async #clear({ path, guestPath }: Entry): Promise<void> {
    const sending = { fileSize: 0, fileMode: S_IFREG, uid: 0, gid: 0, offset: 0, data: NOTHING };
    // An agent that cannot do it has nothing there, or will refuse the file that is about to come.
    await this.#session.sender.offer({ path, guestPath }, sending, ({ trouble }) => trouble === "status");
  }
}

/** Whether files of a group are not in the guest yet: they will destroy an entry that has their temporary name. */
export function isBehind(contents: Contents, { temporary, names }: StemGroup): boolean {
  return names.some((name) => name !== temporary && contents.isAgain(name));
}
