import { S_IFREG } from "../linux/constants.ts";
import type { Contents } from "./contents.ts";
import { FileCopier } from "./copy-file.ts";
import { copyLink } from "./copy-link.ts";
import type { Directories, Directory } from "./directories.ts";
import { NOTHING } from "./file-sending.ts";
import type { Entry } from "./find.ts";
import type { Outcome } from "./gone.ts";
import type { TreeTools } from "./tools.ts";

/** Copies what directories have, but directories. */
export class EntryCopier {
  readonly #tools: TreeTools;
  readonly #directories: Directories;
  readonly #files: FileCopier;

  constructor(tools: TreeTools, directories: Directories) {
    this.#tools = tools;
    this.#directories = directories;
    this.#files = new FileCopier(tools);
  }

  /** Copies a file or a link in a lane that was entered. */
  copy(directory: Directory, contents: Contents, entry: Entry): Promise<Outcome> {
    const { name, target } = entry;
    const copied = target ? this.#copyLink(directory, entry, target) : this.#copyFile(directory, entry);
    return copied.then(
      (bytes) => {
        if (bytes === "again") return "again";
        if (bytes !== "lost") contents.sent(name, bytes);
        return "done";
      },
      (error) => {
        throw this.#tools.sender.stop(entry, error, "host");
      },
    );
  }

  #copyFile(directory: Directory, entry: Entry): Promise<number | "again" | "lost"> {
    const { sys } = this.#tools.host;
    return this.#files.copy(entry, () => sys.openToRead(this.#directories.of(directory), entry.name));
  }

  async #copyLink({ depth }: Directory, entry: Entry, target: Uint8Array): Promise<undefined | "lost"> {
    const isSent = await copyLink(this.#tools, { ...entry, target, depth });
    return isSent ? undefined : "lost";
  }

  /** Gives what the agent has under a file's temporary name, of so many bytes, the name of that file. */
  takeOver(entry: Entry, bytes: number): Promise<void> {
    return this.#files.takeOver(entry, bytes);
  }

  /** Has the agent put an empty file in the place of something else that an earlier copy may have left there. */
  async clear({ path, guestPath }: Entry): Promise<void> {
    const sending = { fileSize: 0, fileMode: S_IFREG, uid: 0, gid: 0, offset: 0, data: NOTHING };
    // An agent that cannot do it has nothing there, or will refuse the file that is about to come.
    await this.#tools.sender.offer({ path, guestPath }, sending, ({ trouble }) => trouble === "status");
  }
}
