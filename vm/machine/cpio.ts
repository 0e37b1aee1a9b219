/** A file of an archive: a directory where it has neither bytes nor a link. */
export interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly bytes?: Buffer;
  /** Where a symbolic link leads. */
  readonly link?: string;
}

/** An archive as Linux unpacks its first filesystem from (Documentation/driver-api/early-userspace/buffer-format.rst). */
export function cpioOf(entries: readonly Entry[]): Buffer {
  const all = [...entries, { path: "TRAILER!!!", mode: 0 }];
  return Buffer.concat(all.flatMap((entry, index) => partsOf(entry, index + 1)));
}

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

function partsOf(entry: Entry, inode: number): Buffer[] {
  const name = Buffer.from(`${entry.path}\0`);
  const content = entry.bytes ?? Buffer.from(entry.link ?? "");
  const numbers = [
    ...[inode, typeOf(entry) | entry.mode, 0 /* uid */, 0 /* gid */, 1 /* links */, 0 /* time */],
    ...[content.length, 0, 0, 0, 0 /* devices */, name.length, 0 /* checksum */],
  ];
  const header = Buffer.from(`070701${numbers.map((each) => each.toString(16).padStart(8, "0")).join("")}`);
  return [header, name, paddingBehind(header.length + name.length), content, paddingBehind(content.length)];
}

function typeOf({ bytes, link }: Entry): number {
  if (link !== undefined) return S_IFLNK;
  return bytes === undefined ? S_IFDIR : S_IFREG;
}

function paddingBehind(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
