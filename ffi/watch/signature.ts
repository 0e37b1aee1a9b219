import { createHash } from "node:crypto";
import { Contents } from "../copy/contents.ts";
import { childOf, type Directory } from "../copy/directories.ts";
import { ChangedError } from "../copy/gone.ts";
import { Ledger } from "../copy/ledger.ts";
import type { TreeCopier } from "../copy/tree.ts";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Extent } from "./extent.ts";

/**
 * Another text for a directory that holds anything else: other names, or files that are other ones, were written since, or
 * belong to others. Kubelet before 1.27 gives files their group after it turned over to them, and does so again each
 * minute: so the time of that is no part of it.
 *
 * @throws {ChangedError | SyscallError} where something goes away meanwhile: `isGone` knows.
 * @throws {TooLargeError} where there is too much of it.
 */
export async function signatureOf(tree: TreeCopier, top: Directory, extent: Extent): Promise<string> {
  const hash = createHash("sha256").update(stateOf(top.file));
  const left = [top];
  for (let directory = left.pop(); directory; directory = left.pop()) {
    const nobody = new Contents(directory, new Ledger(() => {}));
    const names = tree.list(directory, nobody, (count) => extent.addNames(count)).sort();
    for (const name of names) {
      const entry = tree.find(directory, name);
      if (!entry) throw new ChangedError(`${name} went away`);
      hash.update(`${JSON.stringify(entry.path)} ${stateOf(entry.file)}`);
      if (entry.file.type === S_IFREG) extent.addBytes(entry.file.size);
      if (entry.file.type === S_IFDIR) left.push(childOf(directory, entry));
      await tree.pause();
    }
    tree.leave(directory);
  }
  return hash.digest("hex");
}

/** Another text for a file that is another one, was written since, or belongs to others. */
export function stateOf({ identity, type, mode, uid, gid, size, written }: FileStatx): string {
  return [identity, type, mode, uid, gid, size, ...written, ""].join(" ");
}
