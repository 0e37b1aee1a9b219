import { createHash } from "node:crypto";
import { Contents } from "../copy/contents.ts";
import { childOf, type Directory } from "../copy/directories.ts";
import { ChangedError } from "../copy/gone.ts";
import { Ledger } from "../copy/ledger.ts";
import type { TreeCopier } from "../copy/tree.ts";
import { S_IFDIR } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";

/**
 * Another text for a directory that holds anything else: other names, or files that are other ones, were written since, or
 * belong to others. Kubelet before 1.27 gives files their group after it turned over to them, and does so again each
 * minute: so the time of that is no part of it.
 *
 * @throws {ChangedError | SyscallError} where something goes away meanwhile: `isGone` knows.
 */
export function signatureOf(tree: TreeCopier, top: Directory): string {
  const hash = createHash("sha256").update(textOf(top.file));
  const left = [top];
  for (let directory = left.pop(); directory; directory = left.pop()) {
    const names = tree.list(directory, new Contents(directory, new Ledger(() => {}))).sort();
    for (const name of names) {
      const entry = tree.find(directory, name);
      if (!entry) throw new ChangedError(`${name} went away`);
      hash.update(`${JSON.stringify(entry.path)} ${textOf(entry.file)}`);
      if (entry.file.type === S_IFDIR) left.push(childOf(directory, entry));
    }
    tree.leave(directory);
  }
  return hash.digest("hex");
}

function textOf({ identity, type, mode, uid, gid, size, written }: FileStatx): string {
  return [identity, type, mode, uid, gid, size, ...written, ""].join(" ");
}
