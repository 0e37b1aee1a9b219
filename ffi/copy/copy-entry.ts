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
  async copy(directory: Directory, contents: Contents, entry: Entry): Promise<Outcome> {
    const { host, sender } = this.#tools;
    const { name, target } = entry;
    try {
      sender.check();
      if (target) {
        const link = { ...entry, target, depth: directory.depth };
        if (await copyLink(this.#tools, link)) contents.sent(name);
        return "done";
      }
      const open = () => host.sys.openToRead(this.#directories.of(directory), name);
      const bytes = await this.#files.copy({ ...entry, open });
      if (bytes === "again") return "again";
      if (bytes !== "lost") contents.sent(name, bytes);
      return "done";
    } catch (error) {
      throw sender.stop(entry, error, "host");
    }
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
