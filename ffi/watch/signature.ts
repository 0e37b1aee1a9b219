import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type Entry, isGone, type SelectiveCopy } from "../copy/selective-copy.ts";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { SizeLimit } from "./size-limit.ts";

/**
 * A text that differs if a directory has other names, or if its files are other files, were written, or belong to other users.
 * Undefined if something goes away meanwhile. Kubelet before 1.27 gives files their group after it turned over to them, and does
 * so again each minute: so the time of that is no part of the text.
 *
 * @throws {TooLargeError} if the directory exceeds the limit.
 */
export async function signatureOf(
  copy: SelectiveCopy,
  top: Entry,
  limit: SizeLimit,
): Promise<string | undefined> {
  const hash = createHash("sha256").update(fileSignature(top.file));
  try {
    const left = [top];
    for (let directory = left.pop(); directory; directory = left.pop()) {
      const names = copy.list(directory, (count) => limit.addNames(count)).sort();
      for (const name of names) {
        const entry = copy.find(directory, name);
        if (!entry) return undefined;
        hash.update(`${JSON.stringify(entry.path)} ${fileSignature(entry.file)}`);
        if (entry.file.type === S_IFREG) limit.addBytes(entry.file.size);
        if (entry.file.type === S_IFDIR) left.push(entry);
        await copy.pause();
      }
      copy.leave(directory);
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  return hash.digest("hex");
}

/** A text that differs for another entry: of a link its target, of a file what `signatureOf` says. */
export function entrySignature({ file, target }: Entry): string {
  return target ? Buffer.from(target).toString("latin1") : fileSignature(file);
}

/** A text that differs if a directory has another mode or owner. */
export function ownerSignature({ mode, uid, gid }: FileStatx): string {
  return [mode, uid, gid].join(" ");
}

function fileSignature({ identity, type, mode, uid, gid, size, written }: FileStatx): string {
  return [identity, type, mode, uid, gid, size, ...written, ""].join(" ");
}
