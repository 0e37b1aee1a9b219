import { setTimeout as sleep } from "node:timers/promises";
import type { FileStatx } from "../linux/structs.ts";
import { Contents } from "./contents.ts";
import type { CopySession } from "./copy-session.ts";
import type { Directories } from "./directories.ts";
import { type Entry, isDirectory, isFile, isGone } from "./entry.ts";
import { Finder } from "./finder.ts";
import { GroupCopier, isBehind } from "./group-copier.ts";
import { type ListingTurn, ListingTurns } from "./listing-turns.ts";
import { directorySending } from "./sender.ts";
import { type StemGroup, stemGroups } from "./temporary-name.ts";

/**
 * The link by which kubelet turns a volume over. It is copied at the end: as long as it leads to the old directory, nobody reads
 * the new one.
 */
export const DATA_LINK = "..data";

const MOST_ROUNDS = 8;
// How many directories may be copied side by side. The copy of one more is awaited before anything else begins.
const MOST_DIRECTORIES = 32;
// The same while the directories that were begun fill all lanes: others would only take memory.
const MOST_WHEN_BUSY = 4;

/** Copies directories with all that is in them. */
export class DirectoryCopier {
  readonly #session: CopySession;
  readonly #directories: Directories;
  readonly #finder: Finder;
  readonly #groups: GroupCopier;
  readonly #turns: ListingTurns;
  #sideBySide = 0;

  constructor(session: CopySession, directories: Directories) {
    this.#session = session;
    this.#directories = directories;
    this.#finder = new Finder(session, directories);
    this.#groups = new GroupCopier(session, directories, this.#finder);
    this.#turns = new ListingTurns(session.sender.lanes);
  }

  /**
   * Copies a directory: first the directory itself, then its contents, and then itself once more, because agents change the mode
   * or the owner of a directory whenever they write into it. "again" if the directory is gone.
   */
  async copy(directory: Entry): Promise<"done" | "again"> {
    const { sender, ledger } = this.#session;
    try {
      this.#directories.of(directory);
      await this.send(directory, directory.file);
      ledger.arrived(directory.path);
      const turn = await this.#turns.take();
      const { count, file } = await this.#copyContents(directory, turn).finally(() => turn.end());
      if (count > 0) await this.send(directory, file);
      return "done";
    } catch (error) {
      if (directory.parent && isGone(error)) return "again";
      throw sender.stop(directory, error, "host");
    } finally {
      this.#directories.forget(directory);
    }
  }

  /** Sends a directory without its contents. */
  async send(directory: Entry, file: FileStatx): Promise<void> {
    const { sender } = this.#session;
    await sender.enter();
    try {
      await sender.send(directory, directorySending(file));
    } finally {
      sender.lanes.give(1);
    }
  }

  // Lists a directory again until it did not change since it was listed.
  async #copyContents(directory: Entry, turn: ListingTurn): Promise<{ count: number; file: FileStatx }> {
    const contents = new Contents(directory, this.#session.ledger);
    for (let round = 1; ; round += 1) {
      const before = this.#finder.stat(directory);
      const { names, hasDataLink } = this.#namesToCopy(directory);
      await this.#copyListed(contents, contents.begin(names), turn);
      const dataLink =
        hasDataLink && contents.isComplete ? this.#finder.find(directory, DATA_LINK) : undefined;
      const after = this.#finder.stat(directory);
      const isAsListed = after.isUnchanged(before) && hasDataLink === (dataLink !== undefined);
      const isWhole = contents.isComplete && isAsListed;
      if (!isWhole && round < MOST_ROUNDS) {
        await sleep(round);
        continue;
      }
      if (dataLink) await this.copyAlone(contents, dataLink);
      if (!isWhole) contents.giveUp((name) => this.#finder.find(directory, name) !== undefined);
      return { count: contents.count, file: after };
    }
  }

  #namesToCopy(directory: Entry): { names: string[]; hasDataLink: boolean } {
    const names = this.#finder.listToCopy(directory);
    const at = names.indexOf(DATA_LINK);
    const entry = at < 0 ? undefined : this.#finder.find(directory, DATA_LINK);
    // A file of this name is one of its stem, and they have an order of their own.
    if (at < 0 || (entry && isFile(entry))) return { names, hasDataLink: false };
    names.splice(at, 1);
    return { names, hasDataLink: true };
  }

  /** Copies some of the entries of a directory. Names that were not there as they had been found are marked in `contents`. */
  async copyNames(contents: Contents, names: readonly string[]): Promise<void> {
    const turn = await this.#turns.take();
    await this.#copyListed(contents, contents.begin(names), turn).finally(() => turn.end());
  }

  // The turn ends as soon as something has to be waited for.
  async #copyListed(contents: Contents, names: readonly string[], turn: ListingTurn): Promise<void> {
    const late: { readonly entry: Entry; readonly group: StemGroup }[] = [];
    const { sender } = this.#session;
    const { tasks } = contents;
    try {
      for (const group of stemGroups(names)) {
        if (!sender.tryEnter()) {
          turn.end();
          await sender.enter();
        }
        for (const entry of await this.#groups.begin(contents, group)) {
          turn.end();
          // The files whose temporary name the directory has go before.
          if (entry.name === group.temporary) late.push({ entry, group });
          else await this.#descend(contents, entry);
        }
      }
      turn.end();
      await tasks.finished();
      for (const { entry, group } of late) {
        if (isBehind(contents, group)) contents.copyAgain(entry.name);
        else await this.#descend(contents, entry);
      }
    } catch (error) {
      tasks.fail(error);
    }
    await tasks.finished();
  }

  /** Copies one entry alone: one that has to be the last, or gets another name in the guest. */
  async copyAlone(contents: Contents, entry: Entry): Promise<void> {
    const { ledger } = this.#session;
    const reason = this.#finder.obstacle(entry);
    if (reason) return ledger.skip(entry.path, reason);
    if (isDirectory(entry)) await this.#descend(contents, entry);
    else await this.#groups.copyAlone(contents, entry);
    await contents.tasks.finished();
    if (contents.isAgain(entry.name)) ledger.skip(entry.path, "changing");
  }

  // Begins to copy a directory, or copies it if too many others are begun.
  async #descend(contents: Contents, entry: Entry): Promise<void> {
    const most = this.#turns.isBusy ? MOST_WHEN_BUSY : MOST_DIRECTORIES;
    const isFull = this.#sideBySide >= Math.min(most, this.#session.settings.window - 1);
    if (isFull) return this.#copyChild(contents, entry);
    this.#sideBySide += 1;
    contents.tasks.add(
      this.#copyChild(contents, entry).finally(() => {
        this.#sideBySide -= 1;
      }),
    );
  }

  async #copyChild(contents: Contents, entry: Entry): Promise<void> {
    const outcome = await this.copy(entry);
    contents.sent(entry.name);
    if (outcome === "again") contents.copyAgain(entry.name);
  }
}
