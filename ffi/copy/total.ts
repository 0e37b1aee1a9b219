import { Buffer, isUtf8 } from "node:buffer";
import { O_RDONLY, S_IFDIR, S_IFREG } from "../linux/constants.ts";
import { wayOut } from "./copy-link.ts";
import { childOf, type Directories, type Directory } from "./directories.ts";
import type { Entry, Finder } from "./find.ts";
import { isGone } from "./gone.ts";
import type { CopyTotal } from "./options.ts";
import type { TreeTools } from "./tools.ts";

/** What a tree is looked into with. */
export interface Looking {
  readonly directories: Directories;
  readonly finder: Finder;
}

/** How much of a tree is going to be copied, as it is now: without what will be skipped, as far as a look at it tells. */
export async function totalOf(
  { host: { sys }, sender, settings }: TreeTools,
  { directories, finder }: Looking,
  top: Directory,
): Promise<CopyTotal> {
  let [entries, bytes] = [1, 0];
  const left = [top];
  for (let directory = left.pop(); directory; directory = left.pop()) {
    try {
      const fd = sys.openDirectory(directories.of(directory), ".", O_RDONLY);
      for (const name of sys.using(fd, () => sys.list(fd))) {
        const entry = finder.find(directory, name);
        if (entry && !finder.obstacle(directory, entry) && isSent(entry, directory, settings.links)) {
          entries += 1;
          if (entry.file.type === S_IFREG) bytes += entry.file.size;
          if (entry.file.type === S_IFDIR) left.push(childOf(directory, entry));
        }
        const pause = sys.pause();
        if (pause) await pause;
        sender.check();
      }
    } catch (error) {
      if (!isGone(error)) throw sender.stop(directory, error, "host");
    } finally {
      directories.forget(directory);
    }
  }
  return { entries, bytes };
}

function isSent({ target }: Entry, { depth }: Directory, links: "inside" | "all"): boolean {
  if (!target) return true;
  return isUtf8(target) && (links === "all" || wayOut(Buffer.from(target).toString(), depth) === undefined);
}
