/** Where a path of the host leads. */
export interface HostPlace {
  /** The path without links. */
  readonly path: string;
  /** What is there, if the host was asked: a bind of it elsewhere shows the same. */
  readonly file?: FilePlace | undefined;
  /** What is mounted below; empty if the host was not asked. */
  readonly below: readonly FilePlace[];
}

/** A place in a filesystem. */
export interface FilePlace {
  /** The device of the filesystem, such as "254:0". */
  readonly device: string;
  /** The path in it. */
  readonly root: string;
  /** Its type, such as "ext4". */
  readonly filesystem: string;
  /** Where it is mounted, if it is a mount. */
  readonly target?: string | undefined;
  /** Of a place in an overlay the same place in each directory that the overlay is made of. */
  readonly layers?: readonly LayerPlace[] | undefined;
}

/** A place in a directory that an overlay is made of. */
export interface LayerPlace {
  /** Where it is. */
  readonly place: HostPlace | UnknownPlace;
  /** Whether what is written to the overlay gets there. */
  readonly isUpper: boolean;
}

/** A path whose place is not known. */
export interface UnknownPlace {
  /** Why: the end of a sentence. */
  readonly unknown: string;
}

/** Says where paths of the host lead. */
export interface HostView {
  /** Where a path leads. */
  placeOf(path: string): HostPlace | UnknownPlace;
}

/** What is known of the host's paths without asking it: their spelling. */
export const spelledView: HostView = {
  placeOf(path) {
    const names = path.split("/").filter((name) => name !== "" && name !== ".");
    if (names.includes("..")) return { unknown: 'what is before ".." may be a link' };
    return { path: `/${names.join("/")}`, below: [] };
  },
};

/** The keys of a place: of two with one in common, both show the same. */
export function keysOf({ path, file }: Pick<HostPlace, "path" | "file">): string[] {
  return file ? [path, keyOfFile(file)] : [path];
}

/** The key of a place in a filesystem. */
export function keyOfFile({ device, root }: FilePlace): string {
  return `${device}${root}`;
}

/** The key and those of what is above it. A key is a path behind the name of its filesystem, which is empty for the host's paths. */
export function* keysAbove(key: string): Generator<string> {
  const start = key.indexOf("/") + 1;
  for (let end = key.length; end > start; end = key.lastIndexOf("/", end - 1)) yield key.slice(0, end);
  yield key.slice(0, start);
}
