import * as c from "../linux/constants.ts";
import { Budget } from "./budget.ts";
import type { Contents } from "./contents.ts";
import { EntryCopier } from "./copy-entry.ts";
import { childOf, type Directories, type Directory } from "./directories.ts";
import type { Entry, Finder } from "./find.ts";
import type { Outcome } from "./gone.ts";
import { Tasks } from "./tasks.ts";
import { type StemGroup, stemGroups } from "./temporary-name.ts";
import type { TreeTools } from "./tools.ts";

// How many directories may be copied side by side. One more is waited for before anything else is begun.
const MOST_DIRECTORIES = 32;

/** A directory at which work is done, and how far it is. */
interface Work {
  readonly directory: Directory;
  readonly contents: Contents;
  readonly tasks: Tasks;
  /** Directories that have a temporary name, and the group that has to be there before. */
  readonly late: { readonly entry: Entry; readonly group: StemGroup }[];
}

/** Copies what a listing of a directory has: files side by side, unless the agent has one temporary name for them. */
export class Round {
  readonly #tools: TreeTools;
  readonly #finder: Finder;
  readonly #entries: EntryCopier;
  readonly #copyDirectory: (directory: Directory) => Promise<Outcome>;
  readonly #free: Budget;

  constructor(
    tools: TreeTools,
    directories: Directories,
    finder: Finder,
    copyDirectory: (directory: Directory) => Promise<Outcome>,
  ) {
    this.#tools = tools;
    this.#finder = finder;
    this.#entries = new EntryCopier(tools, directories);
    this.#copyDirectory = copyDirectory;
    this.#free = new Budget(Math.min(MOST_DIRECTORIES, tools.settings.window - 1));
  }

  async run(directory: Directory, contents: Contents, names: readonly string[]): Promise<void> {
    const work: Work = { directory, contents, tasks: new Tasks(), late: [] };
    const { tasks, late } = work;
    try {
      for (const group of stemGroups(names)) await this.#begin(work, group);
      await tasks.settled();
      for (const { entry, group } of late) {
        if (isBehind(contents, group)) contents.lookAgain(entry.name);
        else await this.#descend(work, entry);
      }
    } catch (error) {
      tasks.fail(error);
    }
    await tasks.settled();
  }

  /** Copies what has to come last. */
  async runLast(directory: Directory, contents: Contents, entry: Entry): Promise<void> {
    const group = { temporary: "", names: [entry.name] };
    const work: Work = { directory, contents, tasks: new Tasks(), late: [] };
    const reason = this.#finder.obstacle(directory, entry);
    if (reason) return this.#tools.ledger.skip(entry.path, reason);
    if (entry.file.type === c.S_IFDIR) await this.#descend(work, entry);
    else {
      await this.#tools.sender.enter();
      await this.#inOrder(work, group, [entry]).finally(() => this.#tools.sender.lanes.give(1));
    }
    await work.tasks.settled();
    if (contents.hasToLookAgain(entry.name)) this.#tools.ledger.skip(entry.path, "changing");
  }

  // Waits for a lane, looks, and begins.
  async #begin(work: Work, group: StemGroup): Promise<void> {
    const { sender } = this.#tools;
    await sender.enter();
    const files: Entry[] = [];
    const directories: Entry[] = [];
    let blocking: Entry | undefined;
    try {
      for (const entry of this.#look(work, group)) {
        if (entry.name === group.temporary && entry.file.type !== c.S_IFREG) blocking = entry;
        const isDirectory = entry.file.type === c.S_IFDIR;
        if (!isDirectory) files.push(entry);
        else if (entry.name === group.temporary) work.late.push({ entry, group });
        else directories.push(entry);
      }
    } catch (error) {
      sender.lanes.give(1);
      throw error;
    }
    if (files.length === 0) sender.lanes.give(1);
    else work.tasks.add(this.#inOrder(work, group, files, blocking).finally(() => sender.lanes.give(1)));
    for (const entry of directories) await this.#descend(work, entry);
  }

  *#look({ directory, contents }: Work, { temporary, names }: StemGroup): Generator<Entry> {
    const taken = contents.taken(temporary);
    // What was sent under the temporary name is about to be destroyed, and has to be sent once more.
    const all = typeof taken === "number" && !names.includes(temporary) ? [...names, temporary] : names;
    for (const name of all) {
      const entry = this.#finder.find(directory, name);
      const isBlocked = taken === "other" && entry?.file.type === c.S_IFREG && name !== temporary;
      const reason = entry && (isBlocked ? "taken-name" : this.#finder.obstacle(directory, entry));
      if (!entry) contents.lookAgain(name);
      else if (reason) this.#tools.ledger.skip(entry.path, reason);
      else yield entry;
    }
  }

  async #inOrder(work: Work, group: StemGroup, entries: readonly Entry[], blocking?: Entry): Promise<void> {
    const { contents } = work;
    const taken = contents.taken(group.temporary);
    const first = entries.find(({ name, file }) => file.type === c.S_IFREG && name !== group.temporary);
    if (first && typeof taken === "number") {
      await this.#entries.takeOver(first, taken);
      contents.lost(group.temporary);
    } else if (first && blocking) await this.#entries.clear(blocking);
    for (const entry of entries) {
      const mayCopy = entry.name !== group.temporary || !isBehind(contents, group);
      const outcome = mayCopy ? await this.#entries.copy(work.directory, contents, entry) : "again";
      if (outcome === "again") contents.lookAgain(entry.name);
    }
  }

  async #descend(work: Work, entry: Entry): Promise<void> {
    const { directory, contents, tasks } = work;
    const run = async () => {
      const outcome = await this.#copyDirectory(childOf(directory, entry));
      contents.sent(entry.name);
      if (outcome === "again") contents.lookAgain(entry.name);
    };
    if (!this.#free.tryTake(1)) return run();
    tasks.add(run().finally(() => this.#free.give(1)));
  }
}

// Whether others of a group are not in the guest yet, that will destroy what has their temporary name.
function isBehind(contents: Contents, { temporary, names }: StemGroup): boolean {
  return names.some((name) => name !== temporary && contents.hasToLookAgain(name));
}
