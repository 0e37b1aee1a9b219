import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";

/** A file as both sides tell of it. Names and contents are bytes, one character each. */
export interface TreeEntry {
  /** From the tree's root on: "./a/b". */
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "socket" | "fifo" | "device";
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** What is in a file, or where a link leads. */
  readonly content?: string;
}

/** The path of an entry of the tree at `root`, in bytes. */
export function pathOf(root: string, { name }: TreeEntry): Buffer {
  return Buffer.concat([Buffer.from(root), Buffer.from(name.slice(1), "latin1")]);
}

/** A directory of the host with all that is below it, or a file: what the guest has to see of it. */
export function hostTree(path: string): TreeEntry[] {
  return treeOf(Buffer.from(path), ".");
}

function treeOf(path: Buffer, name: string): TreeEntry[] {
  const stat = lstatSync(path);
  const kind = kindOf(stat);
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  const content = contentOf(path, kind);
  const entry = { name, kind, mode, uid: stat.uid, gid: stat.gid, ...(content !== undefined && { content }) };
  const children = kind === "directory" ? readdirSync(path, { encoding: "buffer" }) : [];
  return [entry, ...children.sort(Buffer.compare).flatMap((child) => childOf(path, name, child))];
}

function childOf(path: Buffer, name: string, child: Buffer): TreeEntry[] {
  return treeOf(Buffer.concat([path, Buffer.from("/"), child]), `${name}/${child.toString("latin1")}`);
}

function contentOf(path: Buffer, kind: TreeEntry["kind"]): string | undefined {
  if (kind === "file") return readFileSync(path, "latin1");
  return kind === "link" ? readlinkSync(path, "latin1") : undefined;
}

function kindOf(stat: Stats): TreeEntry["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "link";
  if (stat.isSocket()) return "socket";
  return stat.isFIFO() ? "fifo" : "device";
}
