import { Buffer, isUtf8 } from "node:buffer";
import { DATA_LINK, type Entry, type SelectiveCopy } from "../copy/selective-copy.ts";
import { mayHang } from "../linux/cached-source.ts";
import { S_IFDIR } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { signatureOf } from "./signature.ts";
import { SizeLimit } from "./size-limit.ts";

/** The link `..data` of a volume, and the directory that it leads to. */
export interface DataLink {
  readonly link: Entry;
  readonly directory: Entry;
  /** The name of the directory, which is beside the link. */
  readonly name: string;
  /** A text that differs for another directory, and for another state of this one. */
  readonly identity: string;
}

/**
 * Whether a directory is a volume that kubelet turns over as a whole, as it does with configmaps, secrets, projected volumes
 * and the downward API: it has a link `..data` to a directory beside it. The path makes no difference. A filesystem whose
 * server may hang has no such volumes, for they are looked at again and again.
 */
export function isTurnedOver({ sys, table }: Host, path: string): boolean {
  try {
    return sys.using(sys.openPath(path), (fd) => {
      if (mayHang(table.of(sys.statx(fd))?.fstype ?? "")) return false;
      const name = nameIn(sys.readLink(fd, DATA_LINK));
      return name !== undefined && sys.statx(fd, name).type === S_IFDIR;
    });
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

/**
 * Where a volume's `..data` leads now; undefined if it leads to no directory beside it.
 *
 * @throws {TooLargeError} if that directory exceeds the limit.
 */
export async function dataLinkOf(
  copy: SelectiveCopy,
  limit: SizeLimit = new SizeLimit(),
): Promise<DataLink | undefined> {
  const link = copy.find(copy.root, DATA_LINK);
  const name = link?.target && nameIn(link.target);
  const directory = name ? copy.find(copy.root, name) : undefined;
  if (!link || !name || directory?.file.type !== S_IFDIR) return undefined;
  const signature = await signatureOf(copy, directory, limit);
  return signature === undefined ? undefined : { link, directory, name, identity: `${name} ${signature}` };
}

/** Whether a name beside `..data` is kubelet's own: a directory of another version, or the next link. */
export function isKubelets(name: string): boolean {
  return name === `${DATA_LINK}_tmp` || /^\.\.\d{4}_/.test(name);
}

function nameIn(target: Uint8Array): string | undefined {
  const name = isUtf8(target) ? Buffer.from(target).toString() : "";
  return /^\.\.[^/]+$/.test(name) ? name : undefined;
}
