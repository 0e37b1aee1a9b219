import * as c from "../linux/constants.ts";
import type { Contents } from "./contents.ts";
import { EntryCopier } from "./copy-entry.ts";
import { childOf, type Directories, type Directory } from "./directories.ts";
import type { Entry, Finder } from "./find.ts";
import type { Outcome } from "./gone.ts";
import type { ListingTurn } from "./listing-turn.ts";
import { Tasks } from "./tasks.ts";
import { type StemGroup, stemGroups } from "./temporary-name.ts";
import type { TreeTools } from "./tools.ts";

// How many directories may be copied side by side. One more is waited for before anything else is begun.
const MOST_DIRECTORIES = 32;
// So many where those that are begun have more than all lanes can take: others would only take memory.
const MOST_WHEN_BUSY = 4;

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
  readonly #turn: ListingTurn;
  #sideBySide = 0;

  constructor(
    tools: TreeTools,
    directories: Directories,
    finder: Finder,
    turn: ListingTurn,
    copyDirectory: (directory: Directory) => Promise<Outcome>,
  ) {
    this.#tools = tools;
    this.#finder = finder;
    this.#entries = new EntryCopier(tools, directories);
    this.#copyDirectory = copyDirectory;
    this.#turn = turn;
  }

  /** Copies what has these names. `endTurn` is called as soon as it has to wait for something. */
  async run(
    directory: Directory,
    contents: Contents,
    { names, endTurn }: { names: readonly string[]; endTurn: () => void },
  ): Promise<void> {
    const work: Work = { directory, contents, tasks: new Tasks(), late: [] };
    const { tasks, late } = work;
    const { sender } = this.#tools;
    try {
      for (const group of stemGroups(names)) {
        if (!sender.tryEnter()) {
          endTurn();
          await sender.enter();
        }
        for (const entry of await this.#begin(work, group)) {
          endTurn();
          if (entry.name === group.temporary) late.push({ entry, group });
          else await this.#descend(work, entry);
        }
      }
      endTurn();
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
      await this.#inOrder(work, group, [entry]);
    }
    await work.tasks.settled();
    if (contents.hasToLookAgain(entry.name)) this.#tools.ledger.skip(entry.path, "changing");
  }

  // Looks, in a lane that was entered, and begins with what is no directory. Gives the directories.
  async #begin(work: Work, group: StemGroup): Promise<Entry[]> {
    const { lanes } = this.#tools.sender;
    let entries: Entry[];
    try {
      entries = await this.#look(work, group);
    } catch (error) {
      lanes.give(1);
      throw error;
    }
    const directories = entries.filter(isDirectory);
    const files = directories.length === 0 ? entries : entries.filter((entry) => !isDirectory(entry));
    const blocking = entries.find(({ name, file }) => name === group.temporary && file.type !== c.S_IFREG);
    if (files.length === 0) lanes.give(1);
    else work.tasks.add(this.#inOrder(work, group, files, blocking));
    return directories;
  }

  // What a group has that can be copied.
  async #look({ directory, contents }: Work, { temporary, names }: StemGroup): Promise<Entry[]> {
    let entries: Entry[] = [];
    const taken = contents.taken(temporary);
    // What was sent under the temporary name is about to be destroyed, and has to be sent once more.
    const all = typeof taken === "number" && !names.includes(temporary) ? [...names, temporary] : names;
    for (const name of all) {
      const pause = this.#tools.host.sys.pause();
      if (pause) await pause;
      const entry = this.#finder.find(directory, name);
      const isBlocked = taken === "other" && entry?.file.type === c.S_IFREG && name !== temporary;
      const reason = entry && (isBlocked ? "taken-name" : this.#finder.obstacle(directory, entry));
      if (!entry) contents.lookAgain(name);
      else if (reason) this.#tools.ledger.skip(entry.path, reason);
      else if (entries.length > 0) entries.push(entry);
      else entries = [entry]; // nearly always it is the only one, and to push makes room for 16 more
    }
    return entries;
  }

  // In a lane that was entered, which is left then.
  async #inOrder(work: Work, group: StemGroup, entries: readonly Entry[], blocking?: Entry): Promise<void> {
    const { contents } = work;
    const taken = contents.taken(group.temporary);
    const first = entries.find(({ name, file }) => file.type === c.S_IFREG && name !== group.temporary);
    try {
      if (first && typeof taken === "number") {
        await this.#entries.takeOver(first, taken);
        contents.lost(group.temporary);
      } else if (first && blocking) await this.#entries.clear(blocking);
      for (const entry of entries) {
        const pause = this.#tools.host.sys.pause();
        if (pause) await pause;
        const mayCopy = entry.name !== group.temporary || !isBehind(contents, group);
        const outcome = mayCopy ? await this.#entries.copy(work.directory, contents, entry) : "again";
        if (outcome === "again") contents.lookAgain(entry.name);
      }
    } finally {
      this.#tools.sender.lanes.give(1);
    }
  }

  async #descend(work: Work, entry: Entry): Promise<void> {
    const { directory, contents, tasks } = work;
    const run = async () => {
      const outcome = await this.#copyDirectory(childOf(directory, entry));
      contents.sent(entry.name);
      if (outcome === "again") contents.lookAgain(entry.name);
    };
    const most = this.#turn.isBusy ? MOST_WHEN_BUSY : MOST_DIRECTORIES;
    if (this.#sideBySide >= Math.min(most, this.#tools.settings.window - 1)) return run();
    this.#sideBySide += 1;
    tasks.add(
      run().finally(() => {
        this.#sideBySide -= 1;
      }),
    );
  }
}

function isDirectory({ file }: Entry): boolean {
  return file.type === c.S_IFDIR;
}

// Whether others of a group are not in the guest yet, that will destroy what has their temporary name.
function isBehind(contents: Contents, { temporary, names }: StemGroup): boolean {
  return names.some((name) => name !== temporary && contents.hasToLookAgain(name));
}
