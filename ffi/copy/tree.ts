import { setTimeout as sleep } from "node:timers/promises";
import * as c from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import { Contents } from "./contents.ts";
import { Directories, type Directory } from "./directories.ts";
import { NOTHING, sendingOf } from "./file-sending.ts";
import { type Entry, Finder } from "./find.ts";
import { isGone, type Outcome } from "./gone.ts";
import { ListingTurn } from "./listing-turn.ts";
import { type SkipReason, textOf } from "./notes.ts";
import { Round } from "./round.ts";
import type { TreeTools } from "./tools.ts";
import { totalOf } from "./total.ts";

const MOST_ROUNDS = 8;
/** What kubelet turns over last: as long as the link leads to the old directory, nobody reads the new one. */
export const LAST = "..data";

/** Copies directories with all that is in them. */
export class TreeCopier {
  readonly #tools: TreeTools;
  readonly #directories: Directories;
  readonly #finder: Finder;
  readonly #round: Round;
  readonly #turn: ListingTurn;

  /** `root` is the source's descriptor, which is the caller's. */
  constructor(tools: TreeTools, root: number) {
    this.#tools = tools;
    this.#directories = new Directories(tools.host.sys, root);
    this.#finder = new Finder(tools, this.#directories);
    this.#turn = new ListingTurn(tools.sender.lanes);
    this.#round = new Round(tools, this.#directories, this.#finder, this.#turn, (directory) =>
      this.copy(directory),
    );
  }

  close(): void {
    this.#directories.close();
  }

  /**
   * Copies a directory: itself first, then what it has, and once more itself, because agents change the mode or the owner
   * of a directory whenever they write into it.
   */
  async copy(directory: Directory): Promise<Outcome> {
    const { sender, ledger } = this.#tools;
    try {
      this.#directories.of(directory);
      await this.sendAlone(directory, directory.file);
      ledger.arrived(directory.path);
      const endTurn = await this.#turn.take();
      const { count, file } = await this.#copyContents(directory, endTurn).finally(endTurn);
      if (count > 0) await this.sendAlone(directory, file);
      return "done";
    } catch (error) {
      if (directory.parent && isGone(error)) return "again";
      throw sender.stop(directory, error, "host");
    } finally {
      this.#directories.forget(directory);
    }
  }

  /** Counts what is going to be copied of a directory, where that was asked for. */
  async count(directory: Directory): Promise<void> {
    const tools = this.#tools;
    if (!tools.settings.total) return;
    const looking = { directories: this.#directories, finder: this.#finder };
    tools.ledger.total = await totalOf(tools, looking, directory);
  }

  /** Sends a directory without what it has. */
  async sendAlone(directory: Directory, file: FileStatx): Promise<void> {
    const { sender } = this.#tools;
    await sender.enter();
    try {
      await sender.send(directory, sendingOf(file, { size: 0, offset: 0, data: NOTHING }));
    } finally {
      sender.lanes.give(1);
    }
  }

  // Until a directory is as it was when it was listed, it is listed again.
  async #copyContents(
    directory: Directory,
    endTurn: () => void,
  ): Promise<{ count: number; file: FileStatx }> {
    const { ledger } = this.#tools;
    const contents = new Contents(directory, ledger);
    for (let round = 1; ; round += 1) {
      const isLast = round === MOST_ROUNDS;
      const before = this.look(directory);
      const { names, hasLast } = this.#list(directory, contents);
      await this.#round.run(directory, contents, { names: contents.begin(names), endTurn });
      const last = hasLast && contents.isComplete ? this.find(directory, LAST) : undefined;
      const after = this.look(directory);
      const isSettled = contents.isComplete && after.isUnchanged(before) && hasLast === (last !== undefined);
      if (!isSettled && !isLast) {
        await sleep(round);
        continue;
      }
      if (last) await this.copyLast(directory, contents, last);
      if (!isSettled) contents.giveUp((name) => this.find(directory, name) !== undefined);
      return { count: contents.count, file: after };
    }
  }

  #list(directory: Directory, contents: Contents): { names: string[]; hasLast: boolean } {
    const names = this.list(directory, contents);
    const at = names.indexOf(LAST);
    // A file of this name is one of its stem, and they have an order of their own.
    if (at < 0 || this.find(directory, LAST)?.file.type === c.S_IFREG) return { names, hasLast: false };
    names.splice(at, 1);
    return { names, hasLast: true };
  }

  /** The names that a directory has now; `seen` is told how many come, and may throw. */
  list(directory: Directory, contents: Contents, seen?: (count: number) => void): string[] {
    const { sys } = this.#tools.host;
    const fd = sys.openDirectory(this.#directories.of(directory), ".", c.O_RDONLY);
    return sys.using(fd, () => sys.list(fd, (name) => contents.sawOdd(textOf(name)), seen));
  }

  /** What a directory is now. */
  look(directory: Directory): FileStatx {
    return this.#tools.host.sys.fileStatx(this.#directories.of(directory));
  }

  /** What has a name in a directory; undefined where nothing has. */
  find(directory: Directory, name: string): Entry | undefined {
    return this.#finder.find(directory, name);
  }

  /** Why something cannot be copied, which then is noted; undefined where it can. */
  obstacle(directory: Directory, entry: Entry): SkipReason | undefined {
    const reason = this.#finder.obstacle(directory, entry);
    if (reason) this.#tools.ledger.skip(entry.path, reason);
    return reason;
  }

  /** A turn of the event loop, where many calls were made since the last one. */
  async pause(): Promise<void> {
    await this.#tools.host.sys.pause();
  }

  /** Closes what `list` and `find` opened to look into a directory. */
  leave(directory: Directory): void {
    this.#directories.forget(directory);
  }

  /** Copies some of what a directory has, which `contents` listed; what was not as it had been found is in there then. */
  async copySome(directory: Directory, contents: Contents, names: readonly string[]): Promise<void> {
    const endTurn = await this.#turn.take();
    await this.#round.run(directory, contents, { names: contents.begin(names), endTurn }).finally(endTurn);
  }

  /** Copies one thing alone: what has to come after all else, or gets another name in the guest. */
  copyLast(directory: Directory, contents: Contents, entry: Entry): Promise<void> {
    return this.#round.runLast(directory, contents, entry);
  }
}
