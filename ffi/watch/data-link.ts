import { Buffer, isUtf8 } from "node:buffer";
import { childOf, type Directory } from "../copy/directories.ts";
import type { Entry } from "../copy/find.ts";
import { isGone } from "../copy/gone.ts";
import { LAST, type TreeCopier } from "../copy/tree.ts";
import { mayHang } from "../linux/at-hand.ts";
import { S_IFDIR } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { Extent } from "./extent.ts";
import { signatureOf } from "./signature.ts";

/** The link `..data` of a volume, and the directory that it leads to. */
export interface DataLink {
  readonly link: Entry;
  readonly directory: Entry;
  /** The directory's name, beside the link. */
  readonly name: string;
  /** Another text for another directory, or another state of it. */
  readonly identity: string;
}

/**
 * Whether a directory is a volume that kubelet turns over as a whole, as it does with configmaps, secrets, projected ones
 * and the downward API: it has a link `..data` to a directory beside it. Where it lies makes no difference, but that nobody
 * looks again and again at a filesystem whose server may hang.
 */
export function isTurnedOver({ sys, table }: Host, path: string): boolean {
  try {
    return sys.using(sys.openPath(path), (fd) => {
      if (mayHang(table.of(sys.statx(fd))?.fstype ?? "")) return false;
      const name = nameIn(sys.readLink(fd, LAST));
      return name !== undefined && sys.statx(fd, name).type === S_IFDIR;
    });
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

/**
 * Where a volume's `..data` leads now; undefined where it leads to no directory beside it.
 *
 * @throws {TooLargeError} where there is too much in that one.
 */
export async function dataLinkOf(
  tree: TreeCopier,
  root: Directory,
  extent: Extent,
): Promise<DataLink | undefined> {
  const link = tree.find(root, LAST);
  const name = link?.target && nameIn(link.target);
  const directory = name ? tree.find(root, name) : undefined;
  if (!link || !name || directory?.file.type !== S_IFDIR) return undefined;
  const signature = await signatureOf(tree, childOf(root, directory), extent).catch(undefinedIfGone);
  return signature === undefined ? undefined : { link, directory, name, identity: `${name} ${signature}` };
}

/** Whether a name is kubelet's own scratch, unless `..data` leads there: a directory of another time, or the next link. */
export function isScratch(name: string): boolean {
  return name === `${LAST}_tmp` || /^\.\.\d{4}_/.test(name);
}

function undefinedIfGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}

function nameIn(target: Uint8Array): string | undefined {
  const name = isUtf8(target) ? Buffer.from(target).toString() : "";
  return /^\.\.[^/]+$/.test(name) ? name : undefined;
}
