import { lstatSync, readlinkSync } from "node:fs";
import { readlink } from "node:fs/promises";
import type { UnknownPlace } from "./host-place.ts";

type Link = string | undefined | UnknownPlace;

// Filesystems that answer at once. Others may be of a server that has gone, which holds up whoever asks; so may what an overlay is of.
const quick = new Set([
  ...[
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "bcachefs",
    "f2fs",
    "zfs",
    "tmpfs",
    "ramfs",
    "rootfs",
    "devtmpfs",
  ],
  ...["squashfs", "erofs", "vfat", "iso9660", "sysfs", "cgroup", "cgroup2", "hugetlbfs", "mqueue"],
]);
// Of Node's four threads for files, so many may be stuck.
const MOST_SLOW = 2;

/** Reads links of the host, without being held up by what does not answer. */
export class LinkReader {
  readonly #readLink: (path: string) => Promise<Link>;
  #slow = 0;

  /** Reads slow links by this. */
  constructor(readLink: (path: string) => Promise<Link> = readlink) {
    this.#readLink = readLink;
  }

  /** Links that are looked at now: each is read at most once, and slow ones one after the other. */
  session(): LinkSession {
    return new LinkSession((path) => this.#slowly(path));
  }

  async #slowly(path: string): Promise<Link> {
    if (this.#slow >= MOST_SLOW) return { unknown: "a filesystem of the host does not answer" };
    this.#slow += 1;
    try {
      return await this.#readLink(path);
    } catch (error) {
      return linkOf(error);
    } finally {
      this.#slow -= 1;
    }
  }
}

/** The links of one look. */
export class LinkSession {
  readonly #known = new Map<string, Link | Promise<Link>>();
  readonly #slowly: (path: string) => Promise<Link>;
  #turn: Promise<Link> = Promise.resolve(undefined);
  #hasEnded = false;

  constructor(slowly: (path: string) => Promise<Link>) {
    this.#slowly = slowly;
  }

  /** Nothing more is read. */
  end(): void {
    this.#hasEnded = true;
  }

  /** The link at a path below a root; `filesystem` is what it is on. */
  read(root: string, path: string, filesystem: string): Link | Promise<Link> {
    const known = this.#known.get(path);
    if (known !== undefined || this.#known.has(path)) return known;
    const link = filesystem === "proc" ? this.#inProc(root + path) : this.#at(root + path, filesystem);
    this.#known.set(path, link);
    return link;
  }

  #at(path: string, filesystem: string): Link | Promise<Link> {
    if (!quick.has(filesystem)) {
      this.#turn = this.#turn.then(() => (this.#hasEnded ? undefined : this.#slowly(path)));
      return this.#turn;
    }
    try {
      // Nearly all names of a path are no links, and a failure costs ten times as much as this question.
      return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
    } catch (error) {
      return linkOf(error);
    }
  }

  // The text of a link such as /proc/1/root or /proc/1/fd/3 does not say where it leads.
  #inProc(path: string): Link {
    const link = this.#at(path, "tmpfs");
    return typeof link === "string" ? { unknown: "it goes through a link of /proc" } : (link as Link);
  }
}

const noLink = ["EINVAL", "ENOENT", "ENOTDIR"];

function linkOf(error: unknown): Link {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return noLink.includes(code) ? undefined : { unknown: `the host answers ${code}` };
}
